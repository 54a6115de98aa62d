namespace Ploy.Design.Commands;

/// <summary>Asks the user.</summary>
public interface IPrompt
{
    /// <summary>Whether somebody is there to answer; where not, nothing may be asked.</summary>
    bool CanPrompt { get; }

    /// <summary>A question with yes or no; no where the user just confirms.</summary>
    bool Confirm(string question);

    /// <summary>A question with a text for an answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="proposal">What counts where the user just confirms.</param>
    string Ask(string question, string proposal);

    /// <summary>A choice; the first one where the user just confirms.</summary>
    /// <param name="question">The question.</param>
    /// <param name="choices">At least one.</param>
    /// <returns>One of them.</returns>
    string Choose(string question, IReadOnlyList<string> choices);
}
