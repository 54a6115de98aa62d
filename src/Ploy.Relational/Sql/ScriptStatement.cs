using Ploy.Core;
using Ploy.Core.Text;

namespace Ploy.Relational.Sql;

/// <summary>What a statement of a script does to the transaction it runs in.</summary>
public enum TransactionControl
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary><c>BEGIN</c>, <c>START TRANSACTION</c>.</summary>
    Begin,

    /// <summary><c>SET TRANSACTION</c>: what a transaction is like, said before its first query.</summary>
    Mode,

    /// <summary><c>COMMIT</c>, <c>END</c>.</summary>
    Commit,

    /// <summary><c>ROLLBACK</c>, <c>ABORT</c>; not <c>ROLLBACK TO</c>.</summary>
    Rollback,

    /// <summary><c>SAVEPOINT</c>, <c>RELEASE</c>, <c>ROLLBACK TO</c>: inside a transaction, whoever began it.</summary>
    Savepoint,

    /// <summary>
    /// Ends or prepares a transaction in a way that cannot be absorbed into one of ours: <c>PREPARE TRANSACTION</c>,
    /// <c>COMMIT AND CHAIN</c>, ...
    /// </summary>
    Other,
}

/// <summary>Whether a statement may run in a transaction with others.</summary>
public enum TransactionUse
{
    /// <summary>It may.</summary>
    Any,

    /// <summary>It may, but what it makes cannot be used before the commit (PostgreSQL: <c>ALTER TYPE ... ADD VALUE</c>).</summary>
    CommitBeforeUse,

    /// <summary>The database refuses it in a transaction block (<c>CREATE INDEX CONCURRENTLY</c>, <c>VACUUM</c>).</summary>
    Forbidden,
}

/// <summary>One statement of a SQL script. Offsets are UTF-16 units from the script's start.</summary>
public sealed record ScriptStatement
{
    /// <summary>From its first token to its last, without the terminator, without blanks and comments around it; never empty.</summary>
    public required TextSpan Span { get; init; }

    /// <summary>
    /// With the blanks, comments and empty statements before it and its terminator. The full spans of a script's statements lie
    /// end to end from 0; the last one reaches the script's end.
    /// </summary>
    public required TextSpan FullSpan { get; init; }

    /// <summary>Its first words outside comments in upper case, at most eight, up to the first that is quoted or no word.</summary>
    public required EquatableArray<string> Words { get; init; }

    /// <summary>What it does to the transaction.</summary>
    public TransactionControl Control { get; init; }

    /// <summary>Whether it may share a transaction.</summary>
    public TransactionUse Transaction { get; init; }

    /// <summary>
    /// About how many entries it takes in a lock table of limited size that one transaction fills, as far as its words tell; 0 where few or the
    /// product has none.
    /// </summary>
    public int Locks { get; init; }

    /// <summary>Whether it changes settings that outlive its transaction, which what comes after it may rely on.</summary>
    public bool ChangesSession { get; init; }

    /// <summary>Why no driver can send it, as one sentence (<c>psql</c>'s own commands, <c>COPY ... FROM STDIN</c>); null where one can.</summary>
    public string? Problem { get; init; }

    /// <summary>The statement's own text.</summary>
    /// <param name="script">The script that it was found in.</param>
    public string TextIn(string script) => script.Substring(Span.Start, Span.Length);

    /// <summary>The statement's own text behind another; one may be tens of megabytes long, and is copied once.</summary>
    /// <param name="script">The script that it was found in.</param>
    /// <param name="prefix">What stands before it.</param>
    public string TextIn(string script, string prefix) => string.Concat(prefix, script.AsSpan(Span.Start, Span.Length));
}
