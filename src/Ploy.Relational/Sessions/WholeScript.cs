using System.Collections.Immutable;
using Ploy.Relational.Sql;

namespace Ploy.Relational.Sessions;

/// <summary>A script that runs in one transaction, with the row of the history that says so in the same.</summary>
public sealed record WholeScript
{
    /// <summary>The text that the statements were found in.</summary>
    public required string Text { get; init; }

    /// <summary>What is sent, in order; nothing that begins or ends a transaction.</summary>
    public required ImmutableArray<ScriptStatement> Statements { get; init; }

    /// <summary>The row to add, finished at the end of the script; null for none.</summary>
    public MigrationAttempt? Attempt { get; init; }

    /// <summary>Entries of the ledger to write with it; empty where the whole script is one transaction.</summary>
    public ImmutableArray<LedgerEntry> Ledger { get; init; } = [];

    /// <summary>Longest wait of a statement for a lock; zero for no limit.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>Longest run of a statement; zero for no limit. Not every product has it.</summary>
    public TimeSpan StatementTimeout { get; init; }
}
