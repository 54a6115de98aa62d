using System.Globalization;
using System.Text;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// Random schemas with directives and object files, one after the other on one database: each is reached, a second look finds nothing to do, and without
/// any of them the database is what it would be had there never been one. <c>PLOY_TEST_FULL=1</c> runs more of them.
/// </summary>
public sealed class RandomObjectTests
{
    private static bool IsFull => Environment.GetEnvironmentVariable("PLOY_TEST_FULL") is { Length: > 0 };

    public static TheoryData<string, int> Seeds
    {
        get
        {
            var data = new TheoryData<string, int>();
            for (var seed = 1; seed <= (IsFull ? 60 : 2); seed++) data.Add("postgresql", seed);
            if (!IsFull) data.Add("postgresql", 19);
            for (var seed = 1; seed <= (IsFull ? 40 : 2); seed++) data.Add("sqlite", seed);
            return data;
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public async Task Each_schema_is_reached_from_the_last_and_nothing_is_left_of_it(string provider, int seed)
    {
        using var folder = new TemporaryFolder();
        await using var main = await TemporaryDatabase.CreateAsync(provider);
        await using var fresh = await TemporaryDatabase.CreateAsync(provider);
        var generator = new Generator(provider, seed);
        for (var step = 0; step < 4; step++)
        {
            var (schema, objects) = step == 3 ? (generator.Bare(), "") : generator.Next();
            folder.Write("prisma/schema.prisma", schema);
            folder.Write("prisma/objects/all.sql", objects);
            await DevAsync(folder, main, $"step_{step}", $"seed {seed}, step {step}");
            var again = (await RunAsync(folder, "migrate", "dev", "--url", main.Url)).Expect(0);
            Assert.True(again.Output.Contains("there was nothing to do", StringComparison.Ordinal), $"seed {seed}, step {step}: a second look finds something\n{again.Output}{folder.Read(Last(folder))}\n{schema}\n{objects}");
        }

        Directory.Delete(Path.Combine(folder.Root, "prisma", "migrations"), recursive: true);
        await DevAsync(folder, fresh, "init", $"seed {seed}, fresh");
        Assert.Equal("", UnifiedDiff.Create(await fresh.DumpAsync(), await main.DumpAsync()));
    }

    private static async Task DevAsync(TemporaryFolder folder, TemporaryDatabase database, string name, string at)
    {
        var result = await RunAsync(folder, "migrate", "dev", "--name", name, "--accept-data-loss", "--url", database.Url);
        Assert.True(result.ExitCode == 0, $"{at}\n{result.Error}\n{folder.Read("prisma/schema.prisma")}\n{folder.Read("prisma/objects/all.sql")}\n{(Last(folder) is { } last ? folder.Read(last) : "")}");
    }

    private static string Last(TemporaryFolder folder) => folder.Files().Where(f => f.EndsWith("/migration.sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).LastOrDefault() ?? "prisma/schema.prisma";

    private static Task<ProcessResult> RunAsync(TemporaryFolder folder, params string[] arguments) => InProcess.RunAsync(folder.Root, arguments);

    private sealed class Generator(string provider, int seed)
    {
        private const int Models = 3;
        private static readonly string[] Names = ["plain", "with space", "Ünï", "a.b", "UPPER", "it's", "select"];

        private readonly Random _random = new(seed);
        private readonly bool _isPostgres = provider == "postgresql";

        // What stays the same is decided once: names of tables and columns.
        private readonly string[] _columns = [.. Enumerable.Range(0, Models).Select(i => Names[(seed + i) % Names.Length])];

        public string Bare() => Schema(withObjects: false);

        public (string Schema, string Objects) Next() => (Schema(withObjects: true), Objects());

        private bool Chance(int percent) => _random.Next(100) < percent;

        private string Name(string kind, int model) => $"{kind} {Names[_random.Next(2)]}{Names[model]}{_random.Next(2).ToString(CultureInfo.InvariantCulture)}";

        private string Schema(bool withObjects)
        {
            var text = new StringBuilder($"datasource db {{\n  provider = \"{provider}\"\n}}\n");
            for (var i = 0; i < Models; i++)
            {
                var column = "\\\"" + _columns[i] + "\\\"";
                text.Append("\n/// Model, it's \"number\" ").Append(_random.Next(2)).Append('\n');
                var names = new HashSet<string>(StringComparer.Ordinal);
                if (withObjects) foreach (var line in Directives(i, column).Where(l => names.Add(l.Split(',')[0]))) text.Append("/// @ploy.").Append(line).Append('\n');
                text.Append($"model M{i} {{\n  id Int @id\n  n {(withObjects && Chance(30) ? "BigInt" : "Int")} @map(\"{_columns[i]}\")\n  t String{(withObjects && _isPostgres && Chance(30) ? " @db.VarChar(90)" : "")}\n  d DateTime?\n  e E\n");
                if (withObjects && _isPostgres && Chance(50)) text.Append($"  /// @ploy.generated(\"{column} * {_random.Next(1, 3)}\")\n");
                text.Append("  g BigInt? @default(dbgenerated())\n");
                text.Append("  /// A comment.\n");
                if (withObjects && _isPostgres && Chance(50)) text.Append("  /// @ploy.comment\n");
                if (withObjects && Chance(50)) text.Append($"  /// @ploy.default(\"{(_isPostgres ? "upper('x')" : "'x' || 'y'")}\")\n");
                text.Append("  u String? @unique\n  oid Int?\n");
                if (withObjects && _isPostgres && Chance(50)) text.Append($"  /// @ploy.deferrable(initially: {(Chance(50) ? "deferred" : "immediate")})\n");
                text.Append($"  o M{i}? @relation(\"r\", fields: [oid], references: [id], onDelete: NoAction, onUpdate: NoAction)\n  os M{i}[] @relation(\"r\")\n}}\n");
            }

            return text.Append("\nenum E {\n  A\n  B\n").Append(withObjects && Chance(50) ? "  C\n" : "").Append("}\n").ToString();
        }

        private IEnumerable<string> Directives(int i, string column)
        {
            if (Chance(60)) yield return $"check(\"{Name("c", i)}\", \"{column} >= {_random.Next(2)} and t in ('a', 'b')\")";
            if (Chance(40)) yield return $"check(\"{Name("c", i)}\", \"length(t) < {column}\")";
            if (Chance(60)) yield return $"index(\"{Name("i", i)}\", expr: \"lower(t)\", unique: {(Chance(50) ? "true" : "false")}, where: \"{column} > {_random.Next(2)}\")";
            if (Chance(40)) yield return $"index(\"{Name("j", i)}\", fields: [t, n]{(_isPostgres && Chance(50) ? ", include: [d]" : "")}, where: \"d IS NULL\")";
            if (Chance(40)) yield return "softDelete(d)";
            if (!_isPostgres) yield break;
            if (Chance(40)) yield return $"exclude(\"{Name("x", i)}\", using: gist, \"box(point({column}, {column}), point({column}, {column})) WITH &&\")";
            if (Chance(40)) yield return $"check(\"{Name("e", i)}\", \"e <> 'A'\")";
            if (Chance(50)) yield return $"rls(force: {(Chance(50) ? "true" : "false")})";
            if (Chance(50)) yield return $"policy(\"{Name("p", i)}\", for: {(Chance(50) ? "all" : "select")}, using: \"{column} > {_random.Next(2)}\")";
            if (Chance(50)) yield return "comment";
        }

        private string Objects()
        {
            var text = new StringBuilder();
            for (var i = 0; i < Models; i++)
            {
                var (table, column) = ($"\"M{i}\"", $"\"{_columns[i]}\"");
                if (Chance(50)) text.Append($"CREATE VIEW \"z {i}\" AS SELECT id, {column} AS x, t FROM {table} WHERE {column} > {_random.Next(2)};\n");
                else continue;
                if (Chance(50)) text.Insert(0, $"CREATE VIEW \"a {i}\" AS SELECT x FROM \"z {i}\";\n");
                if (!_isPostgres)
                {
                    if (Chance(50)) text.Insert(0, $"CREATE TRIGGER \"t {i}\" AFTER UPDATE OF t ON {table} BEGIN UPDATE {table} SET d = {_random.Next(2)} WHERE id = new.id; END;\n");
                    continue;
                }

                if (Chance(50)) text.Insert(0, $"CREATE FUNCTION \"f {i}\"(a int DEFAULT 1) RETURNS SETOF \"z {i}\" LANGUAGE sql AS $$ SELECT * FROM \"z {i}\" LIMIT {_random.Next(2)} $$;\n");
                if (Chance(50)) text.Append($"CREATE MATERIALIZED VIEW \"m {i}\" AS SELECT t, count(*) AS n FROM \"z {i}\" GROUP BY t;\nCREATE UNIQUE INDEX \"mi {i}\" ON \"m {i}\" (t);\n");
                if (Chance(50))
                    text.Insert(0, $"CREATE TRIGGER \"t {i}\" BEFORE UPDATE OF {column} ON {table} FOR EACH ROW EXECUTE FUNCTION tf();\n");
                if (Chance(50)) text.Append($"CREATE SEQUENCE \"s {i}\" START {_random.Next(1, 3)};\n");
            }

            if (_isPostgres) text.Insert(0, $"CREATE OR REPLACE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN {(Chance(50) ? "NEW" : "NULL")}; END $$;\n");
            return text.ToString();
        }
    }
}
