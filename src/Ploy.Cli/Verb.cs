using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;
using Ploy.Relational.Sessions;

namespace Ploy.Cli;

/// <summary>A verb with an example for its help, and the one place where failures become exit codes.</summary>
internal abstract class Verb : Command
{
    protected Verb(string name, string description, string example)
        : base(name, description)
    {
        Example = example;
    }

    /// <summary>One line that shows how it is used.</summary>
    public string Example { get; }

    /// <summary>What to know after it was cancelled, as a sentence; null for nothing.</summary>
    protected virtual string? AfterCancel => null;

    /// <summary>Runs it; returns the exit code.</summary>
    protected abstract Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken);

    /// <summary>Connects the verb with the terminal and the products.</summary>
    public void Attach(Terminal terminal, DialectSet dialects) => SetAction(async (options, cancellationToken) =>
    {
        terminal.IsJson = options.GetValue(GlobalOptions.Json);
        terminal.IsPlain = options.GetValue(GlobalOptions.NoColor);
        try
        {
            var code = await RunAsync(new CommandContext(terminal, options, dialects, cancellationToken), cancellationToken).ConfigureAwait(false);
            terminal.EndResult(isDone: true);
            return code;
        }
        catch (SchemaException exception)
        {
            terminal.EndResult(isDone: false);
            // Warnings wait until the errors are gone: many of them follow from one.
            new ErrorRenderer(terminal).Render(exception.Compilation.Diagnostics.Where(d => d.Severity == Severity.Error));
            var errors = exception.Compilation.Diagnostics.Count(d => d.Severity == Severity.Error);
            terminal.Note($"{errors} error{(errors == 1 ? "" : "s")} in the schema.");
            return 1;
        }
        catch (PloyException exception)
        {
            return Fail(terminal, exception);
        }
        catch (StatementException exception)
        {
            // Where a command knows nothing better to say of a refusal.
            return Fail(terminal, StatementFaults.ToError(exception));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.EndResult(isDone: false);
            terminal.Json(json => json.WriteString("type", "cancelled"));
            terminal.EndLive();
            terminal.Note(AfterCancel is { } advice ? $"Cancelled. {advice}" : "Cancelled.");
            return 130;
        }
    });

    private static int Fail(Terminal terminal, PloyException exception)
    {
        terminal.EndResult(isDone: false);
        terminal.EndLive();
        new ErrorRenderer(terminal).Render(exception);
        return exception.ExitCode;
    }
}
