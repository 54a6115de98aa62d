using System.CommandLine;
using System.Text.Json;
using Ploy.Cli.Rendering;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class StatusVerb : Verb
{
    private readonly Option<bool> _drift = new("--drift") { Description = "Look for drift, on a temporary database where need be." };
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<string?> _shadow = GlobalOptions.ShadowUrl();

    public StatusVerb()
        : base("status", "Compare files, history and database; exit 1 where anything needs doing.", "ploy migrate status")
    {
        foreach (var option in (Option[])[_drift, _url, _shadow]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadForDatabase(context.Options.GetValue(_url), context.Options.GetValue(_shadow));
        var report = await new StatusCommand(workspace).RunAsync(context.Options.GetValue(_drift), cancellationToken).ConfigureAwait(false);
        var (terminal, count) = (context.Terminal, report.Directory.Files.Length);
        terminal.Result(json => Write(json, report));
        terminal.Say($"{count} migration{(count == 1 ? "" : "s")} found in {report.Directory.DisplayPath}");
        foreach (var section in StatusSections.Of(report))
        {
            terminal.Say();
            terminal.Say(section.Head);
            foreach (var line in section.Lines) terminal.Say($"  {line}");
            foreach (var way in section.Ways) terminal.Say($"  -> {way}");
        }

        terminal.Say();
        if (report.DriftNotChecked is { } reason) terminal.Say($"drift: not checked: {reason}");
        else if (!report.IsDrifted) terminal.Say("drift: none");
        if (report.IsInSync) terminal.Say("The database is up to date.");
        return report.IsInSync ? 0 : 1;
    }

    private static void Write(Utf8JsonWriter json, StatusReport report)
    {
        json.WriteBoolean("inSync", report.IsInSync);
        json.WriteBoolean("initialized", report.History.IsInitialized);
        Names(json, "applied", report.History.Applied.Select(f => f.Name));
        Names(json, "pending", report.History.Pending.Select(f => f.Name));
        Names(json, "failed", report.History.Failed.Select(a => a.MigrationName));
        Names(json, "halfApplied", report.HalfApplied.Select(h => h.Attempt.MigrationName));
        Names(json, "rolledBack", report.History.RolledBack.Select(r => r.MigrationName));
        Names(json, "edited", report.History.Edited.Select(e => e.File.Name));
        Names(json, "missing", report.History.Missing.Select(a => a.MigrationName));
        Names(json, "outOfOrder", report.History.OutOfOrder.Select(f => f.Name));
        json.WriteBoolean("diverged", report.History.IsDiverged);
        json.WriteString("lastCommon", report.History.LastCommon);
        json.WriteString("drift", report.DriftNotChecked is not null ? "not checked" : report.IsDrifted ? "drifted" : "none");
        if (report.DriftNotChecked is { } reason) json.WriteString("driftNotChecked", reason);
        json.WriteStartArray("findings");
        foreach (var section in StatusSections.Of(report))
        {
            json.WriteStartObject();
            json.WriteString("kind", section.Kind);
            json.WriteString("head", section.Head);
            Names(json, "lines", section.Lines);
            Names(json, "ways", section.Ways);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Names(Utf8JsonWriter json, string key, IEnumerable<string> names)
    {
        json.WriteStartArray(key);
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
