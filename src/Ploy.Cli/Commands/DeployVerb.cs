using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Text;
using Ploy.Design.Commands;
using Ploy.Migrations.Deploying;
using Ploy.Migrations.Engine;

namespace Ploy.Cli.Commands;

internal sealed class DeployVerb : Verb
{
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would run, in which transactions and with which locks; change nothing." };
    private readonly Option<bool> _strict = new("--strict") { Description = "Refuse migrations that are out of order or were changed." };
    private readonly Option<string?> _to = new("--to") { Description = "Apply up to this migration.", HelpName = "NAME" };
    private readonly Option<string?> _backup = new("--backup") { Description = "Write a backup there before anything is applied; read back by `ploy db restore`.", HelpName = "DIR" };
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly LimitOptions _limits = new();
    private readonly Option<string?> _url = GlobalOptions.Url();

    public DeployVerb()
        : base("deploy", "Apply what is pending; never asks, never resets.", "ploy migrate deploy --url \"$DATABASE_URL\"")
    {
        foreach (var option in (Option[])[_dryRun, _strict, _to, _backup, _lockWait, .. _limits.All, _url]) Add(option);
    }

    protected override string? AfterCancel => "What was under way is rolled back; `ploy migrate status` says what is applied.";

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadConfiguration(context.Options.GetValue(_url));
        var input = new DeployInput
        {
            DryRun = context.Options.GetValue(_dryRun),
            Strict = context.Options.GetValue(_strict),
            To = context.Options.GetValue(_to),
            LockWait = context.LockWait(_lockWait),
            BackupFolder = context.Options.GetValue(_backup) is { } folder ? Path.GetFullPath(folder, context.Terminal.WorkingDirectory) : null,
        };
        var services = context.Services(workspace, _limits) with { SavesMemory = true };
        var report = await new DeployCommand(workspace, services).RunAsync(input, cancellationToken).ConfigureAwait(false);
        Tell(context.Terminal, report, input, workspace, services.Limits);
        return 0;
    }

    private static void Tell(Terminal terminal, DeployReport report, DeployInput input, Workspace workspace, Limits limits)
    {
        terminal.Result(json =>
        {
            json.WriteBoolean("dryRun", input.DryRun);
            json.WriteBoolean("createdDatabase", report.CreatedDatabase);
            json.WriteNumber("found", report.Directory.Files.Length);
            json.WriteStartArray(input.DryRun ? "pending" : "applied");
            foreach (var name in report.Applied) json.WriteStringValue(name);
            json.WriteEndArray();
            if (input.DryRun)
            {
                json.WriteString("backupFolder", input.BackupFolder);
                json.WriteString("beforeDeploy", workspace.Project.Toml?.BeforeDeploy);
                json.WriteString("afterDeploy", workspace.Project.Toml?.AfterDeploy);
                DryRun.Write(json, report.Plan);
            }
            else if (input.BackupFolder is not null) json.WriteString("backup", report.Backup?.Path);
        });
        if (report.CreatedDatabase && !input.DryRun) terminal.Say($"The database `{report.Address.Database}` was created at `{report.Address.Location}`.");
        foreach (var file in report.Before.OutOfOrder) terminal.Warn($"`{file.Name}` is older than the last applied migration; it is applied out of order.");
        foreach (var edited in report.Before.Edited) terminal.Warn($"`{edited.File.Name}` was changed after it was applied; the change is not in the database.");
        foreach (var missing in report.Before.Missing) terminal.Warn($"`{missing.MigrationName}` is applied, but it is not on disk.");
        var count = report.Directory.Files.Length;
        terminal.Say($"{count} migration{(count == 1 ? "" : "s")} found in {report.Directory.DisplayPath}");
        if (report.Applied.IsEmpty) terminal.Say($"Nothing is pending{(input.BackupFolder is null ? "" : ", so that no backup was written")}.");
        else if (input.DryRun) TellPlan(terminal, report, input, workspace, limits);
        else
        {
            if (input.BackupFolder is not null && report.CreatedDatabase) terminal.Say("No backup was written: there was no database before.");
            MigrationTree.Tell(terminal, "Applied:", report.Directory.DisplayPath, report.Applied);
            terminal.Say(input.To is null ? "All migrations are applied." : $"All migrations up to `{input.To}` are applied.");
        }
    }

    private static void TellPlan(Terminal terminal, DeployReport report, DeployInput input, Workspace workspace, Limits limits)
    {
        terminal.Say("Would run, in this order:");
        if (report.CreatedDatabase) terminal.Say($"  the database `{report.Address.Database}` is created at `{report.Address.Location}`");
        else if (input.BackupFolder is { } folder) terminal.Say($"  backup to {DisplayPath.Of(folder, terminal.WorkingDirectory)}/, read back");
        if (workspace.Project.Toml?.BeforeDeploy is { } before) terminal.Say(terminal.Fit($"  before-deploy: {before}"));
        DryRun.Tell(terminal, report.Plan, workspace.Dialect, limits);
        terminal.Say();
        if (workspace.Project.Toml?.AfterDeploy is { } after) terminal.Say(terminal.Fit($"  after-deploy: {after}"));
        terminal.Say("Nothing has changed.");
    }
}
