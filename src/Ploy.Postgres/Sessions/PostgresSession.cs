using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Postgres.Scripts;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// One unpooled connection. Scripts are sent statement by statement, in batches: the driver has no simple query protocol, and so the
/// place of an error is known exactly. The rules of an implicit transaction are those of the simple protocol
/// (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT).
/// </summary>
internal sealed class PostgresSession : IDatabaseSession
{
    // Statements per round trip: enough to hide the network, few enough that neither side holds much.
    private const int BatchSize = 200;

    // How often another connection is tried for where the server has too little left, and after which wait.
    private const int Reopenings = 20;
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _source;
    private readonly Func<ValueTask>? _afterClose;
    private PostgresTransaction? _transaction;
    private TimeSpan _lockTimeout;

    private PostgresSession(NpgsqlDataSource source, NpgsqlConnection connection, DatabaseAddress address, Func<ValueTask>? afterClose)
    {
        _source = source;
        Connection = connection;
        Address = address;
        _afterClose = afterClose;
        Settings = SettingsOf(address);
    }

    /// <summary>Where it is connected to.</summary>
    public DatabaseAddress Address { get; }

    /// <summary>The open connection; for this project's own commands.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The default namespace.</summary>
    public string Namespace => Address.Namespace ?? "public";

    /// <summary>The server's version: 15.8 is (15, 8).</summary>
    public Version ServerVersion => Connection.PostgreSqlVersion;

