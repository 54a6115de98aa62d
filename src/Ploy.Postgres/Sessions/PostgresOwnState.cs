using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>The table <c>_ploy.notes</c>; one for a database.</summary>
internal sealed class PostgresOwnState(PostgresSession session) : IOwnState
{
    private const string Table = "\"_ploy\".\"notes\"";

    // The cluster's number and the database's in it; whoever may not ask for the first has the second.
    private const string Identity =
        """
        SELECT CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) ELSE '' END
            || '/' || oid::text
        FROM pg_catalog.pg_database WHERE datname = current_database()
        """;

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<OwnNote>> ReadAsync(string topic, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync($"to_regclass({PostgresNames.Literal(Table)})", cancellationToken).ConfigureAwait(false)) return [];
        const string Sql = $"SELECT key, text FROM {Table} WHERE topic = $1 ORDER BY key COLLATE \"C\"";
        try
        {
            await using var command = NewCommand(Sql, topic);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var notes = ImmutableArray.CreateBuilder<OwnNote>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) notes.Add(new OwnNote(topic, reader.GetString(0), reader.GetString(1)));
            return notes.ToImmutable();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, Sql, 0);
        }
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(OwnNote note, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken).ConfigureAwait(false);
        const string Sql =
            $"""
             INSERT INTO {Table} (topic, key, text) VALUES ($1, $2, $3)
             ON CONFLICT (topic, key) DO UPDATE SET text = $3, written_at = clock_timestamp()
             """;
        await SendAsync(Sql, cancellationToken, note.Topic, note.Key, note.Text).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask RemoveAsync(string topic, string key, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync($"to_regclass({PostgresNames.Literal(Table)})", cancellationToken).ConfigureAwait(false)) return;
        await SendAsync($"DELETE FROM {Table} WHERE topic = $1 AND key = $2", cancellationToken, topic, key).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<string> IdentityAsync(CancellationToken cancellationToken) =>
        (await session.QueryTextsAsync(Identity, cancellationToken).ConfigureAwait(false))[0]; // the database that one is connected to is in the list

    /// <inheritdoc />
    public async ValueTask<bool> RemoveAllAsync(CancellationToken cancellationToken)
    {
        if (!await ExistsAsync("to_regnamespace('_ploy')", cancellationToken).ConfigureAwait(false)) return false;
        await session.RunAsync("DROP SCHEMA IF EXISTS \"_ploy\" CASCADE", cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        if (await ExistsAsync($"to_regclass({PostgresNames.Literal(Table)})", cancellationToken).ConfigureAwait(false)) return;
        await session.EnsureNamespaceAsync("_ploy", cancellationToken).ConfigureAwait(false);
        try
        {
            await session.RunAsync(
                $"""
                 CREATE TABLE IF NOT EXISTS {Table} (
                     topic      text NOT NULL,
                     key        text NOT NULL,
                     text       text NOT NULL,
                     written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                     PRIMARY KEY (topic, key)
                 )
                 """,
                cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception) when (!session.IsInTransaction && exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable
            or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.DuplicateSchema)
        {
            // IF NOT EXISTS does not protect against another session that makes it at this moment.
        }
    }

    private async ValueTask<bool> ExistsAsync(string expression, CancellationToken cancellationToken) =>
        await session.QueryNumberAsync($"SELECT ({expression} IS NOT NULL)::int", cancellationToken).ConfigureAwait(false) == 1;

    private NpgsqlCommand NewCommand(string sql, params ReadOnlySpan<string> values)
    {
        var command = new NpgsqlCommand(sql, session.Connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = value });
        return command;
    }

    private async ValueTask SendAsync(string sql, CancellationToken cancellationToken, params string[] values)
    {
        try
        {
            await using var command = NewCommand(sql, values);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, sql, 0);
        }
    }
}
