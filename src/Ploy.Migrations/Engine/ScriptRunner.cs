using Ploy.Core.Text;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Migrations.Engine;

/// <summary>A statement of a script that the database refused.</summary>
/// <param name="Statement">Zero-based place among the statements; null where the commit failed.</param>
/// <param name="Location">Where in the file; null where the commit failed.</param>
/// <param name="Cause">What the database said.</param>
public sealed record ScriptFailure(int? Statement, SourceLocation? Location, StatementException Cause);

/// <summary>Runs a script, in one transaction or in as few as its statements allow.</summary>
internal static class ScriptRunner
{
    /// <summary>SQLSTATE of PostgreSQL where a new enum value is used before its commit.</summary>
    public const string UnsafeUseOfNewValue = "55P04";

    /// <summary>
    /// Runs all statements in the session's transaction, in as few round trips as the session needs. The text of absorbed statements is
    /// blanked out, so that places of errors are those in the file.
    /// </summary>
    public static async ValueTask RunTogetherAsync(IDatabaseSession session, ReadScript script, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(Blank(script, script.Statements), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Runs the statements in runs: those that may share a transaction in one each, ended early by a statement whose result is needed
    /// committed; the others alone.
    /// </summary>
    /// <param name="session">Without an open transaction.</param>
    /// <param name="script">The script.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async ValueTask RunApartAsync(IDatabaseSession session, ReadScript script, CancellationToken cancellationToken)
    {
        foreach (var (run, isLone) in Runs(script))
        {
            var text = Blank(script, run);
            if (isLone)
            {
                await session.ExecuteAsync(text, cancellationToken).ConfigureAwait(false);
                continue;
            }

            await using var transaction = await session.BeginAsync(TransactionPurpose.Script, cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync(text, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where a failure lies in the script.</summary>
    public static ScriptFailure Locate(ReadScript script, StatementException exception)
    {
        if (exception.Position is not { } position) return new ScriptFailure(null, null, exception);
        var index = -1;
        for (var i = 0; i < script.Statements.Length && script.Statements[i].Span.Start <= position; i++) index = i;
        if (index < 0) return new ScriptFailure(null, null, exception);
        return new ScriptFailure(index, new SourceLocation(script.File.Script, new TextSpan(position, TokenLength(script.File.Script.Text, position))), exception);
    }

    private static IEnumerable<(List<ScriptStatement> Statements, bool IsLone)> Runs(ReadScript script)
    {
        var run = new List<ScriptStatement>();
        foreach (var statement in script.Statements)
        {
            if (statement.Transaction == TransactionUse.Forbidden)
            {
                if (run.Count > 0) yield return (run, false);
                yield return ([statement], true);
                run = [];
                continue;
            }

            run.Add(statement);
            if (statement.Transaction != TransactionUse.CommitBeforeUse) continue;
            yield return (run, false);
            run = [];
        }

        if (run.Count > 0) yield return (run, false);
    }

    // Keeps the statements with their terminators where they are and makes blanks of all else.
    private static string Blank(ReadScript script, IReadOnlyList<ScriptStatement> statements)
    {
        var text = script.File.Script.Text;
        if (statements.Count == 0) return "";
        return string.Create(text.Length, (text, statements), static (target, state) =>
        {
            target.Fill(' ');
            foreach (var statement in state.statements)
            {
                var end = Math.Min(statement.FullSpan.End, state.text.Length);
                state.text.AsSpan(statement.Span.Start, end - statement.Span.Start).CopyTo(target[statement.Span.Start..]);
            }
        });
    }

    private static int TokenLength(string text, int position)
    {
        if (position >= text.Length) return 0;
        var end = position;
        if (text[position] is '"' or '\'')
        {
            end = text.IndexOf(text[position], position + 1);
            return end < 0 ? 1 : end + 1 - position;
        }

        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;
        return Math.Max(1, end - position);
    }
}
