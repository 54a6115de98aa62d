using System.CommandLine;
using Ploy.Design.Configuration;
using Ploy.Migrations.Engine;

namespace Ploy.Cli;

/// <summary>The options of all commands that apply migrations: how long statements may wait and run.</summary>
internal sealed class LimitOptions
{
    private readonly Option<TimeSpan?> _lock = GlobalOptions.LockTimeout("Longest wait of a statement for a lock before it is tried again; 5s by default.");
    private readonly Option<TimeSpan?> _retry = GlobalOptions.Timeout("--lock-retry", "How long to go on trying for locks; 5m by default, 0 tries once.");
    private readonly Option<TimeSpan?> _statement = GlobalOptions.StatementTimeout();

    /// <summary>The options, in the order of the help.</summary>
    public IEnumerable<Option> All => [_lock, _retry, _statement];

    /// <summary>How long statements may wait and run: by option, else by <c>ploy.toml</c>, else the defaults.</summary>
    public Limits Of(CommandContext context, Project project) => Of(project, context.Options.GetValue(_lock), context.Options.GetValue(_retry), context.Options.GetValue(_statement));

    /// <summary>The same without options.</summary>
    public static Limits Of(Project project) => Of(project, null, null, null);

    private static Limits Of(Project project, TimeSpan? wait, TimeSpan? retry, TimeSpan? run)
    {
        var usual = new Limits();
        return new Limits
        {
            Lock = wait ?? project.Toml?.LockTimeout ?? usual.Lock,
            Retry = retry ?? project.Toml?.LockRetry ?? usual.Retry,
            Statement = run ?? project.Toml?.StatementTimeout ?? usual.Statement,
        };
    }
}
