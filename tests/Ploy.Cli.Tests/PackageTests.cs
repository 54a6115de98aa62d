using System.Text.RegularExpressions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// A user's first hour, from the packages in a folder: the tool is installed, a schema written, a web application built that generates its client, applies
/// its migrations at the start and is tested by <c>WebApplicationFactory</c>. In the long tier, for it builds real projects.
/// </summary>
public sealed partial class PackageTests
{
    [Fact]
    public async Task An_application_is_made_from_the_packages()
    {
        if (Environment.GetEnvironmentVariable("PLOY_TEST_FULL") is not { Length: > 0 }) return;
        using var folder = new TemporaryFolder();
        // A version of its own, so that no package of an earlier run is taken from the cache.
        var version = $"0.1.0-test{Environment.ProcessId}";
        try
        {
            await PackAsync(folder, version);
            await WalkAsync(folder, version);
        }
        finally
        {
            ForgetPackages(version);
        }
    }

    private static async Task WalkAsync(TemporaryFolder folder, string version)
    {
        Write(folder, version);
        await RunAsync(folder, "tool", "install", "Ploy", "--version", version, "--create-manifest-if-needed");
        await RunAsync(folder, "ploy", "migrate", "dev", "--name", "init", "--skip-generate");
        Assert.False(Directory.Exists(folder.PathOf("Shop", "Data")));

        // The build generates the client that it compiles; the application migrates its own database.
        await RunAsync(folder, "build", "Shop.Tests");
        Assert.Contains("Data/Notes/Note.cs", folder.Files().Select(f => f.Replace("Shop/", "", StringComparison.Ordinal)));
        Assert.Equal("Ada|1\n", (await RunAsync(folder, "run", "--no-build", "--project", "Shop.Tests")).Output);

        // The build after the first one compiles once more: it finds the client's files itself, and lists them in another order. Then nothing is generated or compiled.
        await RunAsync(folder, "build", "Shop.Tests", "--no-restore");
        var times = Times(folder);
        await RunAsync(folder, "build", "Shop.Tests", "--no-restore");
        Assert.Equal(times, Times(folder));

        // A fault has its place; its repair, with a migration, is a new property.
        var notes = folder.Read("Shop/prisma/schema/notes.prisma");
        folder.Write("Shop/prisma/schema/notes.prisma", notes.Replace("stars Int", "stars Imt", StringComparison.Ordinal));
        var failed = await DotnetAsync(folder, "build", "Shop.Tests", "--no-restore");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains($"{folder.PathOf("Shop", "prisma", "schema", "notes.prisma")}(7,9): error P1012: Type `Imt` is not a scalar", failed.Output, StringComparison.Ordinal);
        folder.Write("Shop/prisma/schema/notes.prisma", notes.Replace("stars Int", "points Int", StringComparison.Ordinal));
        folder.Write("Shop/Program.cs", folder.Read("Shop/Program.cs").Replace("Stars", "Points", StringComparison.Ordinal));
        await RunAsync(folder, "ploy", "migrate", "dev", "--name", "points", "--skip-generate", "--accept-data-loss");
        await RunAsync(folder, "build", "Shop.Tests", "--no-restore");
        Assert.Equal("Ada|1\n", (await RunAsync(folder, "run", "--no-build", "--project", "Shop.Tests")).Output);
    }

    private static async Task PackAsync(TemporaryFolder folder, string version) => (await ChildProcess.RunAsync(new ProcessCall
    {
        Program = "dotnet",
        Arguments =
        [
            "msbuild", Repository.PathOf("src", "Packages.proj"), "-t:Pack", "-nologo", "-v:quiet", "-nr:false", $"-p:Configuration={Repository.Configuration}",
            "-p:NoBuild=true", $"-p:Version={version}", $"-p:PackageOutputPath={folder.PathOf("feed")}",
        ],
        Timeout = TimeSpan.FromMinutes(10),
    })).Expect(0);

