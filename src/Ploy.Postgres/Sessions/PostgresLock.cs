using System.Globalization;
using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// The migration lock: a session-level advisory lock with the key of the engine, so that both exclude each other. It is polled for: a
/// blocked <c>pg_advisory_lock</c> call holds a snapshot that <c>CREATE INDEX CONCURRENTLY</c> of the holder waits for, which is a deadlock.
/// </summary>
internal sealed class PostgresLock : IAsyncDisposable
{
    private const string TryLock = "SELECT pg_try_advisory_lock(72707369)::int";

    // A 64-bit key: the high half is classid, the low half objid, objsubid is 1.
    private const string Holder =
        """
        SELECT l.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.client_addr::text, 'local'),
               coalesce(extract(epoch FROM now() - a.backend_start)::bigint, 0), coalesce(left(regexp_replace(a.query, '\s+', ' ', 'g'), 100), '')
        FROM pg_catalog.pg_locks l
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = 72707369 AND l.objsubid = 1 AND l.granted
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        """;

    // How long to wait before saying so, and between looks at who it is.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly PostgresSession _session;

    private PostgresLock(PostgresSession session) => _session = session;

    /// <summary>Waits for the lock by polling every 100 to 400 ms on a connection of its own.</summary>
    /// <param name="address">The database.</param>
    /// <param name="wait">Longest wait in all; zero or less means one try.</param>
    /// <param name="waiting">Hears who holds it, whenever it is another; null for nobody.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">P1002, with the holder; PLOY2313 where a pooler stands between; PLOY2315 where the database takes no writes.</exception>
    public static async ValueTask<PostgresLock> TakeAsync(DatabaseAddress address, TimeSpan wait, Action<string>? waiting, CancellationToken cancellationToken)
    {
        var own = address with { Application = $"{address.Application ?? "ploy"} (lock)" };
        var session = await PostgresSession.OpenAsync(own, cancellationToken).ConfigureAwait(false);
        try
        {
            await RequireWritableAsync(session, cancellationToken).ConfigureAwait(false);
            var time = TimeProvider.System;
            var start = time.GetTimestamp();
            var pause = JitterOf(session.Connection.ProcessID);
            var (told, last) = ("", start);
            while (await session.QueryNumberAsync(TryLock, cancellationToken).ConfigureAwait(false) != 1)
            {
                if (time.GetElapsedTime(start) >= wait)
                {
                    var (who, detail) = await HolderAsync(session, cancellationToken).ConfigureAwait(false);
                    throw new PloyException("P1002", $"{Head(address, wait)}{(who.Length == 0 ? "; it has gone at this moment." : $": {who}{detail}.")}", "Wait until it is done, or end it, then run the command again.");
                }

                // Most are done before anybody would read it.
                if (waiting is not null && time.GetElapsedTime(last) >= Patience)
                {
                    last = time.GetTimestamp();
                    var (who, detail) = await HolderAsync(session, cancellationToken).ConfigureAwait(false);
                    if (who.Length > 0 && who != told) waiting(who + detail);
                    if (who.Length > 0) told = who;
                }

                await Task.Delay(pause(), time, cancellationToken).ConfigureAwait(false);
            }

            return new PostgresLock(session);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the connection, with which the lock goes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // Behind a connection pooler the server's session may live on.
            await _session.RunAsync("SELECT pg_advisory_unlock(72707369)", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StatementException or PloyException or InvalidOperationException)
        {
            // Broken: the server has released it.
        }

        await _session.DisposeAsync().ConfigureAwait(false);
    }

    // Who takes the lock is about to write. The setting is a default that a session could change; who sets it for a database means it.
    private static async ValueTask RequireWritableAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 2 WHEN current_setting('transaction_read_only') = 'on' THEN 1 ELSE 0 END";
        var state = await session.QueryNumberAsync(Sql, cancellationToken).ConfigureAwait(false);
        if (state == 0) return;
        var place = $"The database `{session.Address.Database}` at `{session.Address.Location}`";
        throw state == 2
            ? new PloyException("PLOY2315", $"{place} is a standby, which takes no writes.", "Connect to the primary server.")
            : new PloyException(
                "PLOY2315", $"{place} takes no writes: `default_transaction_read_only` is on for it, for the role or for the server.",
                "Switch it off once writes may be; for this connection alone, add `options=-c%20default_transaction_read_only=off` to its URL.");
    }

    // Waiters that began together drift apart; the seed is the backend's number, which no other has.
    private static Func<TimeSpan> JitterOf(int seed)
    {
        var random = new Random(seed);
        return () => TimeSpan.FromMilliseconds(random.Next(100, 400));
    }

    private static string Head(DatabaseAddress address, TimeSpan wait)
    {
        var head = $"Another run holds the migration lock (advisory lock 72707369) of the database `{address.Database}` at `{address.Location}`";
        return wait > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{head} and did not release it within {wait.TotalSeconds:0.#} s") : head;
    }

    // Who it is, and what else is known of it; empty where nobody holds it any more.
    private static async ValueTask<(string Who, string Detail)> HolderAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Holder, session.Connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) return ("", "");
        var query = reader.GetString(5);
        return (
            string.Create(CultureInfo.InvariantCulture, $"process {reader.GetInt32(0)} of the server, application `{reader.GetString(1)}`, user `{reader.GetString(2)}` from {reader.GetString(3)}"),
            string.Create(CultureInfo.InvariantCulture, $", connected for {reader.GetInt64(4)} s{(query.Length == 0 ? "" : $", last statement `{query}`")}"));
    }
}
