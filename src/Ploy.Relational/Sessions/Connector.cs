using System.Collections.Immutable;

namespace Ploy.Relational.Sessions;

/// <summary>Where a database is. Made by parsing; never holds a password in what it shows.</summary>
public sealed record DatabaseAddress
{
    /// <summary>The provider's name, as <see cref="Dialect.Id"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>What the driver takes; secret.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The database's name, or the SQLite file's name as given.</summary>
    public required string Database { get; init; }

    /// <summary>The default namespace (<c>?schema=</c>); null where the product has none.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>host:port</c>, <c>unix:PATH</c> or <c>file:...</c>.</summary>
    public required string Location { get; init; }

    /// <summary>
    /// What the server's lists of connections show of who is connected, where the text says nothing of that: <c>ploy migrate deploy</c>; null for
    /// <c>ploy</c>. Not every product has it.
    /// </summary>
    public string? Application { get; init; }

    /// <summary>Parameters of the text that mean nothing here, each as one sentence that names it; to be shown once.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Whether it is on this machine: a loopback address, a socket or a file. A tunnel to another machine looks the same.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The full path of a SQLite file; null for a server or a database in memory.</summary>
    public string? FilePath { get; init; }

    /// <summary>Database and location, without anything secret.</summary>
    public override string ToString() => $"{Database} at {Location}";
}

/// <summary>Everything that needs a connection to one product; each part on its own, so that tests can replace it.</summary>
public interface IDatabaseConnector
{
    /// <summary>Reads a URL or a .NET connection string.</summary>
    /// <param name="connection">The text; for SQLite also <c>file:path</c>.</param>
    /// <param name="baseDirectory">What relative file paths are relative to.</param>
    /// <exception cref="Core.Diagnostics.PloyException">P1013 where it does not parse.</exception>
    DatabaseAddress Parse(string connection, string baseDirectory);

