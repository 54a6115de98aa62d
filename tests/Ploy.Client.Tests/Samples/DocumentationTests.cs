using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Ploy.Client.Tests.Generator;
using Ploy.Client.Tests.Runtime;
using Ploy.Hosting;
using Ploy.Migrations.Files;
using Ploy.Testing;
using Xunit;

namespace Ploy.Client.Tests.Samples;

/// <summary>Every C# block of the documentation is compiled with warnings as errors, and does on a database what its page says; docs/from-prisma.md has tests of its own.</summary>
[Collection(nameof(ProgramsAsTheyStand))]
public sealed class DocumentationTests
{
    private const string Space = "Shop.Data";

    private const string Schema =
        """
        /// @ploy.tenant(businessId)
        /// @ploy.softDelete(deletedAt)
        model Customer {
          id         String    @id @default(cuid())
          email      String
          name       String
          points     Int       @default(0)
          version    Int       @default(1)
          businessId String
          deletedAt  DateTime?
        }
        """;

    public DocumentationTests() => ManyServices.Forget();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A block that is new, or on a page that had none, needs its test here.</summary>
    [Fact]
    public void No_block_is_without_a_test()
    {
        var pages = Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md"))
            .Select(p => (Page: Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'), Documentation.Of(p).Blocks.Count)).Where(p => p.Count > 0);
        Assert.Equal(
            [("README.md", 1), ("docs/client.md", 4), ("docs/codes/PLOY2402.md", 1), ("docs/from-ef-core.md", 3), ("docs/from-prisma.md", 10)],
            pages.OrderBy(p => p.Page, StringComparer.Ordinal));
    }

    /// <summary><c>./x demo</c> runs that program.</summary>
    [Fact]
    public async Task The_first_program_is_that_of_the_quickstart()
    {
        var program = await File.ReadAllTextAsync(Repository.PathOf("samples", "quickstart", "Program.cs"), Cancel);
        Assert.Equal(program[program.IndexOf("await using", StringComparison.Ordinal)..], Assert.Single(Documentation.Of("README.md").Blocks));
    }

    [Fact]
    public async Task The_page_of_the_client_does_what_it_says()
    {
        var page = Documentation.Of("docs", "client.md");
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Text("docs/client.md", "postgresql", Schema), page.Program(Space), Space, "20260101000000_first");
        await client.Database.ExecuteAsync(
            """
            INSERT INTO "Customer" (id, email, name, points, "businessId", "deletedAt") VALUES
              ('1', 'ada@example.com', 'Ada', 5, 'acme', NULL), ('2', 'b@example.com', 'Bob', 0, 'acme', NULL), ('3', 'c@example.com', 'Cyd', -1, 'acme', NULL),
              ('4', 'd@example.com', 'Dan', 7, 'acme', '2020-01-01'), ('5', 'ada@example.com', 'Eve', 0, 'globex', NULL), ('6', 'f@example.com', 'Fay', -1, 'globex', '2020-01-01');
            """);
        await using (var context = client.Open())
        {
            context.TenantAccessor = new FixedTenant("acme");
            var customer = context.Model.GetEntityTypes().Single();
            Assert.True(customer.FindProperty("Version")!.IsConcurrencyToken);
            Assert.Null(customer.FindProperty("Display"));
            Assert.Equal("upper", Assert.Single(context.Model.GetDbFunctions()).Name);
            await Documentation.RunAsync(client, 3, context);
        }

        await using (var context = client.Open())
        {
            context.TenantAccessor = new FixedTenant("acme");
            await Documentation.RunAsync(client, 4, context);
        }

        Assert.Equal(["2|t", "5|f", "6|t"], await client.Database.RowsAsync("SELECT id, \"deletedAt\" IS NOT NULL FROM \"Customer\" ORDER BY id"));

        // An application over a database that is behind its client migrates it, starts, and is healthy.
        using var folder = new TemporaryFolder();
        MigrationDirectory.Read(folder.Root, "migrations").Add("20260101000000_first", client.Script, "postgresql");
        await using var database = await TemporaryDatabase.PostgresAsync();
        await using var app = await StartAsync(client, 2, database, folder);
        Assert.Equal(HealthStatus.Healthy, (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel)).Status);
    }

