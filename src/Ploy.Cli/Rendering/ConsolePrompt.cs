using Ploy.Design.Commands;
using Spectre.Console;

namespace Ploy.Cli.Rendering;

/// <summary>Asks at the terminal, on standard error, so that results stay clean.</summary>
internal sealed class ConsolePrompt(Terminal terminal, CancellationToken cancellationToken) : IPrompt
{
    /// <inheritdoc />
    public bool CanPrompt => terminal.CanPrompt;

    /// <inheritdoc />
    public bool Confirm(string question) => Show(new ConfirmationPrompt(Markup.Escape(question)) { DefaultValue = false });

    /// <inheritdoc />
    public string Ask(string question, string proposal) => Show(new TextPrompt<string>(Markup.Escape(question)).DefaultValue(proposal));

    /// <inheritdoc />
    public string Choose(string question, IReadOnlyList<string> choices)
    {
        var numbers = string.Join('\n', choices.Select((choice, i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"  {i + 1}  {choice}")));
        var prompt = new TextPrompt<int>(Markup.Escape($"{question}\n{numbers}\nNumber"))
            .DefaultValue(1)
            .Validate(n => n >= 1 && n <= choices.Count, $"One of the numbers from 1 to {choices.Count}.");
        return choices[Show(prompt) - 1];
    }

    // A prompt is the one thing that a run waits for without doing anything, so that its thread may wait too.
    private T Show<T>(IPrompt<T> prompt)
    {
        try
        {
            return prompt.ShowAsync(Open(), cancellationToken).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The line of the question ends here.
            terminal.Error.WriteLine();
            throw;
        }
    }

    private IAnsiConsole Open() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(terminal.Error),
        Ansi = AnsiSupport.Detect,
        ColorSystem = terminal.UsesColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
    });
}
