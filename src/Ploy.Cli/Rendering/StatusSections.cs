using System.Globalization;
using Ploy.Design.Commands;
using Ploy.Migrations.History;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Cli.Rendering;

/// <summary>One thing that is not in order.</summary>
/// <param name="Kind">A word for machines, stable.</param>
/// <param name="Head">What it is, for people.</param>
/// <param name="Lines">What it concerns.</param>
/// <param name="Ways">What to do, a line each.</param>
internal sealed record StatusSection(string Kind, string Head, IReadOnlyList<string> Lines, IReadOnlyList<string> Ways);

/// <summary>Words for what <c>migrate status</c> found, each with the ways on.</summary>
internal static class StatusSections
{
    public static IEnumerable<StatusSection> Of(StatusReport report)
    {
        var history = report.History;
        if (!history.IsInitialized)
            yield return Uninitialized(report);
        foreach (var section in Failed(report)) yield return section;
        if (history.IsDiverged)
        {
            yield return new StatusSection(
                "diverged", $"Files and history have gone different ways; {(history.LastCommon is { } last ? $"the last migration in common is {last}" : "they have none in common")}.", [],
                ["Merge the branch that the missing files are on, or put them back from version control."]);
        }

        if (!history.Pending.IsEmpty) yield return Pending(history, isBaselined: history.IsInitialized || !report.HasTables);
        if (!history.Edited.IsEmpty)
        {
            yield return new StatusSection(
                "edited", "Changed after they were applied:", [.. history.Edited.Select(e => e.File.Name)],
                [
                    "Put the files back as they were, and write what is new into a new migration;",
                    .. history.Edited.Select(e => $"or, where the change made no difference: ploy migrate resolve --applied {e.File.Name}"),
                ]);
        }

        if (!history.Missing.IsEmpty)
        {
            yield return new StatusSection(
                "missing", "In the history, but not on disk:", [.. history.Missing.Select(a => a.MigrationName)],
                [
                    "Merge the branch that they are on, or put the files back from version control;",
                    .. history.Missing.Select(a => $"or, where the database has nothing of it: ploy migrate resolve --rolled-back {a.MigrationName}"),
                ]);
        }

        if (report.Drift is { IsEmpty: false } drift)
        {
            yield return new StatusSection(
                "drifted", "The database is not what its migrations lead to; it has of its own:", ChangeSummary.Render(drift).Trim('\n').Split('\n'),
                ["Keep it: ploy migrate dev --take-drift", "or undo it: ploy migrate dev --undo-drift"]);
        }
    }

    private static StatusSection Uninitialized(StatusReport report) => (report.HasTables, report.History.Pending.IsEmpty) switch
    {
        (true, false) => new("unmanaged", "The database holds tables but no history of migrations.", [], ["Find out which migrations it holds: ploy migrate doctor", "and record those: ploy migrate doctor --fix"]),
        (true, true) => new("unmanaged", "The database holds tables but no history of migrations.", [], ["Write the first migration from it: ploy migrate dev --take-drift"]),
        (false, false) => new("uninitialized", "The database has no history of migrations yet.", [], []),
        (false, true) => new("uninitialized", "The database has no history of migrations yet.", [], ["Make the first migration: ploy migrate dev"]),
    };

    private static IEnumerable<StatusSection> Failed(StatusReport report)
    {
        var half = report.HalfApplied.ToDictionary(h => h.Attempt.Id, StringComparer.Ordinal);
        var goesOn = report.History.Failed.Where(a => half.ContainsKey(a.Id)).ToList();
        var failed = report.History.Failed.Where(a => !half.ContainsKey(a.Id)).ToList();
        if (goesOn.Count > 0)
        {
            yield return new StatusSection(
                "halfApplied", "Half-applied, and able to go on:",
                [.. goesOn.Select(a => string.Create(CultureInfo.InvariantCulture, $"{Line(a)}; {half[a.Id].Finished} of its statements {(half[a.Id].Finished == 1 ? "has" : "have")} run"))],
                ["Correct the cause, then go on: ploy migrate deploy"]);
        }

        if (failed.Count > 0)
        {
            yield return new StatusSection(
                "failed", "Failed, and not brought to an end:", [.. failed.Select(Line)],
                ["Find out what they left: ploy migrate doctor", "and record it where it is certain: ploy migrate doctor --fix"]);
        }
    }

    // Nothing is applied onto tables of which nobody has said what they are.
    private static StatusSection Pending(HistoryState history, bool isBaselined)
    {
        var late = history.LateNames;
        var pending = history.Pending.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var tried = history.RolledBack.Where(r => pending.Contains(r.MigrationName)).ToDictionary(r => r.MigrationName, StringComparer.Ordinal);
        return new StatusSection(
            "pending", "Not yet applied:",
            [
                .. history.Pending.Select(f => f.Name + (late.Contains(f.Name) ? " (older than the last applied one)" : "")
                    + (tried.TryGetValue(f.Name, out var r) ? $" (tried {Times(r.Times)} and rolled back{Log(r.Last)})" : "")),
            ],
            !isBaselined ? [] :
            [
                (tried.Count > 0 ? "Correct what failed, then apply them: " : "Apply them: ") + "ploy migrate dev while developing, ploy migrate deploy elsewhere"
                    + (late.Count > 0 ? "; deploy --strict refuses those out of order" : ""),
                .. late.Overlaps(tried.Keys) ? (string[])["Find out whether the database is already what they lead to: ploy migrate doctor"] : [],
            ]);
    }

    private static string Times(int count) => count switch
    {
        1 => "once",
        2 => "twice",
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} times"),
    };

    private static string Line(MigrationAttempt attempt) => $"{attempt.MigrationName} (began {attempt.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC){Log(attempt)}";

    private static string Log(MigrationAttempt attempt) => string.IsNullOrWhiteSpace(attempt.Logs) ? "" : ": " + attempt.Logs.ReplaceLineEndings(" ").Trim();
}