    [Fact]
    public async Task The_page_for_who_comes_from_EF_Core_does_what_it_says()
    {
        const string notes =
            """
            public sealed class Note
            {
                public int Id { get; set; }
            }

            public sealed class NotesContext(DbContextOptions<NotesContext> options) : DbContext(options)
            {
                public DbSet<Note> Notes => Set<Note>();
            }
            """;
        var page = Documentation.Of("docs", "from-ef-core.md");
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Text("docs/from-ef-core.md", "postgresql", Schema), page.Program(Space, notes), Space);
        using var folder = new TemporaryFolder();
        MigrationDirectory.Read(folder.Root, "migrations").Add("20260101000000_first", "CREATE TABLE \"Notes\" (\"Id\" SERIAL PRIMARY KEY);", "postgresql");
        await using (var database = await TemporaryDatabase.PostgresAsync())
        await using (var app = await StartAsync(client, 1, database, folder))
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var context = (DbContext)scope.ServiceProvider.GetRequiredService(client.Assembly.GetType("NotesContext", throwOnError: true)!);
            context.Add(Activator.CreateInstance(client.Assembly.GetType("Note", throwOnError: true)!)!);
            Assert.Equal(1, await context.SaveChangesAsync(Cancel));
        }

        // The migrations beside this program are those of samples/nxloy.
        await using (var database = await TemporaryDatabase.PostgresAsync())
        {
            await Documentation.RunAsync(client, 2, database.ConnectionString);
            Assert.Equal(["customers"], await database.RowsAsync("SELECT table_name FROM information_schema.tables WHERE table_name = 'customers'"));
        }

        await using (var database = await TemporaryDatabase.PostgresAsync())
        {
            await Documentation.RunAsync(client, 3, database.ConnectionString);
            Assert.Equal(["customers"], await database.RowsAsync("SELECT table_name FROM information_schema.tables WHERE table_name = 'customers'"));
        }
    }

    [Fact]
    public async Task The_code_for_a_connection_that_nobody_gives_says_how_it_is_given()
    {
        var page = Documentation.Of("docs", "codes", "PLOY2402.md");
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Text("PLOY2402", "sqlite", "model Note {\n  id Int @id\n}\n"), page.Program(Space), Space);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Default", "Data Source=:memory:")]);
        await Documentation.RunAsync(client, 1, builder.Services);
        using var host = builder.Build();
        Assert.NotNull(host.Services.GetRequiredService<PloyMigrator>());
    }

    /// <summary>By row-level security alone, as a role that it holds for.</summary>
    [Fact]
    public async Task The_policy_for_a_join_table_shows_and_takes_the_tenants_rows()
    {
        const string schema =
            """
            datasource db {
              provider = "postgresql"
            }

            /// @ploy.tenant(businessId)
            /// @ploy.rls
            model Customer {
              id         Int    @id
              businessId String
              tags       Tag[]
            }

            /// @ploy.tenant(businessId)
            /// @ploy.rls
            model Tag {
              id         Int        @id
              businessId String
              customers  Customer[]
            }
            """;
        using var folder = new TemporaryFolder();
        folder.Write("schema.prisma", schema);
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Project(folder.Root));
        var policy = Regex.Match(await File.ReadAllTextAsync(Repository.PathOf("docs", "client.md"), Cancel), "```sql\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var role = client.Database.Name + "_app";
        await client.Database.ExecuteAsync(policy + $"""
            INSERT INTO "Customer" VALUES (1, 'acme'), (2, 'globex');
            INSERT INTO "Tag" VALUES (1, 'acme'), (2, 'globex');
            INSERT INTO "_CustomerToTag" VALUES (1, 1), (2, 2), (1, 2), (2, 1);
            CREATE ROLE "{role}" LOGIN NOBYPASSRLS;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}";
            """);
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(client.Database.ConnectionString) { Username = role, Pooling = false }.ConnectionString);
            await connection.OpenAsync(Cancel);
            Assert.Equal(0L, await AskAsync("SELECT count(*) FROM \"_CustomerToTag\""));
            await AskAsync("SELECT set_config('app.current_business_id', 'acme', false)");
            Assert.Equal("1|1", await AskAsync("SELECT string_agg(\"A\" || '|' || \"B\", ',') FROM \"_CustomerToTag\""));
            Assert.Equal(1L, await AskAsync("WITH gone AS (DELETE FROM \"_CustomerToTag\" RETURNING 1) SELECT count(*) FROM gone"));
            await AskAsync("INSERT INTO \"_CustomerToTag\" VALUES (1, 1)");
            foreach (var row in (string[])["1, 2", "2, 1", "2, 2"])
                Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => AskAsync($"INSERT INTO \"_CustomerToTag\" VALUES ({row})"))).SqlState);

            async Task<object?> AskAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection);
                return await command.ExecuteScalarAsync(Cancel);
            }
        }
        finally
        {
            await client.Database.ExecuteAsync($"DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\"");
        }
    }

    /// <summary>Starts an application that an example registers services with, with its migrations in a folder of the test's.</summary>
    private static async Task<WebApplication> StartAsync(CompiledClient client, int example, TemporaryDatabase database, TemporaryFolder folder)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await Documentation.RunAsync(client, example, builder, database.ConnectionString);
        builder.Services.AddSingleton(new PloyMigrator(new PloyMigrationOptions { Connection = database.ConnectionString, Folder = folder.Root }));
        var app = builder.Build();
        await app.StartAsync(Cancel);
        Assert.Single(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
        return app;
    }
}
