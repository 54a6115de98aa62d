using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class DevVerb : Verb
{
    private readonly Option<string?> _name = new("--name", "-n") { Description = "Name of the new migration; one is proposed without it.", HelpName = "NAME" };
    private readonly Option<bool> _createOnly = new("--create-only") { Description = "Write the migration, do not apply it." };
    private readonly Option<bool> _accept = new("--accept-data-loss") { Description = "Agree to losing data, where nobody can be asked." };
    private readonly Option<string?> _consent = GlobalOptions.Consent();
    private readonly Option<bool> _take = new("--take-drift") { Description = "Write what the database has of its own into a new migration." };
    private readonly Option<bool> _undo = new("--undo-drift") { Description = "Change the database back to what its migrations lead to." };
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly LimitOptions _limits = new();
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<string?> _shadow = GlobalOptions.ShadowUrl();
    private readonly Option<bool> _skipGenerate = new("--skip-generate") { Description = "Do not write the client." };
    private readonly Option<bool> _skipSeed = new("--skip-seed") { Description = "Do not seed a database that is new." };

    public DevVerb()
        : base("dev", "Make a migration of what is new in the schema, and apply it.", "ploy migrate dev --name add_customer_phone")
    {
        foreach (var option in (Option[])[_name, _createOnly, _accept, _consent, _take, _undo, _lockWait, .. _limits.All, _url, _shadow, _skipGenerate, _skipSeed]) Add(option);
    }

    protected override string? AfterCancel => "What was under way is rolled back; `ploy migrate status` says what is applied.";

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (take, undo) = (context.Options.GetValue(_take), context.Options.GetValue(_undo));
        if (take && undo) throw new PloyException("PLOY2000", "`--take-drift` and `--undo-drift` exclude each other.", "Give one of them.");
        var workspace = context.LoadWorkspace(context.Options.GetValue(_url), context.Options.GetValue(_shadow));
        var input = new DevInput
        {
            Name = context.Options.GetValue(_name),
            CreateOnly = context.Options.GetValue(_createOnly),
            AcceptDataLoss = context.Options.GetValue(_accept),
            Consent = context.Options.GetValue(_consent),
            Drift = take ? MismatchWay.Take : undo ? MismatchWay.Undo : MismatchWay.Ask,
            LockWait = context.LockWait(_lockWait),
        };
        var report = await new DevCommand(workspace, context.Services(workspace, _limits), context.Prompt).RunAsync(input, cancellationToken).ConfigureAwait(false);
        Tell(context.Terminal, workspace, report);
        var generate = new GenerateCommand(workspace);
        if (generate.IsConfigured && !context.Options.GetValue(_skipGenerate) && !input.CreateOnly) GenerateVerb.Tell(context.Terminal, generate.Run());
        if (report.CreatedDatabase && !input.CreateOnly && !context.Options.GetValue(_skipSeed)) await SeedVerb.RunAfterAsync(context, workspace, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private static void Tell(Terminal terminal, Workspace workspace, DevReport report)
    {
        terminal.Result(json =>
        {
            json.WriteBoolean("createdDatabase", report.CreatedDatabase);
            json.WriteStartArray("appliedPending");
            foreach (var name in report.AppliedPending) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("outOfOrder");
            foreach (var name in report.OutOfOrder) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteBoolean("settled", report.IsSettled);
            json.WriteString("taken", report.Taken?.Name);
            json.WriteString("created", report.Created?.Name);
            json.WriteBoolean("applied", report.IsApplied);
            json.WriteStartArray("warnings");
            foreach (var message in report.Losses.Warnings.Concat(report.Losses.Unexecutable)) json.WriteStringValue(message.Description);
            json.WriteEndArray();
            json.WriteStartArray("unmanaged");
            foreach (var item in report.Unmanaged) json.WriteStringValue(UnmanagedList.Describe(item));
            json.WriteEndArray();
        });
        foreach (var name in report.OutOfOrder) terminal.Warn($"`{name}` is older than the last applied migration; it is applied out of order.");
        if (report.CreatedDatabase) terminal.Say($"The database `{report.Address.Database}` was created at `{report.Address.Location}`.");
        if (report.Taken is { } taken) terminal.Say($"What the database had of its own is now a migration, recorded as applied: {taken.Script.Path}");
        else if (report.IsSettled) terminal.Say("The database and its history are what the migrations say again.");
        UnmanagedList.Tell(terminal, report.Unmanaged);
        var migrations = workspace.Project.Display(workspace.Project.MigrationsPath);
        if (report.AppliedPending is [_, ..]) MigrationTree.Tell(terminal, "Applied what was pending:", migrations, report.AppliedPending);
        switch (report)
        {
            case { Created: { } file, IsApplied: false }:
                foreach (var message in report.Losses.Warnings.Concat(report.Losses.Unexecutable)) terminal.Note($"warning: {message.Description}");
                terminal.Say($"The migration is written: {file.Script.Path}");
                terminal.Say("Look it over, then run `ploy migrate dev` to apply it.");
                break;
            case { Created: { } file }:
                MigrationTree.Tell(terminal, "The migration is written and applied:", migrations, [file.Name]);
                terminal.Say("The database is in sync with the schema.");
                break;
            case { AppliedPending: [_, ..] }:
                terminal.Say("The database is in sync with the schema.");
                break;
            case { Taken: not null }:
                terminal.Say("Write it into the schema too (`ploy db pull` does): the next `ploy migrate dev` makes a migration that takes away what the schema lacks.");
                break;
            case { IsSettled: true }:
                terminal.Say("The database is in sync with the schema.");
                break;
            default:
                terminal.Say("The database is in sync with the schema already; there was nothing to do.");
                break;
        }
    }
}
