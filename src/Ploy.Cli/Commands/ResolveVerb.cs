using System.CommandLine;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class ResolveVerb : Verb
{
    private readonly Option<string?> _applied = new("--applied") { Description = "Record this migration as applied, without running it.", HelpName = "NAME" };
    private readonly Option<string?> _rolledBack = new("--rolled-back") { Description = "Record it as rolled back: a failed one, or one that the database has nothing of.", HelpName = "NAME" };
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly LimitOptions _limits = new();
    private readonly Option<string?> _url = GlobalOptions.Url();

    public ResolveVerb()
        : base("resolve", "Write into the history what became of a migration.", "ploy migrate resolve --applied 20260301101500_init")
    {
        foreach (var option in (Option[])[_applied, _rolledBack, _lockWait, .. _limits.All, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (applied, rolledBack) = (context.Options.GetValue(_applied), context.Options.GetValue(_rolledBack));
        if (applied is null == rolledBack is null)
            throw new PloyException("PLOY2000", "Exactly one of `--applied` and `--rolled-back` is needed.", "Write `ploy migrate resolve --applied NAME` or `--rolled-back NAME`.");
        var workspace = context.LoadForDatabase(context.Options.GetValue(_url));
        var command = new ResolveCommand(workspace, context.Services(workspace, _limits));
        var wait = context.LockWait(_lockWait);
        var left = 0;
        if (applied is not null) await command.ApplyAsync(applied, wait, cancellationToken).ConfigureAwait(false);
        else left = await command.RollBackAsync(rolledBack!, wait, cancellationToken).ConfigureAwait(false); // one of both is given
        context.Terminal.Result(json =>
        {
            json.WriteString(applied is null ? "rolledBack" : "applied", applied ?? rolledBack);
        });
        if (left > 0) context.Terminal.Warn($"{left} of its statements {(left == 1 ? "has" : "have")} run, and what {(left == 1 ? "it" : "they")} did stays: the next `ploy migrate deploy` begins at the first statement. `ploy migrate status --drift` shows what is there.");
        context.Terminal.Say(applied is null ? $"`{rolledBack}` is recorded as rolled back." : $"`{applied}` is recorded as applied.");
        return 0;
    }
}
