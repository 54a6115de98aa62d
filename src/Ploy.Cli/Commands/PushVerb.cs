using System.CommandLine;
using System.Globalization;
using Ploy.Cli.Rendering;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class PushVerb : Verb
{
    private readonly Option<bool> _accept = new("--accept-data-loss") { Description = "Lose what the change loses." };
    private readonly Option<bool> _reset = new("--force-reset") { Description = "Empty the database first; all data is lost." };
    private readonly Option<string?> _consent = GlobalOptions.Consent();
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly LimitOptions _limits = new();
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<bool> _skipGenerate = new("--skip-generate") { Description = "Do not write the client." };

    public PushVerb()
        : base("push", "Make the database what the schema says, without a migration.", "ploy db push --accept-data-loss")
    {
        foreach (var option in (Option[])[_accept, _reset, _consent, _lockWait, .. _limits.All, _url, _skipGenerate]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadWorkspace(context.Options.GetValue(_url));
        var input = new PushInput
        {
            AcceptDataLoss = context.Options.GetValue(_accept),
            ForceReset = context.Options.GetValue(_reset),
            Consent = context.Options.GetValue(_consent),
            LockWait = context.LockWait(_lockWait),
        };
        var report = await new PushCommand(workspace, context.Services(workspace, _limits), context.Prompt).RunAsync(input, cancellationToken).ConfigureAwait(false);
        Tell(context.Terminal, report);
        var generate = new GenerateCommand(workspace);
        if (generate.IsConfigured && !context.Options.GetValue(_skipGenerate)) GenerateVerb.Tell(context.Terminal, generate.Run());
        return 0;
    }

    private static void Tell(Terminal terminal, PushReport report)
    {
        terminal.Result(json =>
        {
            json.WriteBoolean("createdDatabase", report.CreatedDatabase);
            json.WriteBoolean("reset", report.WasReset);
            json.WriteNumber("statements", report.Statements);
            json.WriteStartArray("warnings");
            foreach (var message in report.Losses.Warnings) json.WriteStringValue(message.Description);
            json.WriteEndArray();
            json.WriteStartArray("unmanaged");
            foreach (var item in report.Unmanaged) json.WriteStringValue(UnmanagedList.Describe(item));
            json.WriteEndArray();
        });
        if (report.CreatedDatabase) terminal.Say($"The database `{report.Address.Database}` was created at `{report.Address.Location}`.");
        if (report.WasReset) terminal.Say($"The database `{report.Address}` was emptied.");
        UnmanagedList.Tell(terminal, report.Unmanaged);
        foreach (var message in report.Losses.Warnings) terminal.Note($"warning: {message.Description}");
        terminal.Say(report.Statements == 0
            ? "The database is in sync with the schema already; there was nothing to do."
            : string.Create(CultureInfo.InvariantCulture, $"The database is in sync with the schema now, after {report.Statements} statement{(report.Statements == 1 ? "" : "s")} in {report.Duration.TotalMilliseconds:0} ms."));
    }
}
