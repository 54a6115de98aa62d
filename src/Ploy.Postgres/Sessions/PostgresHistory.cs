using System.Collections.Immutable;
using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// The table <c>_prisma_migrations</c> in the session's namespace, as the engine makes it. The namespace is named in every statement: a
/// script may have changed the search path.
/// </summary>
internal sealed class PostgresHistory(PostgresSession session) : IMigrationHistory
{
    /// <summary>The columns as the engine makes them.</summary>
    public const string Columns =
        """
        id                      VARCHAR(36) PRIMARY KEY NOT NULL,
        checksum                VARCHAR(64) NOT NULL,
        finished_at             TIMESTAMPTZ,
        migration_name          VARCHAR(255) NOT NULL,
        logs                    TEXT,
        rolled_back_at          TIMESTAMPTZ,
        started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
        applied_steps_count     INTEGER NOT NULL DEFAULT 0
        """;

    private readonly string _table = PostgresNames.Quote(session.Namespace, "_prisma_migrations");

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<MigrationAttempt>?> ReadAsync(CancellationToken cancellationToken)
    {
        // Asked first, since a failed statement would end the transaction that this may run in; 42P01 may still come from a race.
        if (await session.QueryNumberAsync($"SELECT (to_regclass({PostgresNames.Literal(_table)}) IS NOT NULL)::int", cancellationToken).ConfigureAwait(false) == 0) return null;
        try
        {
            return await ReadRowsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        await session.EnsureNamespaceAsync(session.Namespace, cancellationToken).ConfigureAwait(false);
        try
        {
            await session.RunAsync(
                $"""
                 CREATE TABLE IF NOT EXISTS {_table} (
                 {Columns}
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
    public ValueTask InsertAsync(MigrationAttempt attempt, CancellationToken cancellationToken) => WriteAsync(
        $"""
         INSERT INTO {_table} (id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         """,
        attempt,
        cancellationToken);

    /// <inheritdoc />
    public ValueTask UpdateAsync(MigrationAttempt attempt, CancellationToken cancellationToken) => WriteAsync(
        $"""
         UPDATE {_table} SET checksum = $2, finished_at = $3, migration_name = $4, logs = $5, rolled_back_at = $6, started_at = $7,
             applied_steps_count = $8
         WHERE id = $1
         """,
        attempt,
        cancellationToken);

    /// <summary>
    /// Adds a row at the end of its script's transaction: it is finished after as long as that has taken by the server's clock, which may differ
    /// from ours.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="isWhole">SQL that is 1, or else fails where the transaction is another than the one that the script began in.</param>
    public NpgsqlBatchCommand InsertFinished(MigrationAttempt attempt, string isWhole)
    {
        var command = new NpgsqlBatchCommand(
            $"""
             INSERT INTO {_table} (id, checksum, migration_name, logs, rolled_back_at, started_at, applied_steps_count, finished_at)
             VALUES ($1, $2, $4, $5, $6, $7, $8 * ({isWhole}), coalesce($3, $7 + (clock_timestamp() - now())))
             """);
        Fill(command.Parameters, attempt with { AppliedStepsCount = 1 });
        return command;
    }

    private async ValueTask<ImmutableArray<MigrationAttempt>?> ReadRowsAsync(CancellationToken cancellationToken)
    {
        var sql = $"SELECT id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count FROM {_table} ORDER BY started_at, id";
        try
        {
            await using var command = new NpgsqlCommand(sql, session.Connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var rows = ImmutableArray.CreateBuilder<MigrationAttempt>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) rows.Add(ReadRow(reader));
            return rows.ToImmutable();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
    }

    private static MigrationAttempt ReadRow(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Checksum = reader.GetString(1),
        FinishedAt = TimeOf(reader, 2),
        MigrationName = reader.GetString(3),
        Logs = reader.IsDBNull(4) ? null : reader.GetString(4),
        RolledBackAt = TimeOf(reader, 5),
        StartedAt = TimeOf(reader, 6)!.Value, // NOT NULL in the table
        AppliedStepsCount = reader.GetInt32(7),
    };

    private static DateTimeOffset? TimeOf(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    private async ValueTask WriteAsync(string sql, MigrationAttempt attempt, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Message("postgresql", "history");
        try
        {
            await using var command = new NpgsqlCommand(sql, session.Connection);
            Fill(command.Parameters, attempt);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
    }

    private static void Fill(NpgsqlParameterCollection parameters, MigrationAttempt attempt)
    {
        Add(parameters, attempt.Id);
        Add(parameters, attempt.Checksum);
        Add(parameters, attempt.FinishedAt);
        Add(parameters, attempt.MigrationName);
        Add(parameters, attempt.Logs);
        Add(parameters, attempt.RolledBackAt);
        Add(parameters, attempt.StartedAt);
        parameters.Add(new NpgsqlParameter<int> { TypedValue = attempt.AppliedStepsCount });
    }

    private static void Add(NpgsqlParameterCollection parameters, string? value) => parameters.Add(
        new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value });

    private static void Add(NpgsqlParameterCollection parameters, DateTimeOffset? value) => parameters.Add(
        new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz, Value = (object?)value?.ToUniversalTime() ?? DBNull.Value });
}
