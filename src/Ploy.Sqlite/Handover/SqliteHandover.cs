using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Planning;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Handover;

/// <summary>
/// A file for the <c>sqlite3</c> shell, one transaction for each migration; checks are rows that a constraint refuses, since SQLite's SQL has no condition. What is
/// applied already is passed over with the shell's own means: a query writes the migration, or nothing, to a file that the shell then reads
/// (https://www.sqlite.org/cli.html). The migration looks again in its own transaction, so that a rival in between stops it.
/// </summary>
internal sealed class SqliteHandover : HandoverWriter
{
    private const string Guard = "temp.\"_ploy_expects\"";
    private const string NextFile = "ploy-next.sql";

    /// <summary>The only one.</summary>
    public static SqliteHandover Instance { get; } = new();

    /// <inheritdoc />
    public override string Write(HandoverPlan plan)
    {
        var names = plan.Migrations.Length == 1 ? $"The migration {plan.Migrations[0].Name}" : $"The migrations {plan.Migrations[0].Name} to {plan.Migrations[^1].Name}";
        var text = new StringBuilder();
        text.Append($"-- {names.ReplaceLineEndings(" ")}, history rows included{(plan.IsIdempotent ? "; what is applied already is passed over" : "")}. Written by Ploy.\n");
        text.Append("-- Run it with: sqlite3 DATABASE < THIS_FILE\n");
        if (plan.IsIdempotent) text.Append($"-- Each migration that is still to be applied is first written to {NextFile} in the working directory, which may be deleted afterwards.\n");
        text.Append(plan.IsIdempotent ? ".bail on\n.mode list\n.headers off\n\n" : ".bail on\n\n");
        text.Append("PRAGMA foreign_keys=OFF;\n");
        text.Append("CREATE TEMP TABLE \"_ploy_expects\" (\"so\" INTEGER, CONSTRAINT \"the history is what this file expects\" CHECK (\"so\"));\n");
        text.Append("CREATE TEMP TABLE \"_ploy_keys\" AS SELECT count(*) AS n FROM pragma_foreign_key_check;\n");
        if (plan.Migrations.Any(MakesTablesAnew)) text.Append(RebuildChecks.Prelude);
        if (plan.After is null)
        {
            Expect(text, "NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_prisma_migrations') OR EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = '_prisma_migrations')");
            text.Append(SqliteHistory.Create.Replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", StringComparison.Ordinal).ReplaceLineEndings("\n")).Append(";\n");
        }

        var previous = plan.After;
        foreach (var migration in plan.Migrations)
        {
            text.Append($"\n-- {migration.Name.ReplaceLineEndings(" ")}\n");
            var own = plan.IsIdempotent ? new StringBuilder() : text;
            own.Append("BEGIN IMMEDIATE;\n");
            Expect(own, "NOT EXISTS (SELECT 1 FROM main.\"_prisma_migrations\" WHERE finished_at IS NULL AND rolled_back_at IS NULL)");
            Expect(own, "NOT " + Applied(migration.Name));
            if (previous is not null) Expect(own, Applied(previous));
            AppendParts(own, migration);
            if (plan.IsIdempotent) AppendUnlessApplied(text, migration.Name, own.ToString());
            previous = migration.Name;
        }

        if (plan.IsIdempotent) text.Append($"\n.once {NextFile}\nSELECT '-- This file may be deleted.';\n");

        if (plan.Migrations.Any(MakesTablesAnew)) text.Append('\n').Append(RebuildChecks.End);
        return text.Append("\nDROP TABLE temp.\"_ploy_keys\";\nDROP TABLE temp.\"_ploy_expects\";\nPRAGMA foreign_keys=ON;\n").ToString();
    }

    private static void AppendUnlessApplied(StringBuilder text, string name, string script)
    {
        // Newer shells print other control characters as something else.
        if (script.AsSpan().IndexOfAny(Unprintable) >= 0)
        {
            throw new PloyException(
                "PLOY2224", $"The migration `{name}` holds control characters, which a script that passes over what is applied cannot carry through the shell of SQLite.",
                "Leave out `--idempotent` and begin behind what is applied with `--from NAME`: the script then refuses any other state. Or run `ploy migrate deploy`.");
        }

        text.Append($".once {NextFile}\nSELECT CASE WHEN {Applied(name)} THEN '' ELSE {SqliteNames.Literal(script)} END;\n.read {NextFile}\n");
    }

    private static readonly System.Buffers.SearchValues<char> Unprintable = System.Buffers.SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r')), '\u007f']);

    private static bool MakesTablesAnew(HandoverMigration migration) => migration.Parts.Any(p => !p.IsLone && RebuildChecks.Of(p.Statements) is not null);

    private static void AppendParts(StringBuilder text, HandoverMigration migration)
    {
        var isWhole = migration.Parts is [{ IsLone: false }];
        text.Append(isWhole ? "" : Insert(migration, isFinished: false));
        if (!isWhole) text.Append("COMMIT;\n");
        foreach (var part in migration.Parts)
        {
            if (!isWhole && !part.IsLone) text.Append("BEGIN IMMEDIATE;\n");
            var checks = part.IsLone ? null : RebuildChecks.Of(part.Statements);
            text.Append(checks?.Before);
            for (var i = 0; i < part.Statements.Length; i++) text.Append(checks?.BeforeStatement(i)).Append(part.Statements[i]).Append(";\n");
            text.Append(checks?.After);
            if (!part.IsLone) Expect(text, "(SELECT count(*) FROM pragma_foreign_key_check) <= (SELECT n FROM temp.\"_ploy_keys\")");
            if (!isWhole && !part.IsLone) text.Append("COMMIT;\n");
        }

        if (isWhole) text.Append(Insert(migration, isFinished: true)).Append("COMMIT;\n");
        else text.Append($"UPDATE main.\"_prisma_migrations\" SET finished_at = {Now}, applied_steps_count = 1 WHERE migration_name = {SqliteNames.Literal(migration.Name)} AND finished_at IS NULL AND rolled_back_at IS NULL;\n");
    }

    private const string Now = "CAST(strftime('%s', 'now') AS INTEGER) * 1000";

    private static string Insert(HandoverMigration migration, bool isFinished) =>
        $"""
         INSERT INTO main."_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
         SELECT lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || substr(h, 21)), {SqliteNames.Literal(migration.Checksum)}, {SqliteNames.Literal(migration.Name)},
             {Now}, {(isFinished ? Now + ", 1" : "NULL, 0")} FROM (SELECT hex(randomblob(16)) AS h);

         """.ReplaceLineEndings("\n");

    private static string Applied(string name) =>
        $"EXISTS (SELECT 1 FROM main.\"_prisma_migrations\" WHERE migration_name = {SqliteNames.Literal(name)} AND finished_at IS NOT NULL AND rolled_back_at IS NULL)";

    private static void Expect(StringBuilder text, string condition) => text.Append($"INSERT INTO {Guard} SELECT {condition};\n");
}
