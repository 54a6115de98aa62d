using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Ploy.Cli.Commands;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Commands;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Sqlite;

namespace Ploy.Cli;

/// <summary>Puts the program together; nothing else in it touches the process.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (arguments is ["--version" or "-v"])
        {
            // The shortest way: editors and scripts ask this at every start.
            try
            {
                Console.Out.WriteLine(VersionVerb.Current);
                return 0;
            }
            catch (Exception exception) when (IsRefused(exception))
            {
                return 1; // standard output takes nothing
            }
        }

        HeapPages.Prepare();
        using var cancel = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, cancel));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, cancel));
        var terminal = new Terminal
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.In,
            Environment = Environment.GetEnvironmentVariable,
            WorkingDirectory = WorkingDirectory() ?? "/",
            IsInputInteractive = !Console.IsInputRedirected,
            IsErrorInteractive = !Console.IsErrorRedirected,
            Width = static () => Console.IsOutputRedirected ? null : Console.WindowWidth,
            ErrorWidth = static () => Console.IsErrorRedirected ? null : Console.WindowWidth,
        };
        if (WorkingDirectory() is null)
        {
            new ErrorRenderer(terminal).Render(new PloyException("PLOY2005", "The folder that this runs in does not exist any more.", "Go to one that does: `cd`."));
            return 1;
        }

        return await RunAsync(arguments, terminal, [PostgresDialect.Instance, SqliteDialect.Instance], cancel.Token).ConfigureAwait(false);
    }

    /// <summary>Runs a command line against a terminal.</summary>
    internal static async Task<int> RunAsync(string[] arguments, Terminal terminal, Dialect[] dialects, CancellationToken cancellationToken)
    {
        try
        {
            var parsed = CommandTree.Create(terminal, new DialectSet([.. dialects])).Parse(arguments);
            if (parsed.Errors.Count > 0 && parsed.Action?.ClearsParseErrors != true) return Refuse(parsed, terminal);
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = terminal.Out, Error = terminal.Error };
            using var export = TelemetryExport.Start(terminal.Environment);
            using var span = Telemetry.Source.StartActivity("ploy " + string.Join(' ', Path(parsed.CommandResult).Skip(1)));
            var code = await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
            if (code != 0) span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
            return code;
        }
        catch (Exception exception) when (IsRefused(exception))
        {
            return Refused(exception, terminal);
        }
#pragma warning disable CA1031 // the one place where a fault of our own becomes a message
        catch (Exception exception)
#pragma warning restore CA1031
        {
            new ErrorRenderer(terminal).RenderBug(exception);
            return 1;
        }
    }

    // A file or an output that the system does not let us use, where no command knew anything better to say of it.
    private static bool IsRefused(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static int Refused(Exception exception, Terminal terminal)
    {
        // Where standard output is what takes nothing, standard error hears of it; where neither does, the exit code tells.
        foreach (var isJson in terminal.IsJson ? (bool[])[true, false] : [false])
        {
            try
            {
                terminal.IsJson = isJson;
                terminal.EndLive();
                terminal.EndResult(isDone: false);
                new ErrorRenderer(terminal).Render(new PloyException("PLOY2011", $"The system did not let a file or an output be used: {exception.Message.TrimEnd('.')}.", null, exception));
                break;
            }
            catch (Exception again) when (IsRefused(again))
            {
            }
        }

        return 1;
    }

    // Null where it was removed under us.
    private static string? WorkingDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int Refuse(ParseResult parsed, Terminal terminal)
    {
        terminal.IsJson = parsed.GetValue(GlobalOptions.Json);
        var verb = string.Join(' ', Path(parsed.CommandResult).Skip(1));
        // The first is the cause; others follow from it.
        var unknown = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        var message = unknown is null ? parsed.Errors[0].Message.TrimEnd('.') + "." : $"There is no `{unknown}` here.";
        var meant = unknown is not null && Suggestion.For(unknown, WordsOf(parsed.CommandResult, unknown.StartsWith('-'))) is { } near ? $"Did you mean `{near}`? " : "";
        new ErrorRenderer(terminal).Render(new PloyException("PLOY2000", message, $"{meant}See `ploy {(verb.Length == 0 ? "" : verb + " ")}--help`."));
        return 1;
    }

    // What may stand there: options with those of the commands above that hold for all below them, or verbs.
    private static IEnumerable<string> WordsOf(System.CommandLine.Parsing.CommandResult result, bool areOptions)
    {
        if (!areOptions) return result.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var own = result.Command.Options.Where(o => !o.Hidden).SelectMany(o => o.Aliases.Append(o.Name));
        return result.Parent is System.CommandLine.Parsing.CommandResult parent ? own.Concat(WordsOf(parent, areOptions)) : own;
    }

    internal static IEnumerable<string> Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? Path(parent).Append(result.Command.Name) : [result.Command.Name];

    // The first signal asks for a clean end; the second one ends the process as it would without us.
    private static void Cancel(PosixSignalContext signal, CancellationTokenSource cancel)
    {
        signal.Cancel = !cancel.IsCancellationRequested;
        cancel.Cancel();
    }
}
