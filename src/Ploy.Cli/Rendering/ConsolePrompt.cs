using Ploy.Design.Commands;
using Spectre.Console;

namespace Ploy.Cli.Rendering;

/// <summary>Asks at the terminal, on standard error, so that results stay clean.</summary>
internal sealed class ConsolePrompt(Terminal terminal) : IPrompt
{
    /// <inheritdoc />
    public bool CanPrompt => terminal.CanPrompt;

    /// <inheritdoc />
    public bool Confirm(string question) => Open().Prompt(new ConfirmationPrompt(Markup.Escape(question)) { DefaultValue = false });

    /// <inheritdoc />
    public string Ask(string question, string proposal) => Open().Prompt(new TextPrompt<string>(Markup.Escape(question)).DefaultValue(proposal));

    private IAnsiConsole Open() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(terminal.Error),
        Ansi = AnsiSupport.Detect,
        ColorSystem = terminal.UsesColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
    });
}
