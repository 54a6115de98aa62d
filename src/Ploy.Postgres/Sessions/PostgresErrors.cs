using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// What a failure of the driver means. SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html. No message holds a
/// password: neither the server nor the driver repeats one.
/// </summary>
internal static class PostgresErrors
{
    /// <summary>Why a connection could not be opened: P1000, P1001, P1003, P1010, P1011, P1017 or P2037; never null.</summary>
    public static PloyException OfOpen(NpgsqlConnectionStringBuilder target, string location, Exception exception)
    {
        if (Find<PostgresException>(exception) is { } server) return OfServer(target, location, server);
        if (TlsFailure(exception) is { } tls)
            return new PloyException("P1011", $"No secure connection to the database server at `{location}` could be made: {Clause(tls)}.", "Check `sslmode`, `sslaccept` and the certificates of the connection string.", exception);
        if (exception is NpgsqlException && exception.InnerException is null && exception.Message.Contains("password", StringComparison.OrdinalIgnoreCase))
            return WrongPassword(target, location, exception);
        var reason = Find<TimeoutException>(exception) is not null || exception is OperationCanceledException
            ? $"it did not answer within {target.Timeout} s"
            : Find<SocketException>(exception)?.Message ?? exception.Message;
        return new PloyException("P1001", $"The database server at `{location}` cannot be reached: {Clause(reason)}.", "Check that the server runs there and takes connections.", exception);
    }

    /// <summary>P1011 where a certificate or key that the connection string names is not there; else null.</summary>
    public static PloyException? OfMissingFile(NpgsqlConnectionStringBuilder target, string location)
    {
        if (target.SslMode == SslMode.Disable) return null;
        var missing = new[] { target.RootCertificate, target.SslCertificate, target.SslKey }.FirstOrDefault(path => path is not null && !File.Exists(path));
        return missing is null
            ? null
            : new PloyException("P1011", $"No secure connection to the database server at `{location}` can be made: the file `{missing}` does not exist.", "Correct the path of the certificate in the connection string.");
    }

    /// <summary>What a failure while a statement ran means: a <see cref="StatementException"/>, or P1017 where the connection is gone.</summary>
    /// <param name="exception">What the driver threw.</param>
    /// <param name="sql">The text sent.</param>
    /// <param name="offset">Where that text begins in what the caller gave, in UTF-16 units; null for text of our own, in which no place means anything.</param>
    /// <param name="prefix">How much of the text sent stands before what the caller gave, in UTF-16 units.</param>
    public static Exception OfStatement(Exception exception, string sql, int? offset, int prefix = 0)
    {
        if (Find<PostgresException>(exception) is { } server)
        {
            return server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                ? Closed(server)
                : new StatementException(Describe(server), server.SqlState, PositionOf(server, sql, offset, prefix), exception) { Fault = FaultOf(server) };
        }

        return Find<TimeoutException>(exception) is not null
            ? new PloyException("P1008", "The database did not answer a statement in time.", "Raise `socket_timeout` or `Command Timeout` in the connection string.", exception)
            : Closed(exception);
    }

    /// <summary>The server's message with detail and hint, without severity and code.</summary>
    public static string Describe(PostgresException exception)
    {
        var text = exception.MessageText;
        if (!string.IsNullOrEmpty(exception.Detail)) text += "\nDETAIL: " + exception.Detail;
        if (!string.IsNullOrEmpty(exception.Hint)) text += "\nHINT: " + exception.Hint;
        if (!string.IsNullOrEmpty(exception.Where)) text += "\nCONTEXT: " + exception.Where;
        if (exception.SqlState == PostgresErrorCodes.InvalidTransactionTermination) text += "\nHINT: `-- ploy:transaction none` in the file runs each of its statements by itself, so that they may commit.";
        return text;
    }

    // The routine tells policies from rights in every language that the server may speak.
    private static StatementFault FaultOf(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => StatementFault.Lock,
        PostgresErrorCodes.InsufficientPrivilege => exception.Routine == "check_enable_rls" ? StatementFault.RowSecurity : StatementFault.Permission,
        PostgresErrorCodes.ReadOnlySqlTransaction => StatementFault.ReadOnly,
        PostgresErrorCodes.DiskFull => StatementFault.Space,
        PostgresErrorCodes.QueryCanceled => StatementFault.Time,
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => StatementFault.Damage,
        _ => StatementFault.Statement,
    };

    /// <summary>The first exception of that type in the chain; null where there is none.</summary>
    public static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is T found)
                return found;
        return null;
    }

    private static string? TlsFailure(Exception exception)
    {
        if (Find<CryptographicException>(exception) is { } unreadable) return "a certificate cannot be read: " + unreadable.Message;
        if (Find<AuthenticationException>(exception) is { } refused) return "the server's certificate is not accepted: " + refused.Message;
        return exception.Message.Contains("SSL", StringComparison.Ordinal) && Find<SocketException>(exception) is null ? exception.Message : null;
    }

    private static PloyException Closed(Exception exception) =>
        new("P1017", "The database server closed the connection: " + Clause(exception.Message) + ".", "Check the server's log, then run the command again.", exception);

    private static PloyException OfServer(NpgsqlConnectionStringBuilder target, string location, PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => WrongPassword(target, location, exception),
        PostgresErrorCodes.InvalidCatalogName => new PloyException(
            "P1003", $"The database `{target.Database}` does not exist on the server at `{location}`.", "Correct the name in the connection string, or make the database with `ploy migrate dev` or `ploy migrate deploy`.", exception),
        PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InsufficientPrivilege => new PloyException(
            "P1010", $"The database `{target.Database}` at `{location}` may not be used by {UserOf(target)}: {Clause(exception.MessageText)}.", "Name another user in the connection string, grant this one CONNECT on the database, or correct `pg_hba.conf`.", exception),
        PostgresErrorCodes.TooManyConnections => new PloyException(
            "P2037", $"The database server at `{location}` has no connection left: {Clause(exception.MessageText)}.", "Close others, or raise `max_connections`.", exception),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => new PloyException(
            "P1017", $"The database server at `{location}` closed the connection: {Clause(exception.MessageText)}.", "Run the command again when it is back.", exception),
        _ => new PloyException(
            "P1001", $"The database server at `{location}` does not take the connection: {Clause(exception.MessageText)} ({exception.SqlState}).", null, exception),
    };

    private static PloyException WrongPassword(NpgsqlConnectionStringBuilder target, string location, Exception exception) => new(
        "P1000",
        $"The database server at `{location}` does not accept the credentials of {UserOf(target)}.",
        "Correct user and password in the connection string.",
        exception);

    private static string UserOf(NpgsqlConnectionStringBuilder target) => target.Username is { } name ? $"the user `{name}`" : "the user of the operating system";

    private static string Clause(string message) => message.TrimEnd('.', ' ', '\n');

    // The server counts characters from 1, and outside the basic plane one character is two UTF-16 units.
    private static int? PositionOf(PostgresException exception, string sql, int? offset, int prefix)
    {
        if (offset is null || exception.Position < 1) return offset;
        var index = 0;
        for (var count = exception.Position - 1; count > 0 && index < sql.Length; count--)
            index += char.IsHighSurrogate(sql[index]) && index + 1 < sql.Length ? 2 : 1;
        return offset + Math.Max(0, index - prefix);
    }
}
