using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Postgres.Backups;
using Ploy.Postgres.Introspection;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres;

/// <summary>PostgreSQL 13 to 18 by Npgsql.</summary>
internal sealed class PostgresConnector : IDatabaseConnector
{
    private const string Fingerprint =
        """
        SELECT concat_ws('; ', version(), current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('TimeZone'),
            current_setting('extra_float_digits'), current_setting('bytea_output'), current_setting('quote_all_identifiers'),
            current_setting('default_tablespace'), current_setting('default_table_access_method'), current_setting('default_toast_compression', true))
        UNION ALL
        (SELECT concat_ws(' ', name, default_version) FROM pg_catalog.pg_available_extensions ORDER BY name)
        """;

    /// <inheritdoc />
    public DatabaseAddress Parse(string connection, string baseDirectory) => PostgresAddressParser.Parse(connection, baseDirectory);

    /// <inheritdoc />
    public async ValueTask<IDatabaseSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        await PostgresSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public ValueTask<bool> EnsureDatabaseAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        PostgresDatabases.EnsureAsync(address, cancellationToken);

    /// <inheritdoc />
    public ValueTask RunAsync(IDatabaseSession session, ImmutableArray<WholeScript> scripts, CancellationToken cancellationToken, Action<StatementProgress>? progress = null) =>
        new PostgresScriptRun(Own(session), scripts, progress).RunAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask RunAloneAsync(IDatabaseSession session, WholeScript script, CancellationToken cancellationToken, Action<StatementProgress>? progress = null)
    {
        var own = Own(session);
        await own.LimitAsync(script.LockTimeout, script.StatementTimeout, cancellationToken).ConfigureAwait(false);
        // Whoever waits for this call knows its end better than one who looks now and then.
        Action<StatementProgress>? work = progress is null ? null : seen => { if (!seen.IsFinished) progress(seen); };
        await StatementWatch.RunAsync(own, script.LockTimeout, work, () => own.SendAsync(script.Text, script.Statements, cancellationToken, script.Tag)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask VerifyAsync(IDatabaseSession session, VerificationScript script, CancellationToken cancellationToken) => Own(session).VerifyAsync(script, cancellationToken);

    /// <inheritdoc />
    public ValueTask<long?> LockCapacityAsync(IDatabaseSession session, CancellationToken cancellationToken) => Own(session).QueryNumberAsync(
        "SELECT current_setting('max_locks_per_transaction')::bigint * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint)",
        cancellationToken);

    /// <inheritdoc />
    public IMigrationHistory History(IDatabaseSession session) => new PostgresHistory(Own(session));

    /// <inheritdoc />
    public IStatementLedger Ledger(IDatabaseSession session) => new PostgresLedger(Own(session));

    /// <inheritdoc />
    public IOwnState State(IDatabaseSession session) => new PostgresOwnState(Own(session));

    /// <inheritdoc />
    public async ValueTask<bool> MayHoldTablesAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        // What initdb makes has smaller numbers: https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT
        await Own(session).QueryNumberAsync("SELECT count(*) FROM pg_catalog.pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'f')", cancellationToken).ConfigureAwait(false) > 0;

    /// <inheritdoc />
    public ValueTask<ImmutableArray<string>> TablesWithRowsAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken) =>
        PostgresRows.TablesAsync(Own(session), namespaces, cancellationToken);

    /// <inheritdoc />
    public ValueTask<ImmutableArray<Dependant>> DependantsAsync(IDatabaseSession session, ImmutableArray<ObjectUse> uses, CancellationToken cancellationToken) =>
        DependantQuery.ReadAsync(Own(session), uses, cancellationToken);

    /// <inheritdoc />
    public IDatabaseIntrospector Introspector(IDatabaseSession session) => new PostgresIntrospector(Own(session));

    /// <inheritdoc />
    public IExpressionCanonicalizer Canonicalizer(IDatabaseSession session) => new PostgresCanonicalizer(Own(session));

    /// <inheritdoc />
    public async ValueTask<IAsyncDisposable> LockAsync(DatabaseAddress address, TimeSpan wait, CancellationToken cancellationToken, Action<string>? waiting = null) =>
        await PostgresLock.TakeAsync(address, wait, waiting, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask<IDatabaseSession> OpenShadowAsync(DatabaseAddress? address, DatabaseAddress? shadow, CancellationToken cancellationToken)
    {
        if (shadow is not null) return await PostgresShadow.OpenAsync(address, shadow, cancellationToken).ConfigureAwait(false);
        if (address is not null) return await PostgresShadow.CreateAsync(address, major => LocalServer.TryOpenAsync(address, major, cancellationToken), cancellationToken).ConfigureAwait(false);
        throw new PloyException(
            "P3014",
            "Migrations are replayed on a shadow database, and no PostgreSQL server is known to make one on.",
            "Give a database with `--url`, or a shadow database with `--shadow-database-url`.");
    }

    /// <inheritdoc />
    public async ValueTask<string> FingerprintAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        string.Join('\n', await Own(session).QueryTextsAsync(Fingerprint, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc />
    public ValueTask ObeyPoliciesAsync(IDatabaseSession session, CancellationToken cancellationToken) => Own(session).RunAsync("SET row_security = on", cancellationToken);

    /// <inheritdoc />
    public IDatabaseBackups Backups { get; } = new PostgresBackups();

    /// <inheritdoc />
    public ValueTask ResetAsync(IDatabaseSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken) =>
        PostgresReset.ResetAsync(Own(session), namespaces, cancellationToken);

    internal static PostgresSession Own(IDatabaseSession session) =>
        session as PostgresSession ?? throw new ArgumentException("The session is not one of this connector.", nameof(session));
}
