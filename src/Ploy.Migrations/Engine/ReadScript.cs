using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Migrations.Files;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Migrations.Engine;

/// <summary>A statement of a script that the database refused.</summary>
/// <param name="Statement">Zero-based place among the statements; null where the commit failed.</param>
/// <param name="Location">Where in the file; null where the commit failed.</param>
/// <param name="Cause">What the database said.</param>
public sealed record ScriptFailure(int? Statement, SourceLocation? Location, StatementException Cause);

/// <summary>A script with the statements that are sent: those that begin and end transactions are absorbed.</summary>
/// <param name="File">The migration.</param>
/// <param name="Statements">What is sent, in order.</param>
/// <param name="Settings">What its comments say of how it runs.</param>
public sealed record ReadScript(MigrationFile File, ImmutableArray<ScriptStatement> Statements, ScriptSettings Settings)
{
    /// <summary>SQLSTATE of PostgreSQL where a new enum value is used before its commit.</summary>
    public const string UnsafeUseOfNewValue = "55P04";

    /// <summary>Whether the script cannot be one transaction, or must not.</summary>
    public bool NeedsParts => Settings.Transactions switch
    {
        ScriptTransactions.Automatic => Statements.Any(s => s.Transaction == TransactionUse.Forbidden),
        ScriptTransactions.File => false,
        ScriptTransactions.None => true,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether a failure says that the script needs parts after all: it uses an enum value that it adds.</summary>
    public bool ProvesParts(StatementException exception) =>
        exception?.SqlState == UnsafeUseOfNewValue && Settings.Transactions == ScriptTransactions.Automatic && Statements.Any(s => s.Transaction == TransactionUse.CommitBeforeUse);

    /// <summary>The text of a statement.</summary>
    public string TextOf(ScriptStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.TextIn(File.Script.Text);
    }

    /// <summary>
    /// The file's text with blanks for all but the statements and their terminators, so that places of errors are those in the file.
    /// </summary>
    public string TextWith(ImmutableArray<ScriptStatement> statements)
    {
        var text = File.Script.Text;
        return statements.IsEmpty ? "" : string.Create(text.Length, (text, statements), static (target, state) =>
        {
            target.Fill(' ');
            foreach (var statement in state.statements)
            {
                var end = Math.Min(statement.FullSpan.End, state.text.Length);
                state.text.AsSpan(statement.Span.Start, end - statement.Span.Start).CopyTo(target[statement.Span.Start..]);
            }
        });
    }

    /// <summary>Where a failure lies in the script.</summary>
    public ScriptFailure Locate(StatementException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception.Position is not { } position) return new ScriptFailure(null, null, exception);
        var index = -1;
        for (var i = 0; i < Statements.Length && Statements[i].Span.Start <= position; i++) index = i;
        return index < 0
            ? new ScriptFailure(null, null, exception)
            : new ScriptFailure(index, new SourceLocation(File.Script, new TextSpan(position, TokenLength(File.Script.Text, position))), exception);
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
