using Ploy.Core.Diagnostics;

namespace Ploy.Design.Commands;

/// <summary>Says what may be done to the database, or tells what was said.</summary>
public sealed class MarkCommand(Workspace workspace, IPrompt prompt)
{
    /// <summary>Writes the mark; <see cref="DatabaseMark.None"/> only reads it. To make a database with rows disposable takes the consent that losing them would.</summary>
    /// <returns>The mark that the database has now.</returns>
    /// <exception cref="PloyException">Those of <see cref="ConsentGate"/>, and of the connection.</exception>
    public async ValueTask<DatabaseMark> RunAsync(DatabaseMark wanted, string? consent, CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        await using var session = await connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false);
        var state = connector.State(session);
        var mark = await DatabaseMarks.ReadAsync(state, cancellationToken).ConfigureAwait(false);
        if (wanted == DatabaseMark.None || wanted == mark) return mark;
        if (wanted == DatabaseMark.Disposable) await new ConsentGate(workspace, prompt).RequireAsync(session, Work(), new Given(false, consent), cancellationToken).ConfigureAwait(false);
        await DatabaseMarks.WriteAsync(state, wanted, cancellationToken).ConfigureAwait(false);
        return wanted;
    }

    private DestructiveWork Work() => new()
    {
        Verb = "db mark --disposable",
        Loss = $"From then on all rows in `{workspace.Address}` could be lost without a consent.",
        Question = $"Is `{workspace.Address}` for development, so that its rows may be lost?",
        Flag = "--consent",
        UnansweredCode = "PLOY2220",
        Plan = [],
    };
}
