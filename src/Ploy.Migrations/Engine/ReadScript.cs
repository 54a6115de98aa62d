using System.Collections.Immutable;
using System.Data;
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

/// <summary>Statements of a script that run together.</summary>
/// <param name="Statements">Their places, in order.</param>
/// <param name="IsLone">Whether it is one statement that runs in no transaction of ours.</param>
public sealed record ScriptPart(ImmutableArray<int> Statements, bool IsLone);

/// <summary>A script with the statements that are sent: those that begin and end transactions are absorbed.</summary>
/// <param name="File">The migration.</param>
/// <param name="Statements">What is sent, in order.</param>
/// <param name="Settings">What its comments say of how it runs.</param>
public sealed record ReadScript(MigrationFile File, ImmutableArray<ScriptStatement> Statements, ScriptSettings Settings)
{
    /// <summary>The script's text, held as long as this is.</summary>
    public SourceText Source { get; } = File.Script;

    /// <summary>SQLSTATE of PostgreSQL where a new enum value is used before its commit.</summary>
    public const string UnsafeUseOfNewValue = "55P04";

    /// <summary>The queries that must find no row after it; null where there are none.</summary>
    public VerificationScript? Verification { get; init; }

    /// <summary>What its transactions are kept apart from.</summary>
    public IsolationLevel Isolation { get; init; } = IsolationLevel.ReadCommitted;

    /// <summary>Whether it can travel with others: a few statements in one transaction.</summary>
    public bool IsSmall => Statements.Length <= 12 && !NeedsParts && Verification is null;

    /// <summary>SQLSTATE of PostgreSQL where a statement cannot run in a transaction.</summary>
    public const string ActiveTransaction = "25001";

    /// <summary>SQLSTATE of PostgreSQL where its lock table is full.</summary>
    public const string OutOfMemory = "53200";

    /// <summary>Whether the script cannot be one transaction, or must not.</summary>
    public bool NeedsParts => Settings.Transactions switch
    {
        ScriptTransactions.Automatic => Statements.Any(s => s.Transaction == TransactionUse.Forbidden),
        ScriptTransactions.File => false,
        ScriptTransactions.None => true,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether a failure says that the script needs parts after all: it uses an enum value that it adds, or takes more locks than there are.</summary>
    public bool ProvesParts(StatementException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Settings.Transactions == ScriptTransactions.Automatic && exception.SqlState switch
        {
            UnsafeUseOfNewValue => Statements.Any(s => s.Transaction == TransactionUse.CommitBeforeUse),
            ActiveTransaction => IndexAlone(exception) is not null,
            OutOfMemory => Locks > 0 && exception.Message.Contains("max_locks_per_transaction", StringComparison.Ordinal),
            _ => false,
        };
    }

    /// <summary>
    /// The statement that turned out to run in no transaction, which its words do not tell (<c>CLUSTER</c> and <c>REINDEX</c> of a partitioned table);
    /// null for any other failure. One that a function or a <c>DO</c> block sends would not run alone either.
    /// </summary>
    public int? IndexAlone(StatementException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.SqlState == ActiveTransaction && Locate(exception).Statement is { } index
            && Statements[index] is { Transaction: not TransactionUse.Forbidden, Words: ["ALTER" or "CLUSTER" or "CREATE" or "DROP" or "REINDEX", ..] }
            ? index
            : null;
    }

    /// <summary>The same script with a statement that runs alone.</summary>
    public ReadScript WithAlone(int index) => this with { Statements = Statements.SetItem(index, Statements[index] with { Transaction = TransactionUse.Forbidden }) };

    /// <summary>What a failure that proves that parts are needed teaches of the script.</summary>
    public ReadScript After(StatementException proof) => IndexAlone(proof) is { } index ? WithAlone(index) : this;

    /// <summary>About how many locks the statements take in one transaction.</summary>
    public long Locks => Statements.Sum(s => (long)s.Locks);

    /// <summary>How many locks a part may take after a failure that proves that parts are needed.</summary>
    public long LockLimitAfter(StatementException exception, long limit) =>
        exception?.SqlState == OutOfMemory ? Math.Max(1, Math.Min(limit, Locks) / 4) : limit;

    /// <summary>
    /// The parts that the script runs in: places of statements that share a transaction, or of one that runs without. One with a new enum value
    /// ends there.
    /// </summary>
    /// <param name="lockLimit">How many locks a part may take in all; a single statement may take more.</param>
    /// <param name="isDone">Whether the statement at a place needs no run.</param>
    public IEnumerable<ScriptPart> Parts(long lockLimit, Func<int, bool> isDone)
    {
        ArgumentNullException.ThrowIfNull(isDone);
        var run = ImmutableArray.CreateBuilder<int>();
        var locks = 0L;
        for (var i = 0; i < Statements.Length; i++)
        {
            if (isDone(i)) continue;
            var statement = Statements[i];
            var isLone = Settings.Transactions == ScriptTransactions.None || statement.Transaction == TransactionUse.Forbidden;
            if (run.Count > 0 && (isLone || locks + statement.Locks > lockLimit))
            {
                yield return new ScriptPart(run.DrainToImmutable(), IsLone: false);
                locks = 0;
            }

            if (isLone)
            {
                yield return new ScriptPart([i], IsLone: true);
                continue;
            }

            run.Add(i);
            locks += statement.Locks;
            if (statement.Transaction != TransactionUse.CommitBeforeUse) continue;
            yield return new ScriptPart(run.DrainToImmutable(), IsLone: false);
            locks = 0;
        }

        if (run.Count > 0) yield return new ScriptPart(run.DrainToImmutable(), IsLone: false);
    }

    /// <summary>The text of a statement.</summary>
    public string TextOf(ScriptStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.TextIn(Source.Text);
    }

    /// <summary>
    /// The file's text with blanks for all but the statements and their terminators, so that places of errors are those in the file.
    /// </summary>
    public string TextWith(ImmutableArray<ScriptStatement> statements)
    {
        var text = Source.Text;
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
            : new ScriptFailure(index, new SourceLocation(Source, new TextSpan(position, TokenLength(Source.Text, position))), exception);
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
