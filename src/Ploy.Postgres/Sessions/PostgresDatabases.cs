using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>Makes and drops databases, from one of the databases that every server has.</summary>
internal static class PostgresDatabases
{
    // Where Prisma tries, in its order; `defaultdb` is what some hosts have instead.
    private static readonly string[] Doors = ["postgres", "template1", "defaultdb"];

    /// <summary>Makes the database where it is missing; true where this call made it.</summary>
    /// <exception cref="PloyException">P3000 where it may not be made; the codes of a connection.</exception>
    public static async ValueTask<bool> EnsureAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await PostgresSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (PloyException exception) when (exception.Code == "P1003")
        {
        }

        await using var door = await OpenDoorAsync(address, Doors, cancellationToken).ConfigureAwait(false);
        try
        {
            await door.RunAsync("CREATE DATABASE " + PostgresNames.Quote(address.Database), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (StatementException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
        catch (StatementException exception)
        {
            throw new PloyException("P3000", $"The database `{address.Database}` does not exist at `{address.Location}` and could not be made: {exception.Message.TrimEnd('.')}.", "Create it with a user that has CREATEDB.", exception);
        }
    }

    /// <summary>The address of another database on the same server.</summary>
    public static DatabaseAddress Beside(DatabaseAddress address, string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(address.ConnectionString) { Database = database };
        return address with { ConnectionString = builder.ConnectionString, Database = database, Warnings = [] };
    }

    /// <summary>Opens a session from which other databases can be made and dropped: on the database itself, else on one of the usual ones.</summary>
    /// <exception cref="PloyException">The failure of the first, where none opens.</exception>
    public static ValueTask<PostgresSession> OpenDoorAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        OpenDoorAsync(address, [address.Database, .. Doors], cancellationToken);

    private static async ValueTask<PostgresSession> OpenDoorAsync(DatabaseAddress address, IEnumerable<string> doors, CancellationToken cancellationToken)
    {
        PloyException? first = null;
        foreach (var door in doors)
        {
            try
            {
                return await PostgresSession.OpenAsync(Beside(address, door), cancellationToken).ConfigureAwait(false);
            }
            catch (PloyException exception) when (exception.Code is "P1003" or "P1010")
            {
                first ??= exception;
            }
        }

        throw first!; // the loop runs at least once, and each round ends in a return or sets it
    }
}
