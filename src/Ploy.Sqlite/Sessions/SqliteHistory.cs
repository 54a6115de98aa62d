using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>The table <c>_prisma_migrations</c>, as the engine makes it. Times are milliseconds since 1970, as the engine writes them.</summary>
internal sealed class SqliteHistory(SqliteSession session) : IMigrationHistory
{
    /// <summary>Makes the table.</summary>
    public const string Create =
        """
        CREATE TABLE "_prisma_migrations" (
            "id"                    TEXT PRIMARY KEY NOT NULL,
            "checksum"              TEXT NOT NULL,
            "finished_at"           DATETIME,
            "migration_name"        TEXT NOT NULL,
            "logs"                  TEXT,
            "rolled_back_at"        DATETIME,
            "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
            "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
        )
        """;

    private const string Read =
        "SELECT id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count FROM main.\"_prisma_migrations\"";

    private const string Insert =
        """
        INSERT INTO main."_prisma_migrations" (id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count)
        VALUES (@id, @checksum, @finished, @name, @logs, @rolledBack, @started, @steps)
        """;

    private const string Update =
        """
        UPDATE main."_prisma_migrations" SET checksum = @checksum, finished_at = @finished, migration_name = @name, logs = @logs,
            rolled_back_at = @rolledBack, started_at = @started, applied_steps_count = @steps
        WHERE id = @id
        """;

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<MigrationAttempt>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(cancellationToken).ConfigureAwait(false)) return null;
        try
        {
            var attempts = new List<MigrationAttempt>();
            await using var command = session.NewCommand(Read);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) attempts.Add(ReadRow(reader));
            return [.. attempts.OrderBy(a => a.StartedAt).ThenBy(a => a.Id, StringComparer.Ordinal)];
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(session.Address, exception, null);
        }
    }

    /// <inheritdoc />
    public async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        if (await ExistsAsync(cancellationToken).ConfigureAwait(false)) return;
        try
        {
            session.Run(Create, cancellationToken);
        }
        catch (StatementException)
        {
            // Another run may have made it at this moment. SQLite keeps the text, so that with IF NOT EXISTS it would not be the engine's.
            if (!await ExistsAsync(cancellationToken).ConfigureAwait(false)) throw;
        }
    }

    /// <inheritdoc />
    public ValueTask InsertAsync(MigrationAttempt attempt, CancellationToken cancellationToken) => WriteAsync(Insert, attempt, cancellationToken);

    /// <inheritdoc />
    public ValueTask UpdateAsync(MigrationAttempt attempt, CancellationToken cancellationToken) => WriteAsync(Update, attempt, cancellationToken);

    private const string Exists = "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = '_prisma_migrations'";

    private async ValueTask<bool> ExistsAsync(CancellationToken cancellationToken) =>
        await session.QueryNumberAsync(Exists, cancellationToken).ConfigureAwait(false) == 1;

    private static MigrationAttempt ReadRow(SqliteDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Checksum = reader.GetString(1),
        FinishedAt = TimeOf(reader, 2),
        MigrationName = reader.GetString(3),
        Logs = reader.IsDBNull(4) ? null : reader.GetString(4),
        RolledBackAt = TimeOf(reader, 5),
        StartedAt = TimeOf(reader, 6) ?? DateTimeOffset.UnixEpoch,
        AppliedStepsCount = reader.GetInt32(7),
    };

    // Rows that others wrote may hold text: the column's own default is `2024-01-31 12:00:00`, in UTC.
    private static DateTimeOffset? TimeOf(SqliteDataReader reader, int column) => reader.GetValue(column) switch
    {
        long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
        _ => null,
    };

    private async ValueTask WriteAsync(string sql, MigrationAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = session.NewCommand(sql);
            Add(command, "@id", attempt.Id);
            Add(command, "@checksum", attempt.Checksum);
            Add(command, "@finished", attempt.FinishedAt?.ToUnixTimeMilliseconds());
            Add(command, "@name", attempt.MigrationName);
            Add(command, "@logs", attempt.Logs);
            Add(command, "@rolledBack", attempt.RolledBackAt?.ToUnixTimeMilliseconds());
            Add(command, "@started", attempt.StartedAt.ToUnixTimeMilliseconds());
            Add(command, "@steps", attempt.AppliedStepsCount);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(session.Address, exception, null);
        }
    }

    private static void Add(SqliteCommand command, string name, object? value) => command.Parameters.Add(new SqliteParameter(name, value ?? DBNull.Value));
}
