using System.CommandLine;
using System.Text.Json;
using Ploy.Design.Commands;
using Ploy.Relational.Planning;

namespace Ploy.Cli.Commands;

internal sealed class StatusVerb : Verb
{
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<string?> _shadow = GlobalOptions.ShadowUrl();

    public StatusVerb()
        : base("status", "Compare files, history and database; exit 1 where anything needs doing.", "ploy migrate status")
    {
        Add(_url);
        Add(_shadow);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadWorkspace(context.Options.GetValue(_url), context.Options.GetValue(_shadow));
        var report = await new StatusCommand(workspace).RunAsync(cancellationToken).ConfigureAwait(false);
        var count = report.Directory.Files.Length;
        context.Terminal.Json(json => Write(json, report));
        context.Terminal.Say($"{count} migration{(count == 1 ? "" : "s")} found in {report.Directory.DisplayPath}");
        foreach (var (head, lines, way) in Sections(report))
        {
            context.Terminal.Say();
            context.Terminal.Say(head);
            foreach (var line in lines) context.Terminal.Say($"  {line}");
            context.Terminal.Say(way);
        }

        context.Terminal.Say();
        if (report.DriftNotChecked is { } reason) context.Terminal.Say($"Drift: not checked: {reason}.");
        if (report.IsInSync) context.Terminal.Say("The database is up to date.");
        return report.IsInSync ? 0 : 1;
    }

    private static IEnumerable<(string Head, IEnumerable<string> Lines, string Way)> Sections(StatusReport report)
    {
        var history = report.History;
        if (!history.IsInitialized && report.HasTables)
            yield return ("The database holds tables but no history of migrations.", [], "Record the migrations that made it: ploy migrate resolve --applied NAME");
        else if (!history.IsInitialized && history.Pending.IsEmpty)
            yield return ("The database has no history of migrations yet.", [], "Make the first one: ploy migrate dev");
        if (!history.Failed.IsEmpty)
            yield return ("Failed, and not brought to an end:", history.Failed.Select(a => $"{a.MigrationName} (began {a.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC){FirstLine(a.Logs)}"), "Run ploy migrate deploy, which goes on with those that it can; of the others say what became: ploy migrate resolve --rolled-back NAME, or --applied NAME");
        if (history.IsDiverged)
            yield return ($"Files and history have gone different ways{(history.LastCommon is { } last ? $"; the last common migration is {last}" : "")}.", [], "Put the missing files back, or merge the branches.");
        if (!history.Pending.IsEmpty)
        {
            var late = history.OutOfOrder.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
            yield return ("Not yet applied:", history.Pending.Select(f => late.Contains(f.Name) ? $"{f.Name} (older than the last applied one)" : f.Name), "Apply them: ploy migrate dev while developing, ploy migrate deploy elsewhere");
        }

        if (!history.Edited.IsEmpty)
            yield return ("Changed after they were applied:", history.Edited.Select(e => e.File.Name), "Put the files back as they were; write what is new into a new migration.");
        if (!history.Missing.IsEmpty)
            yield return ("Applied, but not on disk:", history.Missing.Select(a => a.MigrationName), "Put the files back from version control.");
        if (report.Drift is { IsEmpty: false } drift)
            yield return ("The database is not what its migrations lead to:", ChangeSummary.Render(drift).Trim('\n').Split('\n'), "Write the change into a migration and record it as applied, or undo it in the database.");
    }

    private static string FirstLine(string? text) => string.IsNullOrEmpty(text) ? "" : ": " + text.ReplaceLineEndings(" ");

    private static void Write(Utf8JsonWriter json, StatusReport report)
    {
        json.WriteString("type", "result");
        json.WriteBoolean("inSync", report.IsInSync);
        json.WriteBoolean("initialized", report.History.IsInitialized);
        Names(json, "applied", report.History.Applied.Select(f => f.Name));
        Names(json, "pending", report.History.Pending.Select(f => f.Name));
        Names(json, "failed", report.History.Failed.Select(a => a.MigrationName));
        Names(json, "edited", report.History.Edited.Select(e => e.File.Name));
        Names(json, "missing", report.History.Missing.Select(a => a.MigrationName));
        Names(json, "outOfOrder", report.History.OutOfOrder.Select(f => f.Name));
        json.WriteBoolean("diverged", report.History.IsDiverged);
        json.WriteString("drift", report.DriftNotChecked is not null ? "not checked" : report.Drift is { IsEmpty: false } ? "drifted" : "none");
        if (report.DriftNotChecked is { } reason) json.WriteString("driftNotChecked", reason);
    }

    private static void Names(Utf8JsonWriter json, string key, IEnumerable<string> names)
    {
        json.WriteStartArray(key);
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
