using System.Collections.Immutable;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Sqlite.Backups;
using Ploy.Sqlite.Introspection;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite;

/// <summary>SQLite files by Microsoft.Data.Sqlite.</summary>
internal sealed class SqliteConnector : IDatabaseConnector
{
    /// <inheritdoc />
    public DatabaseAddress Parse(string connection, string baseDirectory) => SqliteAddressParser.Parse(connection, baseDirectory);

    /// <inheritdoc />
    public async ValueTask<IDatabaseSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        await SqliteSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public ValueTask<bool> EnsureDatabaseAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SqliteDatabases.Ensure(address));

    /// <inheritdoc />
    public async ValueTask RunAsync(IDatabaseSession session, ImmutableArray<WholeScript> scripts, CancellationToken cancellationToken, Action<StatementProgress>? progress = null)
    {
        foreach (var script in scripts) await Own(session).RunAsync(script, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask RunAloneAsync(IDatabaseSession session, WholeScript script, CancellationToken cancellationToken, Action<StatementProgress>? progress = null)
    {
        await Own(session).LimitAsync(script.LockTimeout, script.StatementTimeout, cancellationToken).ConfigureAwait(false);
        await Own(session).ExecuteAsync(script.Text, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask VerifyAsync(IDatabaseSession session, VerificationScript script, CancellationToken cancellationToken) => Own(session).VerifyAsync(script, cancellationToken);

    /// <inheritdoc />
    public ValueTask<long?> LockCapacityAsync(IDatabaseSession session, CancellationToken cancellationToken) => ValueTask.FromResult<long?>(null);

    /// <inheritdoc />
    public IMigrationHistory History(IDatabaseSession session) => new SqliteHistory(Own(session));

    /// <inheritdoc />
    public IStatementLedger? Ledger(IDatabaseSession session) => null;

    /// <inheritdoc />
    public IOwnState State(IDatabaseSession session) => new SqliteOwnState(Own(session));

    /// <inheritdoc />
    public ValueTask<ImmutableArray<string>> TablesWithRowsAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken) =>
        SqliteRows.TablesAsync(Own(session), cancellationToken);

    /// <inheritdoc />
    /// <remarks>SQLite looks at views and triggers when they are used; rebuilds put them aside.</remarks>
    public ValueTask<ImmutableArray<Dependant>> DependantsAsync(IDatabaseSession session, ImmutableArray<ObjectUse> uses, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ImmutableArray<Dependant>.Empty);

    /// <inheritdoc />
    public IDatabaseIntrospector Introspector(IDatabaseSession session) => new SqliteIntrospector(Own(session));

    /// <inheritdoc />
    public IExpressionCanonicalizer Canonicalizer(IDatabaseSession session) => SqliteCanonicalizer.Instance;

    /// <inheritdoc />
    public async ValueTask<IAsyncDisposable> LockAsync(DatabaseAddress address, TimeSpan wait, CancellationToken cancellationToken, Action<string>? waiting = null) =>
        await SqliteLock.TakeAsync(address, wait, waiting, cancellationToken).ConfigureAwait(false);

    /// <summary>A database in memory: nothing is left on disk, and a database set aside for it is not needed.</summary>
    public async ValueTask<IDatabaseSession> OpenShadowAsync(DatabaseAddress? address, DatabaseAddress? shadow, CancellationToken cancellationToken) =>
        await SqliteSession.OpenAsync(SqliteAddressParser.Parse(":memory:", "/"), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public ValueTask<string> FingerprintAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        ValueTask.FromResult($"{SQLitePCL.raw.sqlite3_libversion().utf8_to_string()} {SQLitePCL.raw.sqlite3_sourceid().utf8_to_string()}");

    /// <inheritdoc />
    public ValueTask ObeyPoliciesAsync(IDatabaseSession session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public IDatabaseBackups Backups { get; } = new SqliteBackups();

    /// <inheritdoc />
    public ValueTask ResetAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        SqliteDatabases.Empty(Own(session), cancellationToken);
        return ValueTask.CompletedTask;
    }

    internal static SqliteSession Own(IDatabaseSession session) =>
        session as SqliteSession ?? throw new ArgumentException("The session is not one of this connector.", nameof(session));
}
