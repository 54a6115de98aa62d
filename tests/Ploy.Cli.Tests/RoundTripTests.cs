using System.Globalization;
using System.Text;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// Databases made by SQL become projects; an empty database that is migrated with such a project is what the first one was. <c>PLOY_TEST_FULL=1</c> tries more of them.
/// </summary>
public sealed class RoundTripTests
{
    private static bool IsFull => Environment.GetEnvironmentVariable("PLOY_TEST_FULL") is { Length: > 0 };

    public static TheoryData<string, int> Seeds
    {
        get
        {
            var data = new TheoryData<string, int>();
            for (var seed = 1; seed <= (IsFull ? 300 : 4); seed++) data.Add("postgresql", seed);
            if (!IsFull) data.Add("postgresql", 198);
            for (var seed = 1; seed <= (IsFull ? 100 : 3); seed++) data.Add("sqlite", seed);
            return data;
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public async Task A_database_made_anew_from_what_was_pulled_is_the_same(string provider, int seed)
    {
        using var folder = new TemporaryFolder();
        await using var main = await TemporaryDatabase.CreateAsync(provider);
        await using var fresh = await TemporaryDatabase.CreateAsync(provider);
        var sql = new DatabaseGenerator(provider == "postgresql", seed).Write();
        await main.ExecuteAsync(sql);
        var before = await main.DumpAsync();

        var adopted = await InProcess.RunAsync(folder.Root, "init", "--from-database", main.Url, "--schemas", provider == "postgresql" ? "public,side q" : "");
        Assert.True(adopted.ExitCode == 0, $"seed {seed}\n{adopted.Error}\n{sql}");
        var deployed = await InProcess.RunAsync(folder.Root, "migrate", "deploy", "--url", fresh.Url);
        var text = string.Join('\n', folder.Files().Where(f => f.StartsWith("prisma/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => $"-- {f}\n{folder.Read(f)}"));
        Assert.True(deployed.ExitCode == 0, $"seed {seed}\n{deployed.Error}\n{text}");
        Assert.True(UnifiedDiff.Create(before, await fresh.DumpAsync()) is "" or null, $"seed {seed}\n{UnifiedDiff.Create(before, await fresh.DumpAsync())}\n{text}");
        Assert.DoesNotContain("left alone", adopted.Error, StringComparison.Ordinal);

        var again = await InProcess.RunAsync(folder.Root, "migrate", "dev", "--name", "again", "--url", main.Url);
        Assert.True(again.ExitCode == 0 && again.Output.Contains("there was nothing to do", StringComparison.Ordinal), $"seed {seed}\n{again.Output}{again.Error}\n{text}\n{string.Concat(folder.Files().Where(f => f.Contains("_again/", StringComparison.Ordinal)).Select(folder.Read))}");
        var pulled = (await InProcess.RunAsync(folder.Root, "db", "pull", "--directives", "--url", main.Url)).Expect(0);
        Assert.True(pulled.Output.Contains("no file was changed", StringComparison.Ordinal), $"seed {seed}: a second pull changes something\n{pulled.Output}\n{text}");
    }

    /// <summary>Writes random databases with what directives and object files can say, and what the schema language can.</summary>
    private sealed class DatabaseGenerator(bool isPostgres, int seed)
    {
        private static readonly string[] Odd = ["plain", "with space", "Ünï", "a.b", "UPPER", "it's", "select", "1st", "123", "qu\"ote", "back\\slash", "$dollar", "_x", "tab\tin"];

        private readonly Random _random = new(seed);
        private readonly StringBuilder _sql = new();
        private int _last;

        public string Write()
        {
            if (isPostgres)
            {
                _sql.Append("CREATE SCHEMA \"side q\";\n");
                if (Chance(50)) _sql.Append("CREATE EXTENSION btree_gist;\n");
                _sql.Append("CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n");
                if (Chance(60)) _sql.Append("CREATE FUNCTION \"side q\".\"slug it\"(t text, n int DEFAULT 3) RETURNS text LANGUAGE sql IMMUTABLE AS $f$ SELECT lower(t) || $$'x\\$$ $f$;\n");
                if (Chance(40)) _sql.Append("CREATE PROCEDURE clean(a int, b text) LANGUAGE sql AS $$ SELECT 1 $$;\n");
                if (Chance(40)) _sql.Append("CREATE SEQUENCE \"side q\".\"se q\" INCREMENT 5 START 10 CYCLE;\n");
                if (Chance(40)) _sql.Append("CREATE DOMAIN \"do main\" AS text DEFAULT 'a' CONSTRAINT \"c k\" CHECK (VALUE <> '');\n");
                _sql.Append("CREATE TYPE \"side q\".\"mo od\" AS ENUM ('sad', 'so so', '1st', 'it''s', '42');\n");
            }

            var tables = Enumerable.Range(0, _random.Next(1, 4)).Select(i => Table(i)).ToList();
            foreach (var (table, columns) in tables) Views(table, columns);
            return _sql.ToString();
        }

        private (string Table, List<string> Columns) Table(int number)
        {
            var table = (isPostgres && Chance(40) ? "\"side q\"." : "") + Quote(Name($"t{number}"));
            List<string> columns = [.. Enumerable.Range(0, 3).Select(i => Quote(Odd[(seed + number + i * 5) % Odd.Length]))];
            var (n, t, d) = (columns[0], columns[1], columns[2]);
            List<string> lines =
            [
                isPostgres ? Chance(50) ? "id integer NOT NULL" : "id serial NOT NULL" : "\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
                $"{n} INTEGER NOT NULL{(Chance(50) ? " DEFAULT 5" : "")}",
                $"{t} TEXT{(Chance(50) ? " NOT NULL" : "")}{(Chance(50) ? isPostgres ? " DEFAULT upper('it''s')" : " DEFAULT (upper('it''s'))" : "")}",
                isPostgres ? $"{d} timestamp(3)" : $"{d} DATETIME",
            ];
            if (isPostgres)
            {
                lines.Add("m \"side q\".\"mo od\"" + (Chance(50) ? " DEFAULT 'so so'" : ""));
                if (Chance(50)) lines.Add($"g integer GENERATED ALWAYS AS ({n} * 2) STORED");
                if (Chance(40)) lines.Add("r int4range");
            }

            lines.Add("\"parent\" INTEGER");
            if (isPostgres) lines.Add($"CONSTRAINT {Quote(Name("pk"))} PRIMARY KEY (id)");
            if (Chance(60)) lines.Add($"CONSTRAINT {Quote(Name("check"))} CHECK ({n} > 0 AND {t} IN ('a', 'it''s', 'b\"c\\d'))");
            if (Chance(60)) lines.Add(isPostgres
                ? $"CONSTRAINT {Quote(Name("fk"))} FOREIGN KEY (parent) REFERENCES {table} (id) ON DELETE {(Chance(50) ? "CASCADE" : "SET NULL")}{(Chance(50) ? " DEFERRABLE INITIALLY DEFERRED" : "")}"
                : $"CONSTRAINT {Quote(Unquoted(table) + "_parent_fkey")} FOREIGN KEY (\"parent\") REFERENCES {table} (\"id\") ON DELETE {(Chance(50) ? "CASCADE" : "SET NULL")} ON UPDATE CASCADE");
            if (isPostgres && lines.Any(l => l.StartsWith("r int4range", StringComparison.Ordinal))) lines.Add($"CONSTRAINT {Quote(Name("ex"))} EXCLUDE USING gist (r WITH &&) WHERE ({n} > 1)");
            _sql.Append($"CREATE TABLE {table} (\n  {string.Join(",\n  ", lines)}\n);\n");
            for (var i = _random.Next(0, 5); i > 0; i--) Index(table, columns);
            if (isPostgres) Extras(table, columns);
            if (Chance(50)) _sql.Append(isPostgres
                ? $"CREATE TRIGGER {Quote(Name("trigger"))} BEFORE UPDATE OF {n} ON {table} FOR EACH ROW WHEN (NEW.{n} > 1) EXECUTE FUNCTION stamp();\n"
                : $"CREATE TRIGGER {Quote(Name("trigger"))} AFTER UPDATE OF {n} ON {table} BEGIN UPDATE {table} SET parent = 1; SELECT 1; END;\n");
            return (table, columns);
        }

        private void Index(string table, List<string> columns)
        {
            var (n, t, d) = (columns[0], columns[1], columns[2]);
            var unique = Chance(40) ? "UNIQUE " : "";
            var head = $"CREATE {unique}INDEX {Quote(Name("index"))} ON {table}";
            _sql.Append(_random.Next(isPostgres ? 9 : 4) switch
            {
                0 => $"{head} (lower({t}))",
                1 => $"{head} ({n}, lower({t})) WHERE {d} IS NULL",
                2 => $"{head} (({n} + 1) DESC, {t})",
                3 => $"{head} ({n}) WHERE {t} = 'it''s'",
                4 => $"{head} ({t}) INCLUDE ({n}, {d})",
                5 => $"{head} ({n} DESC NULLS LAST, {t})",
                6 => $"CREATE UNIQUE INDEX {Quote(Name("nulls"))} ON {table} ({t}) NULLS NOT DISTINCT",
                7 => $"{head} ({t} text_pattern_ops)",
                _ => $"{head} ({t} COLLATE \"C\", {n})",
            }).Append(";\n");
        }

        private void Extras(string table, List<string> columns)
        {
            var (n, t) = (columns[0], columns[1]);
            if (Chance(40)) _sql.Append($"COMMENT ON TABLE {table} IS 'It''s a \"comment\" \\ of\ntwo lines';\n");
            if (Chance(40)) _sql.Append($"COMMENT ON COLUMN {table}.{t} IS 'One';\n");
            if (Chance(40)) _sql.Append($"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n");
            if (Chance(40)) _sql.Append($"CREATE POLICY {Quote(Name("policy"))} ON {table} FOR {(Chance(50) ? "ALL" : "SELECT")} USING ({t} = current_setting('app.x', true));\n");
            if (Chance(30)) _sql.Append($"CREATE POLICY {Quote(Name("policy"))} ON {table} AS RESTRICTIVE FOR INSERT TO CURRENT_USER WITH CHECK ({n} > 1 OR {t} LIKE '%\\_(');\n");
        }

        private void Views(string table, List<string> columns)
        {
            if (!Chance(70)) return;
            var view = Quote(Name("view"));
            _sql.Append($"CREATE VIEW {view} AS SELECT id, {columns[0]} AS n, {columns[1]} FROM {table} WHERE {columns[1]} <> 'it''s; --';\n");
            if (Chance(50)) _sql.Append($"CREATE VIEW {Quote("a " + Name("view"))} AS SELECT n FROM {view};\n");
            if (!isPostgres) return;
            if (Chance(40)) _sql.Append($"CREATE FUNCTION {Quote(Name("rows"))}(a int) RETURNS SETOF {view} LANGUAGE sql STABLE AS $$ SELECT * FROM {view} LIMIT 1 $$;\n");
            if (!Chance(40)) return;
            var stored = Quote(Name("stored"));
            _sql.Append($"CREATE MATERIALIZED VIEW {stored} AS SELECT n, count(*) AS c FROM {view} GROUP BY n;\nCREATE UNIQUE INDEX {Quote(Name("index"))} ON {stored} (n);\n");
        }

        private bool Chance(int percent) => _random.Next(100) < percent;

        private string Name(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind} {Odd[_random.Next(Odd.Length)]} {++_last}");

        private static string Unquoted(string name) => name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);

        private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
