using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class DevVerb : Verb
{
    private readonly Option<string?> _name = new("--name", "-n") { Description = "Name of the new migration; one is proposed without it.", HelpName = "NAME" };
    private readonly Option<bool> _createOnly = new("--create-only") { Description = "Write the migration, do not apply it." };
    private readonly Option<bool> _accept = new("--accept-data-loss") { Description = "Agree to losing data, where nobody can be asked." };
    private readonly Option<string?> _consent = GlobalOptions.Consent();
    private readonly Option<TimeSpan> _lockWait = GlobalOptions.LockWait();
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<string?> _shadow = GlobalOptions.ShadowUrl();
    private readonly Option<bool> _skipGenerate = new("--skip-generate") { Description = "Do not write the client." };
    private readonly Option<bool> _skipSeed = new("--skip-seed") { Hidden = true };

    public DevVerb()
        : base("dev", "Make a migration of what is new in the schema, and apply it.", "ploy migrate dev --name add_customer_phone")
    {
        foreach (var option in (Option[])[_name, _createOnly, _accept, _consent, _lockWait, _url, _shadow, _skipGenerate, _skipSeed]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadWorkspace(context.Options.GetValue(_url), context.Options.GetValue(_shadow));
        var input = new DevInput
        {
            Name = context.Options.GetValue(_name),
            CreateOnly = context.Options.GetValue(_createOnly),
            AcceptDataLoss = context.Options.GetValue(_accept),
            Consent = context.Options.GetValue(_consent),
            LockWait = context.Options.GetValue(_lockWait),
        };
        var report = await new DevCommand(workspace, context.Services(workspace.Dialect), context.Prompt).RunAsync(input, cancellationToken).ConfigureAwait(false);
        Tell(context.Terminal, workspace, report);
        var generate = new GenerateCommand(workspace);
        if (generate.IsConfigured && !context.Options.GetValue(_skipGenerate) && !input.CreateOnly) GenerateVerb.Tell(context.Terminal, generate.Run());
        return 0;
    }

    private static void Tell(Terminal terminal, Workspace workspace, DevReport report)
    {
        terminal.Json(json =>
        {
            json.WriteString("type", "result");
            json.WriteBoolean("createdDatabase", report.CreatedDatabase);
            json.WriteStartArray("appliedPending");
            foreach (var name in report.AppliedPending) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteString("created", report.Created?.Name);
            json.WriteBoolean("applied", report.IsApplied);
            json.WriteStartArray("warnings");
            foreach (var message in report.Losses.Warnings.Concat(report.Losses.Unexecutable)) json.WriteStringValue(message.Description);
            json.WriteEndArray();
            json.WriteStartArray("unmanaged");
            foreach (var item in report.Unmanaged) json.WriteStringValue(UnmanagedList.Describe(item));
            json.WriteEndArray();
        });
        if (report.CreatedDatabase) terminal.Say($"The database `{report.Address}` was created.");
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
            default:
                terminal.Say("The database is in sync with the schema already; there was nothing to do.");
                break;
        }
    }
}
