using Ploy.Relational.Objects;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>db push</c> made or took over of objects beyond the language: kept in our own state, since no migration says it.</summary>
internal static class PushedMarks
{
    private const string Topic = "objects";
    private const string Key = "pushed";

    /// <summary>The marks as lines; empty where nothing was ever pushed.</summary>
    public static async ValueTask<string> ReadAsync(IOwnState state, CancellationToken cancellationToken) =>
        (await state.ReadAsync(Topic, cancellationToken).ConfigureAwait(false)).FirstOrDefault(n => n.Key == Key)?.Text ?? "";

    /// <summary>Adds what a script says that it made or released; writes nothing where it says nothing.</summary>
    public static async ValueTask AddAsync(IOwnState state, string before, string script, CancellationToken cancellationToken)
    {
        var after = OwnershipMarks.None.With(before).With(script).ToText();
        if (after != before) await state.WriteAsync(new OwnNote(Topic, Key, after), cancellationToken).ConfigureAwait(false);
    }
}
