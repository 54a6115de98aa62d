using Ploy.Design.Commands;
using Ploy.Design.Configuration;
using Ploy.Postgres;
using Ploy.Relational.Planning;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Replayed;

/// <summary>
/// Histories that people wrote by hand, beside a schema: the scripts between them are the engine's, recorded, but for the directions that a case says are others on
/// purpose. What leads from a history to its schema runs, and afterwards nothing is left to do.
/// </summary>
public sealed class ReplayedTests
{
    private static readonly string Folder = Repository.PathOf("tests", "Ploy.Conformance.Tests", "Replayed");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.case").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Scripts_are_the_engines_and_lead_to_the_schema(string name)
    {
        var scenario = CaseFile.Read(Path.Combine(Folder, name + ".case"));
        var provider = scenario.Options["provider"];
        using var folder = new TemporaryFolder();
        folder.Write("migrations/migration_lock.toml", $"provider = \"{scenario.Options.GetValueOrDefault("lock", provider)}\"\n");
        folder.Write("migrations/20200101000000_all/migration.sql", scenario["migration.sql"]!); // each case has one
        folder.Write("schema.prisma", scenario["schema.prisma"]!); // and one of these
        await using var shadow = await TemporaryDatabase.CreateAsync(provider);
        var project = Project.Load(new ProjectOptions { WorkingDirectory = folder.Root, Environment = _ => null, ShadowUrl = provider == "sqlite" ? null : shadow.Url });
        var command = new DiffCommand(project, new DialectSet(PostgresDialect.Instance, SqliteDialect.Instance));
        var (history, schema, empty) = (new DiffSide.Migrations("migrations"), new DiffSide.Schema("schema.prisma"), new DiffSide.Empty());

        var toSchema = await ScriptAsync(history, schema);
        Check("history-to-schema", toSchema);
        Check("empty-to-history", await ScriptAsync(empty, history));
        Check("schema-to-history", await ScriptAsync(schema, history));

        folder.Write("migrations/20200101000001_next/migration.sql", toSchema);
        Assert.Equal("-- This is an empty migration.\n", await ScriptAsync(history, schema));

        async Task<string> ScriptAsync(DiffSide before, DiffSide after)
        {
            var report = await command.RunAsync(before, after, TestContext.Current.CancellationToken);
            return MigrationScript.Render(report.Difference, report.Dialect).TrimEnd() + "\n";
        }

        void Check(string direction, string script)
        {
            if (!scenario.Options.GetValueOrDefault("on-purpose", "").Split(", ").Contains(direction))
            {
                Expect.Text(scenario[direction + ".engine"]!, script); // recorded for each direction
                return;
            }

            Assert.NotEqual(scenario[direction + ".engine"], script);
            scenario = scenario.Expect(direction + ".ploy", script);
        }
    }
}
