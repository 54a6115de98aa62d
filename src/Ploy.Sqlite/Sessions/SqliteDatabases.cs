using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;
using SQLitePCL;

namespace Ploy.Sqlite.Sessions;

/// <summary>Makes and empties database files.</summary>
internal static class SqliteDatabases
{
    // https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
    private const int ResetDatabase = 1009;

    /// <summary>Makes the file and its folders where they are missing; true where this call made the file. An empty file is an empty database.</summary>
    /// <exception cref="PloyException">P3000 where it may not be made.</exception>
    public static bool Ensure(DatabaseAddress address)
    {
        if (address.FilePath is not { } path || File.Exists(path)) return false;
        if (Directory.Exists(path)) throw new PloyException("P3000", $"The database file at `{address.Location}` cannot be made: there is a folder.", "Correct the path.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a full path to a file has a folder
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
            // What is remembered there is of a database that is gone.
            if (SqliteOwnState.PathOf(address) is { } state) File.Delete(state);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("P3000", $"The database file at `{address.Location}` cannot be made: {exception.Message.TrimEnd('.')}.", "Grant the right to write in its folder, or correct the path.", exception);
        }
    }

    /// <summary>Empties the file in one step, whatever is in it (https://www.sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigresetdatabase).</summary>
    public static void Empty(SqliteSession session, CancellationToken cancellationToken)
    {
        if (session.IsInTransaction) throw new InvalidOperationException("The session is in a transaction.");
        _ = raw.sqlite3_db_config(session.Handle, ResetDatabase, 1, out _);
        try
        {
            session.Run("VACUUM", cancellationToken);
        }
        finally
        {
            _ = raw.sqlite3_db_config(session.Handle, ResetDatabase, 0, out _);
        }
    }
}
