using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Text;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class RestoreVerb : Verb
{
    private readonly Argument<string> _file = new("FILE") { Description = "The backup." };
    private readonly Option<bool> _force = new("--force", "-f") { Description = "Do not ask; no consent for a database that is not disposable." };
    private readonly Option<string?> _consent = GlobalOptions.Consent();
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly Option<TimeSpan?> _lockTimeout = GlobalOptions.LockTimeout("Longest wait for what other programs hold of the database; 5s by default.");
    private readonly Option<string?> _url = GlobalOptions.Url();

    public RestoreVerb()
        : base("restore", "Put a backup of `migrate deploy --backup` in place of what the database holds.", "ploy db restore backups/shop-20260301T101500Z.dump")
    {
        Add(_file);
        foreach (var option in (Option[])[_force, _consent, _lockWait, _lockTimeout, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadForDatabase(context.Options.GetValue(_url));
        var file = Path.GetFullPath(context.Options.GetValue(_file)!, context.Terminal.WorkingDirectory); // the parser requires it
        var given = new Given(context.Options.GetValue(_force), context.Options.GetValue(_consent));
        var services = context.Services(workspace);
        if (context.Options.GetValue(_lockTimeout) is { } lockTimeout) services = services with { Limits = services.Limits with { Lock = lockTimeout } };
        var report = await new RestoreCommand(workspace, services, context.Prompt).RunAsync(file, given, context.LockWait(_lockWait), cancellationToken).ConfigureAwait(false);
        var history = report.History;
        context.Terminal.Result(json =>
        {
            json.WriteString("database", report.Address.ToString());
            json.WriteString("backup", report.Backup.Path);
            json.WriteNumber("bytes", report.Backup.Bytes);
            json.WriteNumber("tables", report.Backup.Tables);
            json.WriteString("schema", report.Namespace);
            json.WriteBoolean("createdDatabase", report.CreatedDatabase);
            json.WriteNumber("applied", history.Applied.Length);
            json.WriteNumber("pending", history.Pending.Length);
        });
        if (report.CreatedDatabase) context.Terminal.Say($"The database `{report.Address}` was created.");
        var what = report.Namespace is { } name ? $"The schema `{name}` of `{report.Address}`" : $"`{report.Address}`";
        context.Terminal.Say($"{what} is as in {DisplayPath.Of(report.Backup.Path, context.Terminal.WorkingDirectory)} ({Sizes.Of(report.Backup)}).");
        if (history.IsInitialized) context.Terminal.Say($"Of the migrations on disk {history.Applied.Length} {(history.Applied.Length == 1 ? "is" : "are")} applied and {history.Pending.Length} pending.");
        context.Terminal.Note("See `ploy migrate status`.");
        return 0;
    }
}
