using System.Collections.Immutable;

namespace Ploy.Relational.Sessions;

/// <summary>A statement of a migration that runs in parts, as the ledger has it.</summary>
/// <param name="Attempt">The attempt's identifier in the history.</param>
/// <param name="Index">Zero-based place among the script's statements.</param>
/// <param name="Hash">SHA-256 of the statement's text in lower-case hex, by which an edited script is recognised.</param>
/// <param name="IsFinished">Whether it is known to have taken effect.</param>
public sealed record LedgerEntry(string Attempt, int Index, string Hash, bool IsFinished);

/// <summary>What became of a statement that was running when everything ended.</summary>
public enum InterruptedState
{
    /// <summary>It took effect.</summary>
    TookEffect,

    /// <summary>It did not, or running it again is harmless; what it left behind is cleaned up.</summary>
    RunAgain,

    /// <summary>The database does not tell.</summary>
    Unknown,
}

/// <summary>
/// Which statements of a migration that cannot be one transaction have run: kept in the database in a place of our own, where nobody else's
/// tools look.
/// </summary>
public interface IStatementLedger
{
    /// <summary>Makes the ledger; harmless where it exists.</summary>
    ValueTask CreateAsync(CancellationToken cancellationToken);

    /// <summary>The entries of an attempt by place; empty where there is no ledger.</summary>
    ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(string attempt, CancellationToken cancellationToken);

    /// <summary>Adds an entry, or writes the one of that attempt and place anew; part of the session's transaction where one is open.</summary>
    ValueTask WriteAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>Takes an entry out: its statement is known to have had no effect.</summary>
    ValueTask RemoveAsync(LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>Finds out what became of an interrupted statement, waits for a server process that still works on it, and removes what is half made.</summary>
    ValueTask<InterruptedState> RecoverAsync(string statement, CancellationToken cancellationToken);
}
