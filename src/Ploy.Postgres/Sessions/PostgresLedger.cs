using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>The table <c>_ploy.ledger</c>: in a namespace of our own, which Prisma's tools do not look into. One for a database.</summary>
internal sealed class PostgresLedger(PostgresSession session) : IStatementLedger
{
    private const string Table = "\"_ploy\".\"ledger\"";

    /// <inheritdoc />
    public async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        await session.EnsureNamespaceAsync("_ploy", cancellationToken).ConfigureAwait(false);
        try
        {
            await session.RunAsync(
                $"""
                 CREATE TABLE IF NOT EXISTS {Table} (
                     attempt   text    NOT NULL,
                     statement integer NOT NULL,
                     hash      text    NOT NULL,
                     began_at  timestamptz NOT NULL DEFAULT now(),
                     ended_at  timestamptz,
                     PRIMARY KEY (attempt, statement)
                 )
                 """,
                cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable
            or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.DuplicateSchema)
        {
            // IF NOT EXISTS does not protect against another session that makes it at this moment.
        }
    }

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<LedgerEntry>> ReadAsync(string attempt, CancellationToken cancellationToken)
    {
        if (await session.QueryNumberAsync($"SELECT (to_regclass({PostgresNames.Literal(Table)}) IS NOT NULL)::int", cancellationToken).ConfigureAwait(false) == 0) return [];
        const string Sql = $"SELECT statement, hash, ended_at IS NOT NULL FROM {Table} WHERE attempt = $1 ORDER BY statement";
        try
        {
            await using var command = new NpgsqlCommand(Sql, session.Connection);
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = attempt });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                entries.Add(new LedgerEntry(attempt, reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2)));
            return entries.ToImmutable();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, Sql, null);
        }
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        const string Sql =
            $"""
             INSERT INTO {Table} AS l (attempt, statement, hash, ended_at)
             VALUES ($1, $2, $3, CASE WHEN $4 THEN clock_timestamp() END)
             ON CONFLICT (attempt, statement) DO UPDATE SET hash = $3, ended_at = CASE WHEN $4 THEN coalesce(l.ended_at, clock_timestamp()) END
             """;
        using var span = Telemetry.Message("postgresql", "ledger");
        try
        {
            await using var command = new NpgsqlCommand(Sql, session.Connection);
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = entry.Attempt });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.Index });
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = entry.Hash });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = entry.IsFinished });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, Sql, null);
        }
    }

    /// <inheritdoc />
    public async ValueTask RemoveAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        const string Sql = $"DELETE FROM {Table} WHERE attempt = $1 AND statement = $2";
        try
        {
            await using var command = new NpgsqlCommand(Sql, session.Connection);
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = entry.Attempt });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.Index });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, Sql, null);
        }
    }

    /// <summary>Writes entries of one attempt in one statement.</summary>
    public static NpgsqlBatchCommand Write(ImmutableArray<LedgerEntry> entries)
    {
        var command = new NpgsqlBatchCommand(
            $"""
             INSERT INTO {Table} AS l (attempt, statement, hash, ended_at)
             SELECT $1, e.statement, e.hash, CASE WHEN e.ended THEN clock_timestamp() END FROM unnest($2::integer[], $3::text[], $4::boolean[]) AS e (statement, hash, ended)
             ON CONFLICT (attempt, statement) DO UPDATE SET hash = excluded.hash, ended_at = coalesce(l.ended_at, excluded.ended_at)
             """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entries[0].Attempt });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. entries.Select(e => e.Index)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. entries.Select(e => e.Hash)] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. entries.Select(e => e.IsFinished)] });
        return command;
    }

    /// <inheritdoc />
    public ValueTask<InterruptedState> RecoverAsync(string statement, CancellationToken cancellationToken) =>
        new InterruptedStatement(session).RecoverAsync(statement, cancellationToken);
}
