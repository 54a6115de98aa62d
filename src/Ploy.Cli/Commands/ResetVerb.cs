using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class ResetVerb : Verb
{
    private readonly Option<bool> _force = new("--force", "-f") { Description = "Do not ask; no consent for a database that is not disposable." };
    private readonly Option<string?> _consent = GlobalOptions.Consent();
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly LimitOptions _limits = new();
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<bool> _skipGenerate = new("--skip-generate") { Description = "Do not write the client." };
    private readonly Option<bool> _skipSeed = new("--skip-seed") { Description = "Do not seed." };

    public ResetVerb()
        : base("reset", "Empty the database and apply all migrations; all data is lost.", "ploy migrate reset --force")
    {
        foreach (var option in (Option[])[_force, _consent, _lockWait, .. _limits.All, _url, _skipGenerate, _skipSeed]) Add(option);
    }

    protected override string? AfterCancel => "What was under way is rolled back; `ploy migrate status` says what is applied.";

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadWorkspace(context.Options.GetValue(_url));
        var command = new ResetCommand(workspace, context.Services(workspace, _limits), context.Prompt);
        var report = await command.RunAsync(new Given(context.Options.GetValue(_force), context.Options.GetValue(_consent)), context.LockWait(_lockWait), cancellationToken).ConfigureAwait(false);
        context.Terminal.Result(json =>
        {
            json.WriteBoolean("createdDatabase", report.CreatedDatabase);
            json.WriteStartArray("applied");
            foreach (var name in report.Applied) json.WriteStringValue(name);
            json.WriteEndArray();
        });
        context.Terminal.Say(report.CreatedDatabase ? "The database was created." : "The database was reset.");
        if (!report.Applied.IsEmpty) MigrationTree.Tell(context.Terminal, "Applied:", report.Directory.DisplayPath, report.Applied);
        var generate = new GenerateCommand(workspace);
        if (generate.IsConfigured && !context.Options.GetValue(_skipGenerate)) GenerateVerb.Tell(context.Terminal, generate.Run());
        if (!context.Options.GetValue(_skipSeed)) await SeedVerb.RunAfterAsync(context, workspace, cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
