using System.CommandLine;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Commands;
using Ploy.Design.Configuration;

namespace Ploy.Cli.Commands;

internal sealed class ExecuteVerb : Verb
{
    private readonly Option<string?> _file = new("--file") { Description = "The script.", HelpName = "PATH" };
    private readonly Option<bool> _stdin = new("--stdin") { Description = "Read the script from standard input." };
    private readonly Option<TimeSpan?> _lockTimeout = GlobalOptions.LockTimeout("Longest wait of a statement for a lock; without limit by default.");
    private readonly Option<TimeSpan?> _statementTimeout = GlobalOptions.StatementTimeout();
    private readonly Option<string?> _url = GlobalOptions.Url();

    public ExecuteVerb()
        : base("execute", "Run a script as it is; rows that it gives are not shown.", "ploy db execute --file fix.sql")
    {
        foreach (var option in (Option[])[_file, _stdin, _lockTimeout, _statementTimeout, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (file, isStdin) = (context.Options.GetValue(_file), context.Options.GetValue(_stdin));
        if (file is null == !isStdin)
            throw new PloyException("PLOY2000", file is null ? "`db execute` needs a script." : "`db execute` takes one script, not two.", "Give either `--file PATH` or `--stdin`.");
        var (dialect, address) = context.FindDatabase(context.Options.GetValue(_url));
        var script = file is null ? SourceText.From("standard input", await context.Terminal.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false)) : Read(context, file);
        await new ExecuteCommand(dialect, address, new ScriptLimits(context.Options.GetValue(_lockTimeout), context.Options.GetValue(_statementTimeout))).RunAsync(script, cancellationToken).ConfigureAwait(false);
        context.Terminal.Say($"The script ran on {address}.");
        return 0;
    }

    private static SourceText Read(CommandContext context, string file)
    {
        var path = Path.GetFullPath(file, context.Terminal.WorkingDirectory);
        return File.Exists(path) ? SchemaFiles.ReadText(path, file) : throw new PloyException("PLOY2005", $"There is no file `{file}`.", "Correct the path.");
    }
}
