using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>The file <c>DATABASE.ploy</c>, a small database of its own with one table.</summary>
internal sealed class SqliteOwnState(SqliteSession session) : IOwnState
{
    private const string Create = "CREATE TABLE IF NOT EXISTS notes (topic TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, written_at TEXT NOT NULL DEFAULT current_timestamp, PRIMARY KEY (topic, key))";

    private const string Insert =
        "INSERT INTO notes (topic, key, text) VALUES (@topic, @key, @text) ON CONFLICT (topic, key) DO UPDATE SET text = excluded.text, written_at = current_timestamp";

    /// <summary>Where the state of a database is; null for one in memory.</summary>
    public static string? PathOf(DatabaseAddress address) => address.FilePath is { } path ? path + ".ploy" : null;

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<OwnNote>> ReadAsync(string topic, CancellationToken cancellationToken)
    {
        if (PathOf(session.Address) is not { } path || !File.Exists(path)) return [];
        var notes = ImmutableArray.CreateBuilder<OwnNote>();
        await RunAsync(path, "SELECT key, text FROM notes WHERE topic = @topic ORDER BY key", new OwnNote(topic, "", ""), notes, cancellationToken).ConfigureAwait(false);
        return notes.ToImmutable();
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(OwnNote note, CancellationToken cancellationToken)
    {
        if (PathOf(session.Address) is { } path) await RunAsync(path, Insert, note, null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask RemoveAsync(string topic, string key, CancellationToken cancellationToken)
    {
        if (PathOf(session.Address) is not { } path || !File.Exists(path)) return;
        await RunAsync(path, "DELETE FROM notes WHERE topic = @topic AND key = @key", new OwnNote(topic, key, ""), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Empty: a file that is copied is the same, and its state goes along only where both are copied.</summary>
    public ValueTask<string> IdentityAsync(CancellationToken cancellationToken) => ValueTask.FromResult("");

    /// <inheritdoc />
    public ValueTask<bool> RemoveAllAsync(CancellationToken cancellationToken)
    {
        if (PathOf(session.Address) is not { } path || !File.Exists(path)) return ValueTask.FromResult(false);
        File.Delete(path);
        return ValueTask.FromResult(true);
    }

    private async ValueTask RunAsync(string path, string sql, OwnNote note, ImmutableArray<OwnNote>.Builder? found, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadWriteCreate };
        var address = new DatabaseAddress
        {
            Provider = session.Address.Provider,
            ConnectionString = connection.ConnectionString,
            Database = Path.GetFileName(path),
            Location = session.Address.Location + ".ploy",
            FilePath = path,
        };
        await using var own = await SqliteSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        try
        {
            own.Run(Create, cancellationToken);
            await using var command = own.NewCommand(sql);
            foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("@topic", note.Topic), ("@key", note.Key), ("@text", note.Text)])
                if (sql.Contains(name, StringComparison.Ordinal))
                    command.Parameters.Add(new SqliteParameter(name, value));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) found?.Add(new OwnNote(note.Topic, reader.GetString(0), reader.GetString(1)));
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(address, exception, null);
        }
    }
}