    /// <summary>Opens a connection.</summary>
    /// <exception cref="Core.Diagnostics.PloyException">P1000, P1001, P1003, P1010, P1011.</exception>
    ValueTask<IDatabaseSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken);

    /// <summary>Makes the database where it is missing; true where this call made it.</summary>
    ValueTask<bool> EnsureDatabaseAsync(DatabaseAddress address, CancellationToken cancellationToken);

    /// <summary>
    /// Runs scripts in order, each in one transaction together with its row in the history: both or neither. One that fails ends it; those before
    /// it stay.
    /// </summary>
    /// <exception cref="StatementException">The database refused a statement, or the commit (no position); nothing of that script has changed.</exception>
    /// <exception cref="VerificationException">A query that must find no row found one; nothing of that script has changed.</exception>
    /// <exception cref="Core.Diagnostics.PloyException">PLOY2310 where a statement ended the transaction; those of a lost connection.</exception>
    /// <param name="session">Where they run.</param>
    /// <param name="scripts">The scripts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="progress">
    /// Hears of the statements of scripts with a tag, as far as the product tells while they run; called while this call is awaited, never twice at a
    /// time; null for nobody.
    /// </param>
    ValueTask RunAsync(IDatabaseSession session, ImmutableArray<WholeScript> scripts, CancellationToken cancellationToken, Action<StatementProgress>? progress = null);

    /// <summary>Runs the one statement of a script outside of any transaction, with the script's limits.</summary>
    /// <exception cref="StatementException">The database refused it.</exception>
    ValueTask RunAloneAsync(IDatabaseSession session, WholeScript script, CancellationToken cancellationToken, Action<StatementProgress>? progress = null);

    /// <summary>Runs queries that must find no row.</summary>
    /// <exception cref="VerificationException">One found a row.</exception>
    /// <exception cref="StatementException">One was refused.</exception>
    ValueTask VerifyAsync(IDatabaseSession session, VerificationScript script, CancellationToken cancellationToken);

    /// <summary>
    /// How many locks of <see cref="Sql.ScriptStatement.Locks"/> all transactions of the server can hold together; null where there is no such limit.
    /// </summary>
    ValueTask<long?> LockCapacityAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>The history table as seen by a session.</summary>
    IMigrationHistory History(IDatabaseSession session);

    /// <summary>
    /// The ledger as seen by a session; null where the product has none, because hardly a statement of it refuses a transaction: a script that
    /// runs in parts there and is cut off is left for the user to resolve.
    /// </summary>
    IStatementLedger? Ledger(IDatabaseSession session);

    /// <summary>What Ploy remembers about the database.</summary>
    IOwnState State(IDatabaseSession session);

    /// <summary>Whether there may be a table in the database, whoever's: to know that there is none takes one small question, where reading it takes a dozen large ones.</summary>
    /// <returns>False only where there is none.</returns>
    ValueTask<bool> MayHoldTablesAsync(IDatabaseSession session, CancellationToken cancellationToken) => new(true);

    /// <summary>
    /// The tables that hold rows, quoted and in order, the history left out. One that may not be read counts as one with rows, so that an
    /// empty answer means that no row can be lost.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="namespaces">Where to look; empty for the connection's default namespace.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<ImmutableArray<string>> TablesWithRowsAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken);

    /// <summary>
    /// What of the whole database would make it refuse that tables, columns, enums, views or functions are changed or dropped; nothing where the product refuses
    /// no such thing.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="uses">What is to be changed or dropped; names in their namespaces.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<ImmutableArray<Dependant>> DependantsAsync(IDatabaseSession session, ImmutableArray<Model.ObjectUse> uses, CancellationToken cancellationToken);

    /// <summary>The introspector over a session.</summary>
    IDatabaseIntrospector Introspector(IDatabaseSession session);

    /// <summary>The canonicalizer over a session; where the product keeps text as written it returns schemas as they are.</summary>
    IExpressionCanonicalizer Canonicalizer(IDatabaseSession session);

    /// <summary>Takes the migration lock by polling; disposing releases it.</summary>
    /// <param name="address">The database.</param>
    /// <param name="wait">Longest wait in all; zero for one try.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="waiting">Hears, while it waits, who holds the lock: a sentence, whenever it is another; null for nobody.</param>
    /// <exception cref="Core.Diagnostics.PloyException">P1002 where <paramref name="wait"/> ended; the message names the holder.</exception>
    ValueTask<IAsyncDisposable> LockAsync(DatabaseAddress address, TimeSpan wait, CancellationToken cancellationToken, Action<string>? waiting = null);

    /// <summary>Opens a session on an empty database to replay migrations on; disposing drops or empties it.</summary>
    /// <param name="address">The main database, whose server is used.</param>
    /// <param name="shadow">A database set aside for it, reset first; null to make a temporary one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="Core.Diagnostics.PloyException">P3014 where it may not be made.</exception>
    ValueTask<IDatabaseSession> OpenShadowAsync(DatabaseAddress? address, DatabaseAddress? shadow, CancellationToken cancellationToken);

    /// <summary>
    /// What of a server decides what a script leads to and how it is read back: its version, the extensions that it offers, settings that change
    /// how values are printed. Not who it is: two servers that are alike have the same.
    /// </summary>
    ValueTask<string> FingerprintAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>
    /// Lets policies filter rows in what follows outside migrations, as they do for this role in any other program; where the product has none,
    /// nothing changes.
    /// </summary>
    ValueTask ObeyPoliciesAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Copies of whole databases in files.</summary>
    IDatabaseBackups Backups { get; }

    /// <summary>Empties the namespaces (PostgreSQL) or the file (SQLite); the database itself stays.</summary>
    ValueTask ResetAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken);
}

/// <summary>What all products do alike with a connector.</summary>
public static class ConnectorExtensions
{
    /// <summary>Opens a connection, and makes the database first where it is missing. Mostly it is there, and one connection is all that it takes.</summary>
    /// <param name="connector">The product's.</param>
    /// <param name="address">The database.</param>
    /// <param name="beforeCreating">Runs where the database is missing, before it is made; what it throws leaves none. Null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The session, and whether this call made the database.</returns>
    /// <exception cref="Core.Diagnostics.PloyException">Those of <see cref="IDatabaseConnector.OpenAsync"/> and <see cref="IDatabaseConnector.EnsureDatabaseAsync"/>.</exception>
    public static async ValueTask<(IDatabaseSession Session, bool Created)> OpenOrCreateAsync(
        this IDatabaseConnector connector, DatabaseAddress address, Func<ValueTask>? beforeCreating, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connector);
        try
        {
            return (await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false), false);
        }
        catch (Core.Diagnostics.PloyException exception) when (exception.Code == "P1003")
        {
            if (beforeCreating is not null) await beforeCreating().ConfigureAwait(false);
            var created = await connector.EnsureDatabaseAsync(address, cancellationToken).ConfigureAwait(false);
            return (await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false), created);
        }
    }
}
