using System.Data;
using System.Text;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Planning;

namespace Ploy.Postgres.Handover;

/// <summary>
/// A file for <c>psql</c>. Every migration is one transaction with its history row, and begins with a check of the history, so that also
/// without ON_ERROR_STOP nothing runs behind one that failed.
/// </summary>
internal sealed class PostgresHandover : HandoverWriter
{
    /// <summary>The only one.</summary>
    public static PostgresHandover Instance { get; } = new();

    /// <inheritdoc />
    public override string Write(HandoverPlan plan)
    {
        var space = plan.Namespace ?? "public";
        var table = PostgresNames.Quote(space, "_prisma_migrations");
        var text = new StringBuilder();
        text.Append($"-- {Describe(plan)}\n");
        text.Append("-- Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file THIS_FILE DATABASE\n\n");
        text.Append($"SET search_path = {PostgresNames.Quote(space)};\nSET standard_conforming_strings = on;\nSET client_min_messages = warning;\nSET row_security = off;\n\n");
        text.Append("-- The migration lock of Ploy and Prisma.\n");
        text.Append(Do("    IF NOT pg_try_advisory_lock(72707369) THEN\n        RAISE EXCEPTION 'another run holds the migration lock; nothing was applied';\n    END IF;\n"));
        if (plan.After is null || plan.IsIdempotent) text.Append("\n-- The history.\n").Append(Do(CreateHistory(space, table)));
        var previous = plan.After;
        foreach (var migration in plan.Migrations)
        {
            text.Append($"\n-- {OneLine(migration.Name)}\n");
            AppendMigration(text, plan, table, migration, previous);
            previous = migration.Name;
        }

        return text.Append('\n').Append(Do("    PERFORM pg_advisory_unlock(72707369);\n")).ToString();
    }

    private static string Describe(HandoverPlan plan)
    {
        var names = plan.Migrations.Length == 1 ? $"The migration {plan.Migrations[0].Name}" : $"The migrations {plan.Migrations[0].Name} to {plan.Migrations[^1].Name}";
        var start = plan.After is { } after ? $", after {after}" : "";
        return OneLine($"{names}{start}, history rows included{(plan.IsIdempotent ? "; what is applied already is passed over" : "")}. Written by Ploy.");
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string CreateHistory(string space, string table) =>
        $"""
             IF to_regclass({PostgresNames.Literal(table)}) IS NULL THEN
                 IF EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                            WHERE n.nspname = {PostgresNames.Literal(space)} AND c.relkind IN ('r', 'p')) THEN
                     RAISE EXCEPTION 'P3005: the database has tables but no history of migrations; nothing was applied';
                 END IF;
                 CREATE SCHEMA IF NOT EXISTS {PostgresNames.Quote(space)};
                 CREATE TABLE {table} (
         {Indented(PostgresHistory.Columns, 12)}
                 );
             END IF;

         """.ReplaceLineEndings("\n");

    private static string Indented(string text, int spaces) => string.Join('\n', text.Split('\n').Select(line => new string(' ', spaces) + line.Trim()));

    private static void AppendMigration(StringBuilder text, HandoverPlan plan, string table, HandoverMigration migration, string? previous)
    {
        var check = Check(plan, table, migration, previous);
        var begin = migration.Isolation == IsolationLevel.ReadCommitted ? "BEGIN;\n" : $"BEGIN ISOLATION LEVEL {IsolationLevels.Words(migration.Isolation)};\n";
        if (migration.Parts is [{ IsLone: false } only])
        {
            var insert = Insert(table, migration, isFinished: true);
            text.Append(begin);
            if (plan.IsIdempotent) text.Append(Do(check + Skip(table, migration) + Execute(only) + $"    {insert};\n"));
            else text.Append(Do(check)).Append(Plain(only)).Append($"{insert};\n");
            text.Append("COMMIT;\n");
            return;
        }

        // The row stands unfinished while the parts run: what is cut off here is seen by everybody.
        text.Append("BEGIN;\n").Append(Do(check + (plan.IsIdempotent ? Skip(table, migration) : "") + $"    {Insert(table, migration, isFinished: false)};\n")).Append("COMMIT;\n");
        var begun = $"EXISTS (SELECT FROM {table} WHERE migration_name = {PostgresNames.Literal(migration.Name)} AND finished_at IS NULL AND rolled_back_at IS NULL)";
        foreach (var part in migration.Parts)
        {
            if (part.IsLone) text.Append(plan.IsIdempotent ? $"SELECT {Dollars(part.Statements[0])} WHERE {begun} \\gexec\n" : part.Statements[0] + ";\n");
            else if (plan.IsIdempotent) text.Append(Do($"    IF NOT {begun} THEN\n        RETURN;\n    END IF;\n" + Execute(part)));
            else text.Append(begin).Append(Plain(part)).Append("COMMIT;\n");
        }

        text.Append($"UPDATE {table} SET finished_at = clock_timestamp(), applied_steps_count = 1\nWHERE migration_name = {PostgresNames.Literal(migration.Name)} AND finished_at IS NULL AND rolled_back_at IS NULL;\n");
    }

    private static string Check(HandoverPlan plan, string table, HandoverMigration migration, string? previous)
    {
        var text = new StringBuilder();
        Add("NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = 72707369 AND granted AND pid = pg_backend_pid())", "the migration lock is not held; nothing was applied");
        Add($"EXISTS (SELECT FROM {table} WHERE finished_at IS NULL AND rolled_back_at IS NULL)", "P3009: the history has a failed migration; nothing was applied");
        if (previous is not null) Add($"NOT {Applied(table, previous)}", $"the migration {previous} is not applied, which comes before {migration.Name}");
        if (!plan.IsIdempotent) Add(Applied(table, migration.Name), $"the migration {migration.Name} is applied already");
        return text.ToString();

        void Add(string condition, string message) =>
            text.Append($"    IF {condition} THEN\n        RAISE EXCEPTION '%', {PostgresNames.Literal(message)};\n    END IF;\n");
    }

    private static string Skip(string table, HandoverMigration migration) => $"    IF {Applied(table, migration.Name)} THEN\n        RETURN;\n    END IF;\n";

    private static string Applied(string table, string name) =>
        $"EXISTS (SELECT FROM {table} WHERE migration_name = {PostgresNames.Literal(name)} AND finished_at IS NOT NULL AND rolled_back_at IS NULL)";

    private static string Insert(string table, HandoverMigration migration, bool isFinished) =>
        $"INSERT INTO {table} (id, checksum, migration_name, started_at, finished_at, applied_steps_count)\n"
        + $"    VALUES (gen_random_uuid()::text, {PostgresNames.Literal(migration.Checksum)}, {PostgresNames.Literal(migration.Name)}, now(), {(isFinished ? "clock_timestamp(), 1" : "NULL, 0")})";

    private static string Plain(HandoverPart part) => string.Concat(part.Statements.Select(s => s + ";\n"));

    private static string Execute(HandoverPart part) => string.Concat(part.Statements.Select(s => $"    EXECUTE {Dollars(s)};\n"));

    private static string Do(string body)
    {
        var tag = TagFor(body, "ploy");
        return $"DO {tag} BEGIN\n{body}END {tag};\n";
    }

    private static string Dollars(string text)
    {
        var tag = TagFor(text, "sql");
        return tag + text + tag;
    }

    // A tag that the text does not hold; `$` at its end must not join the closing one.
    private static string TagFor(string text, string name)
    {
        var tag = $"${name}$";
        for (var i = 1; text.Contains(tag[..^1], StringComparison.Ordinal); i++) tag = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${name}{i}$");
        return tag;
    }
}
