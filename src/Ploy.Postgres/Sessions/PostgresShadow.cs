using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>Empty databases to replay migrations on.</summary>
internal static class PostgresShadow
{
    private const string Ways =
        "Grant CREATEDB to the user; or set a shadow database aside and name it with `shadowDatabaseUrl`; or install PostgreSQL of the same major version here, which Ploy then starts by itself in a private folder; or take over the folder `.ploy` from where these migrations were replayed before on such a server.";

    // The start of the server's process and the database's number: the same behind every name that leads to it.
    private const string Identity =
        "SELECT extract(epoch FROM pg_postmaster_start_time())::numeric::text || '/' || oid::text FROM pg_catalog.pg_database WHERE datname = current_database()";

    /// <summary>Makes a temporary database beside the main one, or on another server where that may not be; disposing the session drops it.</summary>
    /// <param name="main">The main database.</param>
    /// <param name="openElsewhere">Opens a session on a server of that major version; null where there is none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">P3014 where it may not be made.</exception>
    public static async ValueTask<PostgresSession> CreateAsync(
        DatabaseAddress main, Func<int, ValueTask<PostgresSession?>> openElsewhere, CancellationToken cancellationToken)
    {
        PostgresSession door;
        try
        {
            door = await PostgresDatabases.OpenDoorAsync(main, cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code is "P1003" or "P1010")
        {
            throw Refused(main, exception);
        }

        var name = "prisma_migrate_shadow_db_" + NewName();
        await using (door.ConfigureAwait(false))
        {
            try
            {
                var strategy = await StrategyAsync(door, cancellationToken).ConfigureAwait(false);
                await door.RunAsync($"CREATE DATABASE \"{name}\" TEMPLATE template0{strategy}", cancellationToken).ConfigureAwait(false);
            }
            catch (StatementException exception)
            {
                return await openElsewhere(door.ServerVersion.Major).ConfigureAwait(false) is { } local
                    ? await WithNamespaceAsync(local, cancellationToken).ConfigureAwait(false)
                    : throw Refused(main, exception);
            }
        }

        var address = PostgresDatabases.Beside(main, name);
        try
        {
            var session = await PostgresSession.OpenAsync(address, cancellationToken, () => DropAsync(main, name)).ConfigureAwait(false);
            await PrepareAsync(session, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await DropAsync(main, name).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a database that was set aside, and empties it; disposing the session leaves it as it is.</summary>
    /// <exception cref="PloyException">PLOY2311 where it is the main database; PLOY2312 where it has a history of its own.</exception>
    public static async ValueTask<PostgresSession> OpenAsync(DatabaseAddress? main, DatabaseAddress shadow, CancellationToken cancellationToken)
    {
        var session = await PostgresSession.OpenAsync(shadow, cancellationToken).ConfigureAwait(false);
        try
        {
            if (main is not null) await RefuseSameAsync(main, session, cancellationToken).ConfigureAwait(false);
            if (await session.QueryNumberAsync("SELECT count(*) FROM pg_catalog.pg_class WHERE relname = '_prisma_migrations' AND relkind = 'r'", cancellationToken).ConfigureAwait(false) > 0)
            {
                throw new PloyException(
                    "PLOY2312",
                    $"The shadow database `{shadow.Database}` at `{shadow.Location}` has a migration history, so it is somebody's database; it would be emptied.",
                    "Name a database that nothing else uses, or drop the table `_prisma_migrations` in it.");
            }

            await PostgresReset.EmptyAsync(session, cancellationToken).ConfigureAwait(false);
            await PrepareAsync(session, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask RefuseSameAsync(DatabaseAddress main, PostgresSession shadow, CancellationToken cancellationToken)
    {
        var isSame = main.Location == shadow.Address.Location && main.Database == shadow.Address.Database;
        if (!isSame)
        {
            try
            {
                await using var session = await PostgresSession.OpenAsync(main, cancellationToken).ConfigureAwait(false);
                isSame = await IdentityOfAsync(session, cancellationToken).ConfigureAwait(false) == await IdentityOfAsync(shadow, cancellationToken).ConfigureAwait(false);
            }
            catch (PloyException exception) when (exception.Code is "P1001" or "P1003")
            {
                // A main database that does not exist or does not answer is not this one, which does.
            }
        }

        if (isSame)
        {
            throw new PloyException(
                "PLOY2311",
                $"The shadow database `{shadow.Address.Database}` at `{shadow.Address.Location}` is the main database; it would be emptied.",
                "Set `shadowDatabaseUrl` to another, empty database, or leave it out.");
        }
    }

    private static async ValueTask<string> IdentityOfAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Identity, session.Connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!; // one row, never null
    }

    private static async ValueTask<PostgresSession> WithNamespaceAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(session, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // What a crash would take of a shadow database nobody misses: no commit waits for the disk.
    private static ValueTask PrepareAsync(PostgresSession session, CancellationToken cancellationToken) =>
        session.RunAsync("SET synchronous_commit = off; CREATE SCHEMA IF NOT EXISTS " + PostgresNames.Quote(session.Namespace), cancellationToken);

    // Copying files makes the server write all that waits in memory to disk first, other databases' pages too, which takes seconds where much does. Only a server
    // that writes nothing to disk copies faster than it logs. Servers before 15 do nothing but copy.
    private static async ValueTask<string> StrategyAsync(PostgresSession door, CancellationToken cancellationToken) =>
        door.ServerVersion.Major >= 15 && await door.QueryNumberAsync("SELECT current_setting('fsync')::bool::int", cancellationToken).ConfigureAwait(false) == 0
            ? " STRATEGY FILE_COPY"
            : "";

    private static async ValueTask DropAsync(DatabaseAddress main, string name)
    {
        await using var door = await PostgresDatabases.OpenDoorAsync(main, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await door.RunAsync($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)", CancellationToken.None).ConfigureAwait(false);
        }
        catch (StatementException)
        {
            // FORCE needs the right to end other sessions.
            await door.RunAsync($"DROP DATABASE IF EXISTS \"{name}\"", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static string NewName()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return new Guid(bytes).ToString("D");
    }

    private static PloyException Refused(DatabaseAddress main, Exception exception) => new(
        "P3014", $"No shadow database can be made on the server at `{main.Location}`: {exception.Message.TrimEnd('.')}.", Ways, exception);
}
