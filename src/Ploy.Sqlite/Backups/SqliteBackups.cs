using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Backups;

/// <summary>
/// Backups by the library's own copying of pages (https://www.sqlite.org/backup.html): consistent while others read and write. What Ploy remembers
/// of the database goes along as <c>BACKUP.ploy</c>.
/// </summary>
internal sealed class SqliteBackups : IDatabaseBackups
{
    /// <inheritdoc />
    public string Extension => ".db";

    /// <inheritdoc />
    public async ValueTask<Backup> WriteAsync(IDatabaseSession session, string path, CancellationToken cancellationToken)
    {
        var own = SqliteConnector.Own(session);
        if (own.Address.FilePath is null) throw new PloyException("PLOY2342", "A database in memory cannot be backed up to be brought back later. Nothing was applied.", "Leave out the backup.");
        var part = path + ".part";
        BackupFiles.Begin(part);
        try
        {
            Copy(own.Connection, part);
            var backup = await VerifyAsync(own, part, cancellationToken).ConfigureAwait(false);
            if (SqliteOwnState.PathOf(own.Address) is { } state && File.Exists(state))
            {
                await using var source = Open(state, SqliteOpenMode.ReadOnly);
                BackupFiles.Begin(path + ".ploy");
                Copy(source, path + ".ploy");
            }

            File.Move(part, path);
            return backup with { Path = path };
        }
        catch (SqliteException exception)
        {
            throw new PloyException("PLOY2342", $"The database `{own.Address}` could not be backed up to `{path}`: {SqliteErrors.Describe(exception)}. Nothing was applied.", "Name a folder that may be written to and has room.", exception);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <inheritdoc />
    public async ValueTask<Backup> VerifyAsync(IDatabaseSession session, string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw Unreadable($"There is no file `{path}`.", null);
        try
        {
            await using var connection = Open(path, SqliteOpenMode.ReadOnly);
            await using var check = new SqliteCommand("PRAGMA integrity_check(1)", connection);
            if (await check.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not "ok" and var finding) throw Unreadable($"The file `{path}` is damaged: {finding}", null);
            await using var count = new SqliteCommand("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", connection);
            return new Backup(path, new FileInfo(path).Length, (int)(long)(await count.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!); // a count is never null
        }
        catch (SqliteException exception)
        {
            throw Unreadable($"The file `{path}` cannot be read as a database of SQLite: {SqliteErrors.Describe(exception)}.", exception);
        }
    }

    /// <inheritdoc />
    public ValueTask<ImmutableArray<string>> NamespacesAsync(IDatabaseSession session, CancellationToken cancellationToken) => ValueTask.FromResult(ImmutableArray<string>.Empty);

    /// <summary>All pages in one step of the library, which is a transaction of the database: a process that is killed leaves it as it was.</summary>
    public async ValueTask RestoreAsync(IDatabaseSession session, Backup backup, string? onlyNamespace, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        var own = SqliteConnector.Own(session);
        cancellationToken.ThrowIfCancellationRequested();
        await own.LimitAsync(lockTimeout, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        try
        {
            await using (var source = Open(backup.Path, SqliteOpenMode.ReadOnly)) source.BackupDatabase(own.Connection);
            if (SqliteOwnState.PathOf(own.Address) is not { } state) return;
            if (!File.Exists(backup.Path + ".ploy"))
            {
                File.Delete(state);
                return;
            }

            await using var remembered = Open(backup.Path + ".ploy", SqliteOpenMode.ReadOnly);
            await using var target = Open(state, SqliteOpenMode.ReadWriteCreate);
            remembered.BackupDatabase(target);
        }
        catch (SqliteException exception)
        {
            throw new PloyException(
                "PLOY2344", $"The backup `{backup.Path}` could not be brought back to `{own.Address}`: {SqliteErrors.Describe(exception)}. The database is as it was.",
                "Stop the programs that use the database, then run it again.", exception);
        }
    }

    // Into an empty file. One for itself, whatever the journal of the database is.
    private static void Copy(SqliteConnection source, string path)
    {
        using var target = Open(path, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(target);
        using var command = new SqliteCommand("PRAGMA journal_mode=DELETE", target);
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = mode }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static PloyException Unreadable(string message, Exception? exception) =>
        new("PLOY2343", message, "Name a file that `ploy migrate deploy --backup` has written, or another database file of SQLite.", exception);
}
