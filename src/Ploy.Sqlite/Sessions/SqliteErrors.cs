using Microsoft.Data.Sqlite;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;
using SQLitePCL;

namespace Ploy.Sqlite.Sessions;

/// <summary>What SQLite's result codes (https://www.sqlite.org/rescode.html) mean to a user.</summary>
internal static class SqliteErrors
{
    /// <summary>A file that cannot be opened: P1003, P1008, P1010, or PLOY2320 where it is something else.</summary>
    /// <param name="address">The database.</param>
    /// <param name="exception">What failed.</param>
    public static PloyException OfOpen(DatabaseAddress address, SqliteException exception) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Locked(address, exception),
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new PloyException(
            "PLOY2320", $"The file at `{address.Location}` is no SQLite database: {Clause(exception.Message)}.", "Correct the path, or restore the file from a backup.", exception),
        raw.SQLITE_CANTOPEN when !File.Exists(address.FilePath) => Missing(address, exception),
        raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_READONLY => new PloyException(
            "P1010", $"The database file at `{address.Location}` may not be opened: {Clause(exception.Message)}.", "Grant the right to read and write the file and its folder.", exception),
        _ => new PloyException("P1001", $"The database file at `{address.Location}` cannot be opened: {Clause(exception.Message)}.", null, exception),
    };

    /// <summary>The file is not there.</summary>
    public static PloyException Missing(DatabaseAddress address, Exception? exception = null) =>
        new("P1003", $"The database file `{address.Database}` does not exist at `{address.Location}`.", "Correct the path in the connection string, or make the database with `ploy migrate dev` or `ploy migrate deploy`.", exception);

    /// <summary>What a failure while a statement ran means: a <see cref="StatementException"/>, or P1008 where another process has the file.</summary>
    /// <param name="address">The database.</param>
    /// <param name="exception">What failed.</param>
    /// <param name="position">Where the statement begins in what the caller gave; null where that tells nothing.</param>
    public static Exception OfStatement(DatabaseAddress address, SqliteException exception, int? position) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY => Locked(address, exception),
        raw.SQLITE_INTERRUPT => new OperationCanceledException("The statement was interrupted.", exception),
        _ => new StatementException(
            Describe(exception), exception.SqliteExtendedErrorCode.ToString(System.Globalization.CultureInfo.InvariantCulture), position, exception)
        {
            Fault = FaultOf(exception.SqliteErrorCode),
        },
    };

    /// <summary>The exception of a result code as the driver would make it.</summary>
    public static SqliteException Of(sqlite3 handle, int code) =>
        new(raw.sqlite3_errmsg(handle).utf8_to_string(), code & 0xff, raw.sqlite3_extended_errcode(handle));

    private static StatementFault FaultOf(int code) => code switch
    {
        raw.SQLITE_LOCKED => StatementFault.Lock,
        raw.SQLITE_READONLY => StatementFault.ReadOnly,
        raw.SQLITE_FULL => StatementFault.Space,
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StatementFault.Damage,
        _ => StatementFault.Statement,
    };

    /// <summary>The library's own words, which the driver puts between quotes: <c>SQLite Error 1: 'no such table: x'.</c></summary>
    public static string Describe(SqliteException exception)
    {
        var start = exception.Message.IndexOf(": '", StringComparison.Ordinal);
        return exception.Message.StartsWith("SQLite Error", StringComparison.Ordinal) && start > 0 && exception.Message.EndsWith("'.", StringComparison.Ordinal)
            ? exception.Message[(start + 3)..^2]
            : exception.Message;
    }

    private static PloyException Locked(DatabaseAddress address, SqliteException exception) => new(
        "P1008",
        $"The database `{address.Database}` at `{address.Location}` is locked by another process or connection.",
        "Wait until it is done, or end it, then run the command again; `?socket_timeout=SECONDS` waits longer.",
        exception);

    private static string Clause(string message) => message.TrimEnd('.', ' ', '\n');
}
