using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;
using Ploy.Sqlite.Scripts;
using SQLitePCL;

namespace Ploy.Sqlite.Sessions;

/// <summary>
/// One unpooled connection. Scripts are run statement by statement, so that the place of an error is known; the library itself works
/// synchronously, and cancelling interrupts it.
/// </summary>
internal sealed class SqliteSession : IDatabaseSession
{
    private SqliteTransaction? _transaction;

    private SqliteSession(SqliteConnection connection, DatabaseAddress address) => (Connection, Address) = (connection, address);

    /// <summary>Where it is connected to.</summary>
    public DatabaseAddress Address { get; }

    /// <summary>The open connection; for this project's own commands.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>The library's handle.</summary>
    internal sqlite3 Handle => Connection.Handle!; // null only before it is opened

    /// <summary>Opens a connection and sets it up; a file that is missing is made only where the address says so.</summary>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="patience">How long to wait for other processes; null for what the address says.</param>
    public static async ValueTask<SqliteSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        if (Directory.Exists(address.FilePath)) throw new PloyException("P1003", $"`{address.Location}` is a folder, not a database file.", "Name a file in it.");
        // Never opened where it is missing: the library tries to read where it may not write, and where another run makes the file between the two tries,
        // it would be open for reading alone.
        if (address.FilePath is { } path && !File.Exists(path) && new SqliteConnectionStringBuilder(address.ConnectionString).Mode != SqliteOpenMode.ReadWriteCreate) throw SqliteErrors.Missing(address);
        var connection = new SqliteConnection(address.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var session = new SqliteSession(connection, address);
            _ = raw.sqlite3_busy_timeout(session.Handle, (int)(patience ?? TimeSpan.FromSeconds(connection.DefaultTimeout)).TotalMilliseconds);

            // The library opens files lazily: this reads the first page. What runs long is our own affair, so foreign keys hold whatever the default.
            session.RunText("PRAGMA foreign_keys=ON; PRAGMA schema_version", cancellationToken);
            return session;
        }
        catch (SqliteException exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw SqliteErrors.OfOpen(address, exception);
        }
        catch (InvalidOperationException exception)
        {
            // Encryption asked of a library that has none.
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new PloyException("P1013", $"The database connection string cannot be used: {exception.Message.TrimEnd('.')}.", null, exception);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        var statements = SqliteScriptScanner.Split(sql);
        foreach (var statement in statements)
            if (statement.Problem is { } problem)
                throw new StatementException(problem, null, statement.Span.Start, new InvalidOperationException(problem));

        if (_transaction is { } outer)
        {
            await RunTogetherAsync(sql, statements, outer.IsForScript, cancellationToken).ConfigureAwait(false);
            if (statements.Any(s => s.Control is TransactionControl.Commit or TransactionControl.Rollback)) outer.EndedInside();
        }
        else if (statements.Length < 2 || statements.Any(s => s.Control != TransactionControl.None || s.Transaction == TransactionUse.Forbidden))
        {
            RunApart(sql, statements, cancellationToken);
        }
        else
        {
            // Inside a transaction PRAGMA foreign_keys does nothing, and dropping a table would delete the rows that refer to it.
            var purpose = statements.Any(IsForeignKeysPragma) ? TransactionPurpose.Script : TransactionPurpose.Rows;
            await using var transaction = await BeginAsync(purpose, cancellationToken).ConfigureAwait(false);
            await RunTogetherAsync(sql, statements, purpose == TransactionPurpose.Script, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs queries that must find no row; the position of a refused one is of no use in the migration's script.</summary>
    internal async ValueTask VerifyAsync(VerificationScript script, CancellationToken cancellationToken)
    {
        for (var i = 0; i < script.Statements.Length; i++)
        {
            try
            {
                await using var command = NewCommand(script.Statements[i].TextIn(script.Source.Text));
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    throw new VerificationException(i, string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(c => reader.IsDBNull(c) ? "NULL" : reader.GetString(c))));
            }
            catch (SqliteException exception)
            {
                throw SqliteErrors.OfStatement(Address, exception, null);
            }
        }
    }

    /// <summary>Runs a script with its history row in one transaction.</summary>
    internal async ValueTask RunAsync(WholeScript script, Action<StatementProgress>? progress, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginForAsync(script, cancellationToken).ConfigureAwait(false);
        await LimitAsync(script.LockTimeout, script.StatementTimeout, cancellationToken).ConfigureAwait(false);
        await RunTogetherAsync(script.Text, script.Statements, isScript: true, cancellationToken, script.Attempt is not null, script.Tag is { } tag && progress is not null ? (i, elapsed) => progress(new StatementProgress(tag.Migration, tag.First + i, tag.Total, elapsed, IsFinished: true)) : null).ConfigureAwait(false);
        if (script.Verification is { } verification) await VerifyAsync(verification, cancellationToken).ConfigureAwait(false);
        if (script.Attempt is { } attempt)
            await new SqliteHistory(this).InsertAsync(attempt with { FinishedAt = attempt.FinishedAt ?? TimeProvider.System.GetUtcNow(), AppliedStepsCount = 1 }, cancellationToken).ConfigureAwait(false);
        try
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code == "PLOY2310" && script.Tag is not null)
        {
            throw SqliteTransaction.EndedInside(script.Tag);
        }
    }

    /// <inheritdoc />
    public async ValueTask<long?> QueryNumberAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = NewCommand(sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && !await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false)
                ? reader.GetInt64(0)
                : null;
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(Address, exception, null);
        }
    }

    /// <inheritdoc />
    public async ValueTask<ISessionTransaction> BeginAsync(TransactionPurpose purpose, CancellationToken cancellationToken)
    {
        if (_transaction is not null) throw new InvalidOperationException("The session is in a transaction already.");
        _transaction = await SqliteTransaction.BeginAsync(this, purpose, cancellationToken).ConfigureAwait(false);
        return _transaction;
    }

    private async ValueTask<ISessionTransaction> BeginForAsync(WholeScript script, CancellationToken cancellationToken)
    {
        // Rows that are only added need no key to act, and may come before those that they refer to.
        var changesRows = script.Statements.Any(s => s.Words is ["DELETE" or "UPDATE" or "REPLACE", ..] or ["INSERT", "OR", "REPLACE", ..]);
        if (!changesRows || script.Statements.Any(s => RebuildGuard.NeedsForeignKeysOff(script.Text, s))) return await BeginAsync(TransactionPurpose.Script, cancellationToken).ConfigureAwait(false);
        if (_transaction is not null) throw new InvalidOperationException("The session is in a transaction already.");
        _transaction = await SqliteTransaction.BeginForRowsOfScriptAsync(this, cancellationToken).ConfigureAwait(false);
        return _transaction;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    /// <summary>Only waiting is limited: the library has no limit on how long a statement runs.</summary>
    public ValueTask LimitAsync(TimeSpan lockTimeout, TimeSpan statementTimeout, CancellationToken cancellationToken)
    {
        if (lockTimeout > TimeSpan.Zero) _ = raw.sqlite3_busy_timeout(Handle, (int)lockTimeout.TotalMilliseconds);
        return default;
    }

    /// <summary>Whether a transaction is open, whoever began it.</summary>
    internal bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>The transaction of <see cref="BeginAsync"/> is over, whichever way.</summary>
    internal void TransactionEnded() => _transaction = null;

    /// <summary>A command on the connection.</summary>
    internal SqliteCommand NewCommand(string sql) => new(sql, Connection);

    /// <summary>Runs our own text that holds no user input; statements are separated by semicolons.</summary>
    internal void Run(string sql, CancellationToken cancellationToken)
    {
        try
        {
            RunText(sql, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(Address, exception, null);
        }
    }

    private static bool IsForeignKeysPragma(ScriptStatement statement) =>
        statement.Words.Count > 1 && statement.Words[0] == "PRAGMA" && statement.Words[1] == "FOREIGN_KEYS";

    // In the open transaction.
    private async ValueTask RunTogetherAsync(string sql, ImmutableArray<ScriptStatement> statements, bool isScript, CancellationToken cancellationToken, bool isMigration = false, Action<int, TimeSpan>? finished = null)
    {
        var guard = isScript ? RebuildGuard.Of(sql, statements, isMigration) : null;
        for (var i = 0; i < statements.Length; i++)
        {
            if (guard is not null) await guard.BeforeAsync(this, statements[i], cancellationToken).ConfigureAwait(false);
            var start = TimeProvider.System.GetTimestamp();
            Send(sql, statements[i], cancellationToken);
            finished?.Invoke(i, TimeProvider.System.GetElapsedTime(start));
        }

        if (guard is not null) await guard.EndAsync(this, cancellationToken).ConfigureAwait(false);
    }

    // One by one, as the library's own shell does. What a failure leaves open is rolled back: nobody would know of it.
    private void RunApart(string sql, IEnumerable<ScriptStatement> statements, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var statement in statements) Send(sql, statement, cancellationToken);
        }
        catch when (IsInTransaction)
        {
            RunText("ROLLBACK", CancellationToken.None);
            throw;
        }
    }

    private void Send(string sql, ScriptStatement statement, CancellationToken cancellationToken)
    {
        try
        {
            RunText(statement.TextIn(sql), cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(Address, exception, statement.Span.Start);
        }
    }

    // Past the driver, which refuses `?` and `:name` without values; SQLite takes them as null.
    private void RunText(string sql, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var handle = Handle;
        using var span = Telemetry.Message("sqlite", "statement");
        using var registration = cancellationToken.CanBeCanceled ? cancellationToken.Register(() => raw.sqlite3_interrupt(handle)) : default;
        var code = raw.sqlite3_exec(handle, sql);
        if (code == raw.SQLITE_OK) return;
        cancellationToken.ThrowIfCancellationRequested();
        throw SqliteErrors.Of(handle, code);
    }
}
