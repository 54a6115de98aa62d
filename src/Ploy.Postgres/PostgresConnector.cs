using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Postgres.Introspection;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres;

/// <summary>PostgreSQL 13 to 18 by Npgsql.</summary>
internal sealed class PostgresConnector : IDatabaseConnector
{
    /// <inheritdoc />
    public DatabaseAddress Parse(string connection, string baseDirectory) => PostgresAddressParser.Parse(connection, baseDirectory);

    /// <inheritdoc />
    public async ValueTask<IDatabaseSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        await PostgresSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public ValueTask<bool> EnsureDatabaseAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        PostgresDatabases.EnsureAsync(address, cancellationToken);

    /// <inheritdoc />
    public IMigrationHistory History(IDatabaseSession session) => new PostgresHistory(Own(session));

    /// <inheritdoc />
    public IStatementLedger Ledger(IDatabaseSession session) => new PostgresLedger(Own(session));

    /// <inheritdoc />
    public IOwnState State(IDatabaseSession session) => new PostgresOwnState(Own(session));

    /// <inheritdoc />
    public ValueTask<ImmutableArray<string>> TablesWithRowsAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken) =>
        PostgresRows.TablesAsync(Own(session), namespaces, cancellationToken);

    /// <inheritdoc />
    public IDatabaseIntrospector Introspector(IDatabaseSession session) => new PostgresIntrospector(Own(session));

    /// <inheritdoc />
    public IExpressionCanonicalizer Canonicalizer(IDatabaseSession session) => new PostgresCanonicalizer(Own(session));

    /// <inheritdoc />
    public async ValueTask<IAsyncDisposable> LockAsync(DatabaseAddress address, TimeSpan wait, CancellationToken cancellationToken) =>
        await PostgresLock.TakeAsync(address, wait, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask<IDatabaseSession> OpenShadowAsync(DatabaseAddress? address, DatabaseAddress? shadow, CancellationToken cancellationToken)
    {
        if (shadow is not null) return await PostgresShadow.OpenAsync(address, shadow, cancellationToken).ConfigureAwait(false);
        if (address is not null) return await PostgresShadow.CreateAsync(address, cancellationToken).ConfigureAwait(false);
        throw new PloyException(
            "P3014",
            "Migrations are replayed on a shadow database, and no PostgreSQL server is known to make one on.",
            "Give a database with `--url`, or a shadow database with `--shadow-database-url`.");
    }

    /// <inheritdoc />
    public ValueTask ResetAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken) =>
        PostgresReset.ResetAsync(Own(session), namespaces, cancellationToken);

    private static PostgresSession Own(IDatabaseSession session) =>
        session as PostgresSession ?? throw new ArgumentException("The session is not one of this connector.", nameof(session));
}
