using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Ploy.Client.Tests.Generator;
using Ploy.Client.Tests.Runtime;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Testing;
using Xunit;

namespace Ploy.Client.Tests.Samples;

/// <summary>Every C# block of docs/from-prisma.md is compiled with warnings as errors, and run on a database that Ploy migrated.</summary>
[Collection(nameof(ProgramsAsTheyStand))]
public sealed class FromPrismaTests
{
    private const string Schema =
        """
        model Business {
          id        String     @id
          customers Customer[]
        }

        /// @ploy.tenant(businessId)
        /// @ploy.softDelete(deletedAt)
        model Customer {
          id         String    @id @default(cuid())
          email      String
          name       String
          fullName   String?
          businessId String
          deletedAt  DateTime?
          business   Business  @relation(fields: [businessId], references: [id])

          @@unique([email, businessId])
          @@map("customers")
        }

        model User {
          id        Int     @id @default(autoincrement())
          fullName  String?
          firstName String?
          lastName  String?

          @@map("users")
        }
        """;

    public FromPrismaTests() => ManyServices.Forget();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_example_compiles_and_does_what_it_says()
    {
        var page = Documentation.Of("docs", "from-prisma.md");
        Assert.Equal(10, page.Blocks.Count);
        await using var client = await CompiledClient.CreateAsync(SchemaSample.Text("docs/from-prisma.md", "postgresql", Schema), page.Program(CompiledClient.Space));
        await client.Database.ExecuteAsync(
            """
            INSERT INTO "Business" VALUES ('acme'), ('globex'), ('unknown');
            INSERT INTO customers (id, email, name, "businessId") VALUES
              ('1', 'old1@acme.example', 'Ada', 'unknown'), ('2', 'old2@acme.example', 'Bob', 'acme'), ('3', 'new@globex.example', 'Cyd', 'unknown');
            INSERT INTO users ("fullName") VALUES ('Ada King Lovelace'), ('Plato'), (NULL), (NULL), (NULL), (NULL), (NULL);
            """);

        await RunAsync(client, 1);
        Assert.Equal(["Ada|Ada", "Bob|Bob", "Cyd|Cyd"], await client.Database.RowsAsync("SELECT name, \"fullName\" FROM customers ORDER BY id"));
        await RunAsync(client, 2);
        Assert.Equal(["John|acme"], await client.Database.RowsAsync("SELECT \"fullName\", \"businessId\" FROM customers WHERE email = 'john@example.com'"));
        await RunAsync(client, 3);
        Assert.Equal(["1|acme", "2|acme", "3|globex"], await client.Database.RowsAsync("SELECT id, \"businessId\" FROM customers WHERE id < '4' ORDER BY id"));
        await ServeAsync(client);
        await RunAsync(client, 6);
        Assert.Equal(
            ["john@example.com|t", "new@globex.example|f", "old1@acme.example|t", "old2@acme.example|t"],
            await client.Database.RowsAsync("SELECT email, \"deletedAt\" IS NOT NULL FROM customers ORDER BY email"));
        await client.Database.ExecuteAsync(
            """
            INSERT INTO customers (id, email, name, "businessId") VALUES
              ('7', 'new@acme.example', 'New', 'acme'), ('8', 'a@acme.example', 'Many', 'acme'), ('9', 'b@acme.example', 'Many', 'acme'), ('10', 'c@globex.example', 'Many', 'globex');
            """);
        await RunAsync(client, 7);
        Assert.Equal(["10|f", "7|t", "8|t", "9|t"], await client.Database.RowsAsync("SELECT id, \"deletedAt\" IS NOT NULL FROM customers WHERE id IN ('7', '8', '9', '10') ORDER BY id"));
        await client.Database.ExecuteAsync("DELETE FROM customers WHERE id IN ('7', '8', '9', '10')");
        await RunAsync(client, 8);
        Assert.Equal(["john@example.com"], await client.Database.RowsAsync("SELECT email FROM customers WHERE \"businessId\" = 'acme' AND \"deletedAt\" IS NULL"));
        await RunAsync(client, 9);
        Assert.Equal(["Ada|King Lovelace", "Plato|"], await client.Database.RowsAsync("SELECT \"firstName\", \"lastName\" FROM users WHERE \"fullName\" IS NOT NULL ORDER BY id"));
        await RunAsync(client, 10);
        Assert.Equal(["5"], await client.Database.RowsAsync("SELECT count(*) FROM users WHERE \"firstName\" = '?'"));
    }

    [Fact]
    public async Task The_schema_of_tenants_becomes_the_SQL_beside_it()
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("docs", "from-prisma.md"), Cancel);
        using var folder = new TemporaryFolder();
        folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel Business {\n  id        String     @id\n  customers Customer[]\n}\n\n" + Block(text, "prisma", "model Customer"));
        var sample = SchemaSample.Project(folder.Root);
        var script = MigrationScript.Render(SchemaDiffer.Diff(DatabaseSchema.Empty, sample.Database, sample.Dialect), sample.Dialect).Split('\n');
        foreach (var statement in Block(text, "sql", "CREATE POLICY").Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(statement, script);
    }

    private static string Block(string text, string language, string with) =>
        Regex.Matches(text, $"```{language}\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).Single(b => b.Contains(with, StringComparison.Ordinal));

    /// <summary>Examples 4 and 5 are an application's: it is started, and asked as two tenants.</summary>
    private static async Task ServeAsync(CompiledClient client)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        await Documentation.RunAsync(client, 5, builder.Services, client.Database.ConnectionString);
        await using var app = builder.Build();
        await Documentation.RunAsync(client, 4, app);
        await app.StartAsync(Cancel);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Add("X-Business-Id", "globex");
        Assert.Equal(["new@globex.example"], (await http.GetFromJsonAsync<string[]>("/customers", Cancel))!);
        http.DefaultRequestHeaders.Remove("X-Business-Id");
        http.DefaultRequestHeaders.Add("X-Business-Id", "unknown");
        Assert.Empty((await http.GetFromJsonAsync<string[]>("/customers", Cancel))!);
    }

    private static async Task RunAsync(CompiledClient client, int example)
    {
        await using var context = client.Open();
        context.TenantAccessor = new FixedTenant("acme");
        await Documentation.RunAsync(client, example, context);
    }
}
