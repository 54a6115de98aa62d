using System.Text.Json;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// The targets of Ploy.Build, run by MSBuild without a compiler: <c>generate</c> runs where something has changed and only there, what it made is
/// compiled, and faults have a place. A whole project is built from the packages by <see cref="PackageTests"/>.
/// </summary>
public sealed class BuildStepTests : IDisposable
{
    private const string Users = "model User {\n  id    Int    @id\n  email String @unique\n}\n";

    private readonly TemporaryFolder _folder = new();

    public BuildStepTests()
    {
        var build = Repository.PathOf("src", "Ploy.Build", "build");
        _folder.Write("Shop.csproj",
            $"""
            <Project>
              <PropertyGroup>
                <PloyCommand>"{PloyProgram.ProgramPath}"</PloyCommand>
                <IntermediateOutputPath>obj/</IntermediateOutputPath>
              </PropertyGroup>
              <Import Project="{build}/Ploy.Build.props" />
              <ItemGroup>
                <Compile Include="**/*.cs" Exclude="obj/**" />
              </ItemGroup>
              <Import Project="{build}/Ploy.Build.targets" />
            </Project>
            """);
        _folder.Write("prisma/schema/base.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\ngenerator client {\n  provider = \"ploy-client\"\n  output   = \"../../Data\"\n}\n");
        _folder.Write("prisma/schema/users.prisma", Users);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_build_generates_what_it_compiles_and_only_after_changes()
    {
        var (made, compiled) = await BuildAsync();
        Assert.True(made);
        Assert.Equal(["Data/AppDbContext.cs", "Data/AppDbContextExtensions.cs", "Data/Users/User.cs", "Data/Users/UserConfiguration.cs"], compiled);

        var times = Times();
        Assert.Equal((false, compiled.Length), await CountAsync());
        Assert.Equal(times, Times());

        // A new file of the schema, and one that is gone.
        _folder.Write("prisma/schema/posts.prisma", "model Post {\n  id Int @id\n}\n");
        Assert.Equal((true, 6), await CountAsync());
        File.Delete(_folder.PathOf("prisma", "schema", "posts.prisma"));
        Assert.Equal((true, 4), await CountAsync());

        // A file of the client that somebody removed, and the name of a new migration.
        File.Delete(_folder.PathOf("Data", "AppDbContext.cs"));
        Assert.Equal((true, 4), await CountAsync());
        _folder.Write("prisma/migrations/20260301101500_init/migration.sql", "-- empty\n");
        Assert.Equal((true, 4), await CountAsync());
        Assert.Contains("\"20260301101500_init\"", _folder.Read("Data/AppDbContext.cs"), StringComparison.Ordinal);
        Assert.Equal((false, 4), await CountAsync());
    }

    [Fact]
    public async Task A_fault_in_the_schema_is_an_error_of_the_build_with_file_line_and_column()
    {
        var path = _folder.Write("prisma/schema/users.prisma", "model User {\n  id    Int    @id\n  email Strin\n}\n");
        var result = await MsBuildAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            [$"{path}(3,9): error P1012: Type `Strin` is not a scalar, and no model, enum or type has that name. Did you mean `String`? (ploy explain PLOY1201) [{_folder.PathOf("Shop.csproj")}]",
             "error PLOY4008: The client was not generated; the errors above say why."],
            Lines(result).Select(l => l.Contains("PLOY4008", StringComparison.Ordinal) ? l[l.IndexOf("error", StringComparison.Ordinal)..l.LastIndexOf(" [", StringComparison.Ordinal)] : l));
        Assert.False(Directory.Exists(_folder.PathOf("Data")));

        // Again, until it is repaired.
        Assert.Equal(1, (await MsBuildAsync()).ExitCode);
        _folder.Write("prisma/schema/users.prisma", Users.Replace("email", "mail", StringComparison.Ordinal));
        Assert.Equal((true, 4), await CountAsync());
    }

    [Fact]
    public async Task A_warning_has_its_place_too()
    {
        var path = _folder.Write("prisma/schema/users.prisma", "model User {\n  id    Int    @id\n  email String @ignore\n}\n");
        var result = (await MsBuildAsync()).Expect(0);
        Assert.Equal(
            [$"{path}(3,3): warning PLOY4005: `User.email` is ignored, but required and without a default: rows of `User` cannot be added through the client. [{_folder.PathOf("Shop.csproj")}]"],
            Lines(result));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var result = await MsBuildAsync("-p:PloyCommand=no-such-ploy");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error PLOY4008: The client was not generated: `no-such-ploy generate` ended with exit code 127.", result.Output, StringComparison.Ordinal);
    }

    private async Task<(bool IsMade, int Compiled)> CountAsync()
    {
        var (made, compiled) = await BuildAsync();
        return (made, compiled.Length);
    }

    private async Task<(bool IsMade, string[] Compiled)> BuildAsync()
    {
        var list = _folder.PathOf("obj", "ploy.files");
        var before = File.Exists(list) ? File.GetLastWriteTimeUtc(list) : default;
        var result = (await MsBuildAsync("-getItem:Compile")).Expect(0);
        using var items = JsonDocument.Parse(result.Output);
        var compiled = items.RootElement.GetProperty("Items").GetProperty("Compile").EnumerateArray()
            .Select(i => Path.GetRelativePath(_folder.Root, i.GetProperty("FullPath").GetString()!).Replace('\\', '/')).Order(StringComparer.Ordinal).ToArray();
        return (File.GetLastWriteTimeUtc(list) != before, compiled);
    }

    private Task<ProcessResult> MsBuildAsync(params string[] arguments) => ChildProcess.RunAsync(new ProcessCall
    {
        Program = "dotnet",
        Arguments = ["msbuild", "-t:PloyIncludeGenerated", "-nologo", "-v:quiet", "-nr:false", .. arguments],
        Directory = _folder.Root,
        Timeout = TimeSpan.FromMinutes(5),
        // One's own variables would be properties of the build.
        Environment = new Dictionary<string, string?> { ["CI"] = null, ["Configuration"] = null },
    });

    private static IEnumerable<string> Lines(ProcessResult result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim());

    private Dictionary<string, DateTime> Times() => _folder.Files().Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).ToDictionary(f => f, f => File.GetLastWriteTimeUtc(_folder.PathOf(f)));
}
