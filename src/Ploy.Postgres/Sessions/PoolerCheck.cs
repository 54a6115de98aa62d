using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Finds out whether a pooler between us and the server lends sessions by the transaction: a lock of the session would then belong to nobody.
/// A pooler shows in the number of the server's process, which it makes up for the client (https://www.pgbouncer.org/features.html).
/// </summary>
internal static class PoolerCheck
{
    private const string Process = "SELECT pg_backend_pid()";

    // Others may take a session between two questions; somebody is alone with the pooler in one of a few tries.
    private const int Tries = 5;

    /// <summary>Refuses such a pooler; costs one question where there is none.</summary>
    /// <exception cref="PloyException">PLOY2313.</exception>
    public static async ValueTask RequireOwnSessionAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var first = await session.QueryNumberAsync(Process, cancellationToken).ConfigureAwait(false);
        if (first == session.Connection.ProcessID) return;
        for (var i = 0; i < Tries; i++)
        {
            await using var other = await PostgresSession.OpenAsync(session.Address, cancellationToken).ConfigureAwait(false);
            await using (await other.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false))
            {
                // A session of our own is nobody else's while we are connected.
                if (await other.QueryNumberAsync(Process, cancellationToken).ConfigureAwait(false) == first) throw Refused(session.Address);
            }

            if (await session.QueryNumberAsync(Process, cancellationToken).ConfigureAwait(false) is var now && now != first) throw Refused(session.Address);
        }
    }

    private static PloyException Refused(DatabaseAddress address) => new(
        "PLOY2313",
        $"The connection to `{address.Database}` at `{address.Location}` goes through a pooler that gives every transaction another session of the server, so that a lock would protect nothing. Nothing has changed.",
        "Connect to the server itself: name it with `directUrl` in the datasource or with `--url`; or let the pooler lend whole sessions (PgBouncer: `pool_mode = session`).");
}
