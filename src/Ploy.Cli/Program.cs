using System.CommandLine;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Relational;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Cli;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Schema-first database migrations for .NET.");
        var schema = new Option<string>("--schema");
        var validate = new Command("validate", "Checks the schema files.") { schema };
        validate.SetAction(r => Validate(r.GetValue(schema)!));
        root.Add(validate);
        root.Add(Commands.FormatVerb.Create());
        var fromEmpty = new Option<bool>("--from-empty");
        var toEmpty = new Option<bool>("--to-empty");
        var fromSchema = new Option<string>("--from-schema");
        var toSchema = new Option<string>("--to-schema");
        var fromUrl = new Option<string>("--from-url");
        var toUrl = new Option<string>("--to-url");
        var script = new Option<bool>("--script");
        var diff = new Command("diff", "Compares two schemas.") { fromEmpty, toEmpty, fromSchema, toSchema, fromUrl, toUrl, script };
        diff.SetAction(async (r, cancel) =>
        {
            var (from, to) = (r.GetValue(fromSchema), r.GetValue(toSchema));
            var dialect = DialectOf(from ?? to, r.GetValue(fromUrl) ?? r.GetValue(toUrl));
            var before = await SideAsync(from, r.GetValue(fromUrl), dialect, cancel);
            var after = await SideAsync(to, r.GetValue(toUrl), dialect, cancel);
            var text = MigrationScript.Render(SchemaDiffer.Diff(before, after, dialect), dialect);
            Console.Out.Write(text.EndsWith('\n') ? text : text + "\n");
            return 0;
        });
        root.Add(new Command("migrate", "Migrations.") { diff });
        return root.Parse(arguments).InvokeAsync();
    }

    private static Dialect DialectOf(string? schema, string? url)
    {
        var isSqlite = schema is not null
            ? Compile(schema).Model?.Datasource?.Provider == Provider.Sqlite
            : url is not null && !url.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
        return isSqlite ? Sqlite.SqliteDialect.Instance : Postgres.PostgresDialect.Instance;
    }

    private static async Task<DatabaseSchema> SideAsync(string? schema, string? url, Dialect dialect, CancellationToken cancel)
    {
        if (schema is not null) return SchemaCalculator.Calculate(Compile(schema).Model!, dialect);
        if (url is null) return DatabaseSchema.Empty;
        await using var session = await dialect.Connector.OpenAsync(dialect.Connector.Parse(url, Environment.CurrentDirectory), cancel);
        return await dialect.Connector.Introspector(session).ReadAsync(new IntrospectionScope([]), cancel);
    }

    private static SchemaCompilation Compile(string path)
    {
        IEnumerable<string> files = Directory.Exists(path)
            ? Directory.GetFiles(path, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : [path];
        return SchemaCompiler.Compile([.. files.Select(f => SourceText.From(f, File.ReadAllText(f)))]);
    }

    private static int Validate(string path)
    {
        var result = Compile(path);
        foreach (var d in result.Diagnostics)
        {
            var at = d.Location.Source.GetPosition(d.Location.Span.Start);
            Console.Error.WriteLine($"error[P1012]: {d.Message}\n  --> {d.Location.Source.Path}:{at.Line + 1}:{at.Column + 1}");
        }

        return result.HasErrors ? 1 : 0;
    }
}
