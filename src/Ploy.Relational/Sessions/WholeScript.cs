using System.Collections.Immutable;
using System.Data;
using Ploy.Core.Text;
using Ploy.Relational.Sql;

namespace Ploy.Relational.Sessions;

/// <summary>Queries that must find no row.</summary>
/// <param name="Source">Their text.</param>
/// <param name="Statements">The queries in order.</param>
public sealed record VerificationScript(SourceText Source, ImmutableArray<ScriptStatement> Statements);

/// <summary>A query found a row where it must not.</summary>
/// <param name="statement">Zero-based place among the queries.</param>
/// <param name="row">The first row, its values joined with <c>|</c>.</param>
public sealed class VerificationException(int statement, string row) : Exception($"Query {statement + 1} found a row.")
{
    /// <summary>Zero-based place among the queries.</summary>
    public int Statement { get; } = statement;

    /// <summary>The first row, its values joined with <c>|</c>.</summary>
    public string Row { get; } = row;
}

/// <summary>A script that runs in one transaction, with the row of the history that says so in the same.</summary>
public sealed record WholeScript
{
    /// <summary>The text that the statements were found in.</summary>
    public required string Text { get; init; }

    /// <summary>What is sent, in order; nothing that begins or ends a transaction.</summary>
    public required ImmutableArray<ScriptStatement> Statements { get; init; }

    /// <summary>The row to add, finished at the end of the script; null for none.</summary>
    public MigrationAttempt? Attempt { get; init; }

    /// <summary>What it is part of; null where nobody is to be told.</summary>
    public ScriptTag? Tag { get; init; }

    /// <summary>Queries that must find no row before the commit; null for none.</summary>
    public VerificationScript? Verification { get; init; }

    /// <summary>Entries of the ledger to write with it; empty where the whole script is one transaction.</summary>
    public ImmutableArray<LedgerEntry> Ledger { get; init; } = [];

    /// <summary>What its transaction is kept apart from. Not every product has a choice.</summary>
    public IsolationLevel Isolation { get; init; } = IsolationLevel.ReadCommitted;

    /// <summary>Whether it goes on with a script whose settings the session has: they are not made anew.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Longest wait of a statement for a lock; zero for no limit.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>Longest run of a statement; zero for no limit. Not every product has it.</summary>
    public TimeSpan StatementTimeout { get; init; }
}
