using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ploy.Migrations.Engine;
using Ploy.Relational;

namespace Ploy.Cli.Rendering;

/// <summary>Shows how migrations would run.</summary>
internal static partial class DryRun
{
    /// <summary>File by file, transaction by transaction; what the locks mean is said once, at the end.</summary>
    public static void Tell(Terminal terminal, IReadOnlyList<PlannedMigration> plan, Dialect dialect, Limits usual)
    {
        var digits = plan.SelectMany(m => m.Parts).SelectMany(p => p.Statements).Select(s => s.Index).DefaultIfEmpty(1).Max().ToString(CultureInfo.InvariantCulture).Length;
        foreach (var migration in plan)
        {
            terminal.Say();
            terminal.Say(migration.Name);
            terminal.Say($"  {Summary(migration)}");
            if (migration.MayNeedParts) terminal.Say("  (in parts, if it uses an enum value that it adds)");
            if (migration.LockTimeout != usual.Lock || migration.StatementTimeout != usual.Statement) terminal.Say($"  {Limits(migration.LockTimeout, migration.StatementTimeout)}");
            foreach (var part in migration.Parts) Tell(terminal, part, digits, isOnly: migration.Parts.Length == 1);
            if (migration.IsVerified) terminal.Say("  verify.sql: must find no row");
        }

        Explain(terminal, plan, dialect);
        if (plan.Any(m => !m.Parts.IsEmpty)) terminal.Say(Limits(usual.Lock, usual.Statement));
    }

    /// <summary>The same as objects.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PlannedMigration> plan)
    {
        json.WriteStartArray("plan");
        foreach (var migration in plan)
        {
            json.WriteStartObject();
            json.WriteString("name", migration.Name);
            json.WriteBoolean("resumed", migration.IsResumed);
            json.WriteBoolean("mayNeedParts", migration.MayNeedParts);
            json.WriteBoolean("verified", migration.IsVerified);
            json.WriteNumber("lockTimeoutMilliseconds", (long)migration.LockTimeout.TotalMilliseconds);
            json.WriteNumber("statementTimeoutMilliseconds", (long)migration.StatementTimeout.TotalMilliseconds);
            json.WriteStartArray("parts");
            foreach (var part in migration.Parts)
            {
                json.WriteStartObject();
                json.WriteBoolean("transaction", part.IsTransaction);
                json.WriteStartArray("statements");
                foreach (var statement in part.Statements) Write(json, statement);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PlannedStatement statement)
    {
        json.WriteStartObject();
        json.WriteNumber("statement", statement.Index);
        json.WriteNumber("line", statement.Line);
        json.WriteString("sql", statement.Text);
        json.WriteStartArray("locks");
        foreach (var held in statement.Locks)
        {
            json.WriteStartObject();
            json.WriteString("mode", held.Mode);
            json.WriteString("relation", held.Relation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Summary(PlannedMigration migration)
    {
        var count = migration.Parts.Sum(p => p.Statements.Length);
        var statements = $"{count} statement{(count == 1 ? "" : "s")}{(migration.IsResumed ? " left of a run that was cut off" : "")}";
        return migration.Parts.Length switch
        {
            0 => "nothing to run, only its row in the history",
            1 when migration.Parts[0].IsTransaction => $"{statements}, one transaction",
            1 => statements,
            var parts => $"{statements} in {parts} parts",
        };
    }

    private static string Limits(TimeSpan wait, TimeSpan run)
    {
        var first = wait > TimeSpan.Zero ? $"A statement waits {Time(wait)} at most for a lock, then all is tried again" : "A statement waits for a lock as long as it takes";
        return first + (run > TimeSpan.Zero ? $"; it runs {Time(run)} at most." : ".");
    }

    private static void Tell(Terminal terminal, PlannedPart part, int digits, bool isOnly)
    {
        if (!part.IsTransaction) terminal.Say("  alone, outside of a transaction:");
        else if (!isOnly) terminal.Say("  in a transaction:");
        foreach (var statement in part.Statements)
        {
            var number = statement.Index.ToString(CultureInfo.InvariantCulture).PadLeft(digits);
            terminal.Say(terminal.Fit($"  {number}  {Blanks().Replace(statement.Text, " ")}"));
            foreach (var held in statement.Locks) terminal.Say(terminal.Fit($"  {new string(' ', digits)}    {held.Mode} on {held.Relation ?? "what it names"}"));
        }
    }

    private static void Explain(Terminal terminal, IReadOnlyList<PlannedMigration> plan, Dialect dialect)
    {
        var locks = plan.SelectMany(m => m.Parts).SelectMany(p => p.Statements).SelectMany(s => s.Locks).ToList();
        if (locks.Count > 0)
        {
            terminal.Say();
            terminal.Say("Locks are held to the end of the transaction and stop:");
            foreach (var held in locks.DistinctBy(l => l.Mode).OrderBy(l => l.Mode, StringComparer.Ordinal)) terminal.Say($"  {held.Mode,-22}  {held.Stops}");
        }

        terminal.Say();
        if (dialect.TransactionLock is { } sentence) terminal.Say(sentence);
    }

    private static string Time(TimeSpan time) =>
        time.TotalSeconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms")
        : time.TotalSeconds > 180 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
