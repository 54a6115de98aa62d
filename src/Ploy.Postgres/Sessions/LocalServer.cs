using System.Diagnostics;
using Npgsql;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// A PostgreSQL server of our own for the time of a replay: private folder, no port, a socket that only its user may open, durability off. It is
/// there for users who may not create databases on the real one.
/// </summary>
/// <remarks>
/// A small shell program makes it and waits for the end of its standard input, then stops it and removes its data: the end comes with the end of
/// this process, killed or not. PostgreSQL refuses to run as root; there it runs as the user <c>postgres</c>.
/// </remarks>
internal static class LocalServer
{
    private const string Supervisor =
        """
        bin=$1 base=$2 user=$3
        trap '' INT
        run= ; [ -n "$user" ] && { chown "$user" "$base" || exit 1; run="setpriv --reuid=$user --regid=$user --clear-groups"; }
        cd / || exit 1
        $run "$bin/initdb" -D "$base/data" -U postgres -E UTF8 --no-locale --no-sync -A trust >"$base.log" 2>&1 || { rm -rf "$base" "$base.log"; exit 1; }
        $run "$bin/postgres" -D "$base/data" -k "$base" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=20 >"$base.log" 2>&1 </dev/null &
        server=$!
        echo started
        read -r nothing
        kill -QUIT $server 2>/dev/null
        wait $server
        rm -rf "$base" "$base.log"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts a server of that major version and opens a session on it; null where its programs are not installed or do not start.</summary>
    /// <param name="main">The main database, whose namespace counts.</param>
    /// <param name="major">The major version: another prints expressions in other words.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async ValueTask<PostgresSession?> TryOpenAsync(DatabaseAddress main, int major, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || PostgresPrograms.Find(major, "postgres", "initdb").FirstOrDefault(p => p.Major == major) is not { } programs) return null;
        var folder = Directory.CreateTempSubdirectory("ploy-pg-").FullName;
        var start = new ProcessStartInfo("/bin/sh", ["-c", Supervisor, "ploy-postgres", programs.Folder, folder, Environment.IsPrivilegedProcess ? "postgres" : ""])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var supervisor = Process.Start(start);
        if (supervisor is null) return null;
        if (await supervisor.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) != "started")
        {
            await StopAsync(supervisor).ConfigureAwait(false);
            return null;
        }

        try
        {
            return await OpenAsync(AddressIn(main, folder), supervisor, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopAsync(supervisor).ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask<PostgresSession?> OpenAsync(DatabaseAddress address, Process supervisor, CancellationToken cancellationToken)
    {
        var (time, start) = (TimeProvider.System, TimeProvider.System.GetTimestamp());
        while (true)
        {
            try
            {
                return await PostgresSession.OpenAsync(address, cancellationToken, () => StopAsync(supervisor)).ConfigureAwait(false);
            }
            catch (Core.Diagnostics.PloyException) when (time.GetElapsedTime(start) < Patience && !supervisor.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(30), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask StopAsync(Process supervisor)
    {
        supervisor.StandardInput.Close();
        await supervisor.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        supervisor.Dispose();
    }

    private static DatabaseAddress AddressIn(DatabaseAddress main, string folder) => new()
    {
        Provider = main.Provider,
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = folder,
            Username = "postgres",
            Database = "postgres",
            Pooling = false,
            CommandTimeout = 0,
            ApplicationName = "ploy",
            IncludeErrorDetail = true,
            IncludeFailedBatchedCommand = true,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString,
        Database = "postgres",
        Namespace = main.Namespace,
        Location = "unix:" + folder,
    };
}