    /// <summary>Opens a connection and sets it up.</summary>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="afterClose">Runs when the connection is closed; a shadow database is dropped there.</param>
    public static async ValueTask<PostgresSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken, Func<ValueTask>? afterClose = null)
    {
        var target = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        if (PostgresErrors.OfMissingFile(target, address.Location) is { } missing) throw missing;
        target.ApplicationName ??= address.Application ?? "ploy";
        var builder = new NpgsqlSlimDataSourceBuilder(target.ConnectionString);
        builder.EnableArrays().EnableTransportSecurity().ConfigureTypeLoading(loading => loading.EnableTypeLoading(false));
        NpgsqlDataSource? source = null;
        try
        {
            source = builder.Build();
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            var session = new PostgresSession(source, connection, address, afterClose);
            await session.SetUpFirstAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or ArgumentException or InvalidOperationException or NotSupportedException
            or System.Security.Cryptography.CryptographicException or UnauthorizedAccessException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (source is not null) await source.DisposeAsync().ConfigureAwait(false);
            throw PostgresErrors.OfOpen(target, address.Location, exception);
        }
        catch (PloyException)
        {
            if (source is not null) await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken) => StatementWatch.RunAsync(this, _lockTimeout, null, () => SendScriptAsync(sql, cancellationToken));

    private async ValueTask SendScriptAsync(string sql, CancellationToken cancellationToken)
    {
        var statements = PostgresScriptScanner.Split(sql);
        foreach (var statement in statements)
            if (statement.Problem is { } problem)
                throw new StatementException(problem, null, statement.Span.Start, new InvalidOperationException(problem));
        if (statements.Length == 1 || (_transaction is not null && statements.All(s => s.Control == TransactionControl.None)))
        {
            foreach (var part in statements.Chunk(BatchSize)) await SendAsync(sql, part, cancellationToken).ConfigureAwait(false);
            return;
        }

        await new ImplicitTransaction(this, sql, BatchSize).RunAsync(statements, _transaction is not null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<long?> QueryNumberAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, Connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false) || await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false))
                return null;
            return reader.GetFieldType(0) == typeof(int) ? reader.GetInt32(0) : reader.GetInt64(0);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
    }

    /// <summary>Runs queries that must find no row; the position of a refused one is of no use in the migration's script.</summary>
    internal async ValueTask VerifyAsync(VerificationScript script, CancellationToken cancellationToken)
    {
        for (var i = 0; i < script.Statements.Length; i++)
        {
            try
            {
                await using var command = new NpgsqlCommand(script.Statements[i].TextIn(script.Source.Text), Connection) { AllResultTypesAreUnknown = true };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    throw new VerificationException(i, string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(c => reader.IsDBNull(c) ? "NULL" : reader.GetString(c))));
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
            {
                throw PostgresErrors.OfStatement(exception, "", null);
            }
        }
    }

    /// <summary>The first column of all rows as text.</summary>
    internal async ValueTask<List<string>> QueryTextsAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, Connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var texts = new List<string>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) texts.Add(reader.GetString(0));
            return texts;
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
    }

    /// <inheritdoc />
    public async ValueTask<ISessionTransaction> BeginAsync(TransactionPurpose purpose, CancellationToken cancellationToken)
    {
        if (_transaction is not null) throw new InvalidOperationException("The session is in a transaction already.");
        if (purpose == TransactionPurpose.Script) await SetUpAsync(cancellationToken).ConfigureAwait(false);
        _transaction = await PostgresTransaction.BeginAsync(this, cancellationToken).ConfigureAwait(false);
        return _transaction;
    }

    /// <inheritdoc />
    public ValueTask LimitAsync(TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken)
    {
        _lockTimeout = lockTimeout;
        var scope = IsInTransaction ? "LOCAL" : "SESSION";
        return RunAsync(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"SET {scope} lock_timeout = {(long)lockTimeout.TotalMilliseconds}; SET {scope} statement_timeout = {(long)statementTimeout.TotalMilliseconds}"),
            cancellationToken);
    }

    /// <summary>Whether a transaction of <see cref="BeginAsync"/> is open.</summary>
    internal bool IsInTransaction => _transaction is not null;

    /// <summary>The transaction is over, whichever way.</summary>
    internal void TransactionEnded() => _transaction = null;

    /// <summary>Runs our own text that holds no user input, in one round trip; statements are separated by semicolons.</summary>
    internal async ValueTask RunAsync(string sql, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Message("postgresql", "ploy");
        try
        {
            await using var command = new NpgsqlCommand(sql, Connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
    }

    /// <summary>
    /// Makes a namespace where it is missing. Asked for first: <c>CREATE SCHEMA IF NOT EXISTS</c> wants the right to make one in the database, even
    /// where it is there.
    /// </summary>
    internal async ValueTask EnsureNamespaceAsync(string name, CancellationToken cancellationToken)
    {
        var quoted = PostgresNames.Quote(name);
        if (await QueryNumberAsync($"SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = {PostgresNames.Literal(name)}", cancellationToken).ConfigureAwait(false) > 0) return;
        try
        {
            await RunAsync($"CREATE SCHEMA IF NOT EXISTS {quoted}", cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception) when (!IsInTransaction && exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateSchema)
        {
            // IF NOT EXISTS does not protect against another session that makes it at this moment.
        }
        catch (StatementException exception) when (exception.Fault == StatementFault.Permission)
        {
            throw new StatementException(
                $"{exception.Message} to make the namespace {quoted} in; `CREATE SCHEMA {quoted} AUTHORIZATION role`, run by an administrator once, does without that right",
                exception.SqlState, null, exception)
            {
                Fault = StatementFault.Permission,
            };
        }
    }

    /// <summary>Sends statements of a script in one round trip.</summary>
    internal async ValueTask SendAsync(string script, IReadOnlyList<ScriptStatement> statements, CancellationToken cancellationToken, ScriptTag? tag = null)
    {
        await using var batch = new NpgsqlBatch(Connection);
        for (var i = 0; i < statements.Count; i++) batch.BatchCommands.Add(new NpgsqlBatchCommand(statements[i].TextIn(script, StatementTag.Before(tag, i))));
        using var span = Telemetry.Message("postgresql", string.Join(' ', statements[0].Words.Take(3)), statements.Count);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            var failed = (exception as NpgsqlException)?.BatchCommand is NpgsqlBatchCommand command ? batch.BatchCommands.IndexOf(command) : 0;
            if (Connection.State != System.Data.ConnectionState.Open && !IsInTransaction) await RollBackAsync(exception).ConfigureAwait(false);
            var index = Math.Max(failed, 0);
            throw PostgresErrors.OfStatement(exception, batch.BatchCommands[index].CommandText, statements[index].Span.Start, StatementTag.Before(tag, index).Length);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Connection.DisposeAsync().ConfigureAwait(false);
            await _source.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (_afterClose is not null) await _afterClose().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends what a failure has left open. A broken connection has rolled back by itself; where the server lives on, another takes its place: the
    /// driver gives a connection up on errors of the classes 53 (disk full, no locks left), 58 and XX, though the server does not.
    /// </summary>
    /// <param name="failure">What the driver threw.</param>
    internal async ValueTask RollBackAsync(Exception? failure = null)
    {
        try
        {
            if (Connection.State == System.Data.ConnectionState.Open)
            {
                await RunAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
                return;
            }

            if (PostgresErrors.Find<PostgresException>(failure) is not { } server || server.SqlState.StartsWith("57", StringComparison.Ordinal)) return;
            for (var left = Reopenings; !await TryReopenAsync(isLast: left == 0).ConfigureAwait(false); left--)
                await Task.Delay(ReopenAfter).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StatementException or Core.Diagnostics.PloyException or InvalidOperationException or ObjectDisposedException or NpgsqlException)
        {
            // The first failure is the one to tell.
        }
    }

    // The process behind the old connection may still hold what there was too little of.
    private async ValueTask<bool> TryReopenAsync(bool isLast)
    {
        try
        {
            await Connection.CloseAsync().ConfigureAwait(false);
            await Connection.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await SetUpAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!isLast && PostgresErrors.Find<PostgresException>(exception) is { } again && again.SqlState.StartsWith("53", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>
    /// The session's own settings as calls of <c>set_config</c>, which one SELECT takes. Row
    /// security is off: a role that policies filter gets an error, never a smaller count. Time limits of the role would kill a migration half-way;
    /// those that the URL's <c>options</c> name stay.
    /// </summary>
    internal string Settings { get; }

    /// <summary>The two limits, in the same way.</summary>
    internal static string Limits(TimeSpan lockTimeout, TimeSpan statementTimeout) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"set_config('lock_timeout', '{(long)lockTimeout.TotalMilliseconds}', true), set_config('statement_timeout', '{(long)statementTimeout.TotalMilliseconds}', true)");

    private static string SettingsOf(DatabaseAddress address)
    {
        var options = new NpgsqlConnectionStringBuilder(address.ConnectionString).Options ?? "";
        List<(string Name, string Value)> settings =
        [
            ("search_path", PostgresNames.Quote(address.Namespace ?? "public")), ("row_security", "off"), ("standard_conforming_strings", "on"), ("client_min_messages", "warning"),
        ];
        foreach (var name in (ReadOnlySpan<string>)["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
            if (!options.Contains(name, StringComparison.OrdinalIgnoreCase))
                settings.Add((name, "0"));
        return string.Join(", ", settings.Select(s => $"set_config('{s.Name}', {PostgresNames.Literal(s.Value)}{ForSession}"));
    }

    private const string ForSession = ", false)";

    // Where the server's process is another than we were told of, a pooler stands between, and until it is known what kind of one nothing is set: one round trip
    // where there is none.
    private async ValueTask SetUpFirstAsync(CancellationToken cancellationToken)
    {
        var told = Connection.ProcessID;
        var settings = Settings.Replace(ForSession, string.Create(System.Globalization.CultureInfo.InvariantCulture, $", pg_backend_pid() <> {told})"), StringComparison.Ordinal);
        if (await QueryNumberAsync($"SELECT pg_backend_pid(), {settings}", cancellationToken).ConfigureAwait(false) == told) return;
        await PoolerCheck.RequireOwnSessionAsync(_source, Connection, Address, cancellationToken).ConfigureAwait(false);
        await SetUpAsync(cancellationToken).ConfigureAwait(false);
    }

    private ValueTask SetUpAsync(CancellationToken cancellationToken) => RunAsync("SELECT " + Settings, cancellationToken);
}