    private static void Write(TemporaryFolder folder, string version)
    {
        folder.Write("nuget.config", "<configuration><packageSources><add key=\"ploy\" value=\"feed\" /></packageSources></configuration>\n");
        // By which the application's own folder is found.
        folder.Write("Shop.slnx", "<Solution>\n  <Project Path=\"Shop/Shop.csproj\" />\n  <Project Path=\"Shop.Tests/Shop.Tests.csproj\" />\n</Solution>\n");
        folder.Write("ploy.toml", "[schema]\npath = \"Shop/prisma/schema\"\n");
        folder.Write("Shop/Shop.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <PloyDirectory>$(MSBuildProjectDirectory)/..</PloyDirectory>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Ploy.EntityFrameworkCore" Version="{version}" />
                <PackageReference Include="Ploy.Hosting" Version="{version}" />
                <PackageReference Include="Ploy.Build" Version="{version}" PrivateAssets="all" />
                <PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="{Pinned("Microsoft.EntityFrameworkCore.Sqlite")}" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("Shop/prisma/schema/base.prisma", "datasource db {\n  provider = \"sqlite\"\n  url      = \"file:../../dev.db\"\n}\n\ngenerator client {\n  provider = \"ploy-client\"\n  output   = \"../../Data\"\n  namespace = \"Shop.Data\"\n}\n");
        folder.Write("Shop/prisma/schema/notes.prisma", "/// @ploy.tenant(owner)\n/// @ploy.softDelete(deletedAt)\nmodel Note {\n  id    String @id @default(cuid())\n  text  String\n  owner String\n  stars Int    @default(1)\n  deletedAt DateTime?\n}\n");
        folder.Write("Shop/Program.cs",
            """
            using Microsoft.EntityFrameworkCore;
            using Ploy.EntityFrameworkCore;
            using Ploy.EntityFrameworkCore.Tenancy;
            using Ploy.Hosting;
            using Shop.Data;
            using Shop.Data.Notes;

            var builder = WebApplication.CreateBuilder(args);
            builder.Logging.ClearProviders();
            builder.Services.AddPloyMigrations((provider, options) => options.Connection = provider.GetRequiredService<IConfiguration>()["db"]);
            builder.Services.AddPloy<AppDbContext>((provider, options) => options.UseAppDbContext(provider.GetRequiredService<IConfiguration>()["db"]!))
                .CheckSchemaAtStart();
            var app = builder.Build();
            app.Use((http, next) =>
            {
                http.RequestServices.GetRequiredService<TenantContext>().TenantId = http.Request.Headers["X-Owner"].ToString();
                return next(http);
            });
            app.MapPost("/notes/{text}", async (string text, AppDbContext data) =>
            {
                data.Add(new Note { Text = text });
                await data.SaveChangesAsync();
            });
            app.MapGet("/notes", async (AppDbContext data) => string.Join(",", await data.Notes.Select(n => n.Text + "|" + n.Stars).ToListAsync()));
            app.Run();

            public partial class Program;
            """);
        folder.Write("Shop.Tests/Shop.Tests.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Shop/Shop.csproj" />
                <PackageReference Include="Microsoft.AspNetCore.Mvc.Testing" Version="{Pinned("Microsoft.AspNetCore.Mvc.Testing")}" />
              </ItemGroup>
            </Project>
            """);
        folder.Write("Shop.Tests/Test.cs",
            """
            using Microsoft.AspNetCore.Hosting;
            using Microsoft.AspNetCore.Mvc.Testing;

            // In a class of its own: Program is the application's.
            internal static class Test
            {
                private static async Task Main()
                {
                    // A relative path is the same file for the migrations and for the context.
                    File.Delete("test.db");
                    await using var application = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host.UseSetting("db", "Data Source=test.db"));
                    foreach (var owner in (string[])["ada", "bob"])
                    {
                        var client = application.CreateClient();
                        client.DefaultRequestHeaders.Add("X-Owner", owner);
                        (await client.PostAsync("/notes/" + (owner == "ada" ? "Ada" : "Bob"), null)).EnsureSuccessStatusCode();
                        if (owner == "ada") continue;
                        client.DefaultRequestHeaders.Remove("X-Owner");
                        client.DefaultRequestHeaders.Add("X-Owner", "ada");
                        Console.WriteLine(await client.GetStringAsync("/notes"));
                    }
                }
            }
            """);
    }

    private static string Pinned(string package) => Regex.Match(File.ReadAllText(Repository.PathOf("Directory.Packages.props")), $"Include=\"{Regex.Escape(package)}\" Version=\"([^\"]+)\"").Groups[1].Value;

    /// <summary>When each file of the client and each assembly was written.</summary>
    private static Dictionary<string, DateTime> Times(TemporaryFolder folder) => folder.Files().Where(f => Written().IsMatch(f)).ToDictionary(f => f, f => File.GetLastWriteTimeUtc(folder.PathOf(f)));

    private static async Task<ProcessResult> RunAsync(TemporaryFolder folder, params string[] arguments) => (await DotnetAsync(folder, arguments)).Expect(0);

    private static Task<ProcessResult> DotnetAsync(TemporaryFolder folder, params string[] arguments) => ChildProcess.RunAsync(new ProcessCall
    {
        Program = "dotnet",
        Arguments = arguments,
        Directory = folder.Root,
        Timeout = TimeSpan.FromMinutes(10),
        Environment = new Dictionary<string, string?> { ["CI"] = null, ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
    });

    /// <summary>Takes the packages of this run out of the user's cache.</summary>
    private static void ForgetPackages(string version)
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } elsewhere
            ? elsewhere
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        if (!Directory.Exists(cache)) return;
        foreach (var package in Directory.EnumerateDirectories(cache, "ploy*"))
            if (Directory.Exists(Path.Combine(package, version)))
                Directory.Delete(Path.Combine(package, version), recursive: true);
    }

    [GeneratedRegex(@"(Data/.*\.cs|obj/.*\.dll)$")]
    private static partial Regex Written();
}
