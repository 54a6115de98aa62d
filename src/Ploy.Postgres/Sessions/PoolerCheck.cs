using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Finds out whether a pooler between us and the server lends sessions by the transaction: what we set in a session would then be somebody else's
/// setting, and a lock of it nobody's. A pooler shows in the number of the server's process, which it makes up for the client
/// (https://www.pgbouncer.org/features.html).
/// </summary>
internal static class PoolerCheck
{
    private const string Process = "SELECT pg_backend_pid()";

    // Others may take a session between two questions; somebody is alone with the pooler in one of a few tries.
    private const int Tries = 5;

    /// <summary>Refuses such a pooler. Sets nothing.</summary>
    /// <param name="source">Makes other connections like this one.</param>
    /// <param name="connection">A connection whose server's process has another number than the client was told.</param>
    /// <param name="address">Where it is connected to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2313.</exception>
    public static async ValueTask RequireOwnSessionAsync(NpgsqlDataSource source, NpgsqlConnection connection, DatabaseAddress address, CancellationToken cancellationToken)
    {
        var first = await AskAsync(connection, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < Tries; i++)
        {
            await using var other = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (await other.BeginTransactionAsync(cancellationToken).ConfigureAwait(false))
            {
                // A session of our own is nobody else's while we are connected.
                if (await AskAsync(other, cancellationToken).ConfigureAwait(false) == first) throw Refused(address);
            }

            if (await AskAsync(connection, cancellationToken).ConfigureAwait(false) != first) throw Refused(address);
        }
    }

    private static async ValueTask<int> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Process, connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!; // it has one row with one number
    }

    private static PloyException Refused(DatabaseAddress address) => new(
        "PLOY2313",
        $"The connection to `{address.Database}` at `{address.Location}` goes through a pooler that gives every transaction another session of the server: what is set in one would be left to others, and a lock would protect nothing. Nothing has changed.",
        $"Connect to the server itself: with `--url`, or with `directUrl` in the datasource, which counts before its `url`{Known(address.Location)}. Or let the pooler lend whole sessions (PgBouncer: `pool_mode = session`).");

    // Where those who run the pooler say how to go around it (https://supabase.com/docs/guides/database/connecting-to-postgres, https://neon.com/docs/connect/connection-pooling).
    private static string Known(string location) =>
        location.Contains("-pooler.", StringComparison.OrdinalIgnoreCase) ? $" (at Neon the host without `-pooler`: `{location.Replace("-pooler.", ".", StringComparison.OrdinalIgnoreCase)}`)"
        : location.EndsWith(".pooler.supabase.com:6543", StringComparison.OrdinalIgnoreCase) ? " (at Supabase the same host at port 5432)"
        : "";
}
