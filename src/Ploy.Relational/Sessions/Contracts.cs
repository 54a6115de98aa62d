using System.Collections.Immutable;
using Ploy.Relational.Model;

namespace Ploy.Relational.Sessions;

/// <summary>Which part of a database to read.</summary>
/// <param name="Namespaces">Namespaces in order; empty for the connection's default one.</param>
public sealed record IntrospectionScope(ImmutableArray<string> Namespaces)
{
    /// <summary>
    /// Whether partial indexes are no indexes but unmanaged objects: so it is for a schema without the preview feature
    /// <c>partialIndexes</c>, which cannot say them and must not drop them.
    /// </summary>
    public bool LeavesPartialIndexes { get; init; }

    /// <summary>
    /// The namespace whose names are printed without it, as a user's session prints them; null for none, so that each name says its own.
    /// </summary>
    public string? PrintedFrom { get; init; }

    /// <summary>Whether the columns of views are wanted, which only a pull needs.</summary>
    public bool WithViewColumns { get; init; }
}

/// <summary>What a transaction is for.</summary>
public enum TransactionPurpose
{
    /// <summary>Rows: the history, counts, backfills. Foreign keys hold at every moment.</summary>
    Rows,

    /// <summary>
    /// A migration script with its history row. SQLite switches foreign keys off before it begins, checks them before the commit
    /// and switches them back; PostgreSQL sets the session's search path and timeouts anew.
    /// </summary>
    Script,
}

/// <summary>A transaction of a session; disposing it without a commit rolls back, also on a broken connection, and never throws.</summary>
public interface ISessionTransaction : IAsyncDisposable
{
    /// <summary>Makes everything since the beginning permanent; at most once.</summary>
    /// <exception cref="StatementException">The database refused: a deferred constraint, a foreign key without its row.</exception>
    /// <exception cref="Core.Diagnostics.PloyException">
    /// PLOY2310: a statement inside ended the transaction, so that not everything is one.
    /// </exception>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}

/// <summary>One connection; not thread-safe.</summary>
public interface IDatabaseSession : IAsyncDisposable
{
    /// <summary>
    /// Runs a statement or a whole script and drops any rows. Outside a transaction a script of several statements is one
    /// implicitly, where it does not begin or end transactions itself.
    /// </summary>
    /// <exception cref="StatementException">The database refused it.</exception>
    ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a transaction: all that this session, its history and its introspector do until the commit belongs to it. They do
    /// not nest.
    /// </summary>
    ValueTask<ISessionTransaction> BeginAsync(TransactionPurpose purpose, CancellationToken cancellationToken);

    /// <summary>
    /// Limits what follows: inside a transaction until its end, else until changed.
    /// </summary>
    /// <param name="lockTimeout">Longest wait of a statement for a lock; zero for no limit.</param>
    /// <param name="statementTimeout">Longest run of a statement; zero for no limit. Not every product has it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask LimitAsync(TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken);

    /// <summary>The first column of the first row as a 64-bit number; null where there is no row or the value is null.</summary>
    ValueTask<long?> QueryNumberAsync(string sql, CancellationToken cancellationToken);
}

/// <summary>A database refused a statement.</summary>
public sealed class StatementException(string message, string? sqlState, int? position, Exception inner) : Exception(message, inner)
{
    /// <summary>The five-character SQLSTATE, or SQLite's result code in decimal; null where the driver gives none.</summary>
    public string? SqlState { get; } = sqlState;

    /// <summary>Zero-based offset in UTF-16 units into the text sent; null where the database does not say.</summary>
    public int? Position { get; } = position;

    /// <summary>What stood in the way, where that was not the statement itself.</summary>
    public StatementFault Fault { get; init; }
}

/// <summary>Reads a live database into a value.</summary>
public interface IDatabaseIntrospector
{
    /// <summary>Reads it in one snapshot with a constant number of queries.</summary>
    ValueTask<DatabaseSchema> ReadAsync(IntrospectionScope scope, CancellationToken cancellationToken);
}

/// <summary>
/// Asks a database how it prints what a schema file says in its own words, so that it can be compared with what the introspector
/// reads: <c>dbgenerated("now()")</c>, <c>where: raw("a>3")</c>, <c>Unsupported("numeric(7,3)")</c>.
/// </summary>
public interface IExpressionCanonicalizer
{
    /// <summary>
    /// Fills in <see cref="Column.Printed"/> and <see cref="SqlExpression.Canonical"/>. It makes temporary objects in one transaction
    /// that it rolls back: a shadow database with the migrations replayed is the best place, the live one will do. What the database
    /// refuses (a function that does not exist yet, a server that takes no writes) stays as it was.
    /// </summary>
    ValueTask<DatabaseSchema> CanonicalizeAsync(DatabaseSchema desired, CancellationToken cancellationToken);
}

/// <summary>One row of <c>_prisma_migrations</c>.</summary>
public sealed record MigrationAttempt
{
    /// <summary>A random UUID, one for each attempt.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the script in lower-case hex; older rows may be shorter.</summary>
    public required string Checksum { get; init; }

    /// <summary>When it succeeded; null where it did not.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The folder's name.</summary>
    public required string MigrationName { get; init; }

    /// <summary>The error of a failed attempt; null or empty otherwise.</summary>
    public string? Logs { get; init; }

    /// <summary>When it was rolled back; null where it was not.</summary>
    public DateTimeOffset? RolledBackAt { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>1 after success, 0 otherwise.</summary>
    public int AppliedStepsCount { get; init; }
}

/// <summary>The history table of one database.</summary>
public interface IMigrationHistory
{
    /// <summary>All rows by start time; null where the table does not exist. Any other failure throws.</summary>
    ValueTask<ImmutableArray<MigrationAttempt>?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes the table; harmless where it exists or another run makes it at the same time.</summary>
    ValueTask CreateAsync(CancellationToken cancellationToken);

    /// <summary>Adds a row.</summary>
    ValueTask InsertAsync(MigrationAttempt attempt, CancellationToken cancellationToken);

    /// <summary>Writes the row of that id anew.</summary>
    ValueTask UpdateAsync(MigrationAttempt attempt, CancellationToken cancellationToken);
}
