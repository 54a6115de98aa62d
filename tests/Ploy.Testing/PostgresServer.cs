using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Ploy.Testing;

/// <summary>
/// A PostgreSQL server of the tests' own: fresh data, durability off, a socket and a loopback port. It belongs to the user
/// <c>postgres</c> where the tests run as root, else to the user of the tests.
/// </summary>
/// <remarks>
/// A small shell program makes it, waits for the end of its standard input and then stops it and removes its data: the end comes with
/// the end of this process, killed or not. (A parent-death signal would follow the thread that started it, and pool threads end.)
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Supervisor =
        """
        bin=$1 base=$2 port=$3 user=$4 disk=$5 settings=$6
        trap '' INT
        mkdir -m 711 "$base" && mkdir -m 700 "$base/data" && mkdir -m 777 "$base/socket" || exit 1
        [ -z "$disk" ] || mount -t tmpfs -o size="$disk",mode=700 tmpfs "$base/data" || exit 1
        # In a namespace of its own, where mounting is allowed, an ordinary user is root: the server refuses root there too.
        run= ; [ -z "$disk" ] || [ -n "$user" ] || run="unshare --user --map-user=1000"
        [ -n "$user" ] && { chown "$user" "$base/data"; run="setpriv --reuid=$user --regid=$user --clear-groups"; }
        cd /
        $run "$bin/initdb" -D "$base/data" -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -A trust ${disk:+--wal-segsize=1} >"$base/initdb.log" 2>&1 ||
          { cat "$base/initdb.log"; rm -rf "$base"; exit 1; }
        cat >>"$base/data/postgresql.conf" <<CONF
        fsync = off
        full_page_writes = off
        synchronous_commit = off
        autovacuum = off
        wal_level = minimal
        max_wal_senders = 0
        max_wal_size = 4GB
        checkpoint_timeout = 1h
        max_connections = 200
        max_locks_per_transaction = 512
        listen_addresses = '127.0.0.1'
        port = $port
        password_encryption = scram-sha-256
        unix_socket_directories = '$base/socket'
        $settings
        CONF
        { echo "host all +password_required 127.0.0.1/32 scram-sha-256"; cat "$base/data/pg_hba.conf"; } >"$base/hba" && cat "$base/hba" >"$base/data/pg_hba.conf"
        start() { $run "$bin/postgres" -D "$base/data" >>"$base/server.log" 2>&1 </dev/null & server=$!; }
        start
        echo started
        while read -r signal room; do
          kill "-$signal" $server 2>/dev/null; wait $server
          [ -z "$room" ] || mount -o remount,size="$room" "$base/data"
          start
        done
        kill -QUIT $server 2>/dev/null
        wait $server
        [ -z "$disk" ] || umount "$base/data"
        rm -rf "$base"
        """;

    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(() => StartAsync(PostgresBinaries.Find()));
    private static int _count;

    private readonly Process _supervisor;
    private int _stopped;

    private PostgresServer(Process supervisor, PostgresBinaries binaries, string folder, int port)
    {
        (_supervisor, Binaries, Folder, Port) = (supervisor, binaries, folder, port);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
    }

    /// <summary>The programs that it runs.</summary>
    public PostgresBinaries Binaries { get; }

    /// <summary>The folder of its data, socket and log; gone when it has stopped.</summary>
    public string Folder { get; }

    /// <summary>The port on 127.0.0.1, part of the socket's name too.</summary>
    public int Port { get; }

    /// <summary>The folder of the socket.</summary>
    public string SocketFolder => Path.Combine(Folder, "socket");

    /// <summary>The server's major version, such as 15.</summary>
    public int Major { get; private set; }

    /// <summary>The one server of this process, started by the first call and stopped when the process ends.</summary>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    /// <summary>Starts another server, for tests that stop it, count its sessions or change its roles.</summary>
    /// <param name="binaries">Its programs.</param>
    /// <param name="settings">Lines of postgresql.conf that win over those of all test servers.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message holds the end of its log.</exception>
    public static Task<PostgresServer> StartAsync(PostgresBinaries binaries, params string[] settings) => StartAsync(binaries, "", settings);

    /// <summary>Starts a server whose data, log of changes included, lie on a disk of their own.</summary>
    /// <param name="binaries">Its programs.</param>
    /// <param name="disk">How much room there is, such as <c>60m</c>: an empty database takes 30 MB.</param>
    /// <remarks>Only sessions write, so that it is a session which meets the end of the disk and can say so: else the server's own helpers do, on a busy machine.</remarks>
    public static Task<PostgresServer> OnSmallDiskAsync(PostgresBinaries binaries, string disk) =>
        StartAsync(binaries, disk, "wal_writer_delay = 10s", "checkpoint_timeout = 1h", "autovacuum = off", "bgwriter_lru_maxpages = 0");

    private static async Task<PostgresServer> StartAsync(PostgresBinaries binaries, string disk, params string[] settings)
    {
        var folder = NewFolder();
        var port = FreePort();
        string[] shell = disk.Length == 0 ? ["/bin/sh"] : Environment.IsPrivilegedProcess ? ["unshare", "--mount", "/bin/sh"] : ["unshare", "--user", "--map-root-user", "--mount", "/bin/sh"];
        var info = new ProcessStartInfo(shell[0], [.. shell[1..], "-c", Supervisor, "postgres-for-tests", binaries.Directory, folder, port.ToString(CultureInfo.InvariantCulture), ServerUser(), disk, string.Join('\n', settings)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var supervisor = Process.Start(info) ?? throw new InvalidOperationException("/bin/sh did not start.");
        if (await supervisor.StandardOutput.ReadLineAsync() is not "started" and var line)
            throw new InvalidOperationException($"initdb failed: {line}\n{await supervisor.StandardOutput.ReadToEndAsync()}");
        var server = new PostgresServer(supervisor, binaries, folder, port);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Ends the server with a signal (<c>INT</c> closes its sessions, <c>QUIT</c> is a crash) where it still runs, and starts it again.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="disk">Its disk's new size; null where that stays, or it has none of its own.</param>
    public async Task RestartAsync(string signal = "INT", string? disk = null)
    {
        var log = Path.Combine(Folder, "server.log");
        var before = (await File.ReadAllTextAsync(log)).Split("ready to accept").Length;
        await _supervisor.StandardInput.WriteLineAsync($"{signal} {disk}");
        await _supervisor.StandardInput.FlushAsync();
        for (var attempt = 0; (await File.ReadAllTextAsync(log)).Split("ready to accept").Length == before; attempt++)
        {
            if (attempt == 4000) throw new InvalidOperationException($"The server did not come back.\n{await File.ReadAllTextAsync(log)}");
            await Task.Delay(25);
        }
    }

    /// <summary>A connection string for the driver, over the socket.</summary>
    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = SocketFolder, Port = Port, Username = "postgres", Database = database, Pooling = false, IncludeErrorDetail = true }.ConnectionString;

    /// <summary>A URL over loopback, as users write it.</summary>
    public string Url(string database) => string.Create(CultureInfo.InvariantCulture, $"postgresql://postgres@127.0.0.1:{Port}/{Uri.EscapeDataString(database)}");

    /// <summary>A URL for a role of <see cref="CreatePasswordRoleAsync"/>.</summary>
    public string Url(string database, string role, string password) =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{Uri.EscapeDataString(role)}:{Uri.EscapeDataString(password)}@127.0.0.1:{Port}/{Uri.EscapeDataString(database)}");

    /// <summary>Makes a login role that is nobody's superuser and must give its password on the loopback port.</summary>
    /// <param name="role">Its name; quoted here.</param>
    /// <param name="password">Its password.</param>
    /// <param name="options">Further options of CREATE ROLE, such as <c>CREATEDB</c>.</param>
    public async Task CreatePasswordRoleAsync(string role, string password, string options = "")
    {
        await ExecuteAsync("postgres", "DO $$ BEGIN CREATE ROLE password_required; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
        await ExecuteAsync(
            "postgres",
            $"CREATE ROLE \"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\" LOGIN {options} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}' IN ROLE password_required");
    }

    /// <summary>Runs a script in a database as the superuser.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first row of a query, its values joined with <c>|</c>.</summary>
    public async Task<string> RowAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))) : "";
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Stop();
        return ValueTask.CompletedTask;
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
                await connection.OpenAsync();
                Major = connection.PostgreSqlVersion.Major;
                return;
            }
            catch (NpgsqlException) when (attempt < 400 && !_supervisor.HasExited)
            {
                await Task.Delay(25);
            }
            catch (NpgsqlException error)
            {
                var log = Path.Combine(Folder, "server.log");
                var text = File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
                Stop();
                throw new InvalidOperationException($"The PostgreSQL server did not start.\n{text}", error);
            }
        }
    }

    private void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
            return;
        _supervisor.StandardInput.Close();
        _supervisor.WaitForExit(TimeSpan.FromSeconds(10));
        _supervisor.Dispose();
    }

    /// <summary>Memory where it has room, since the tests make hundreds of databases; else the folder for temporary files.</summary>
    private static string NewFolder()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"ploy-pg-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        const string Memory = "/dev/shm";
        var hasRoom = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > 2L << 30;
        return Path.Combine(hasRoom ? Memory : Path.GetTempPath(), name);
    }

    /// <summary>The user to run as: <c>postgres</c> for root, whom the server refuses; empty for anybody else.</summary>
    private static string ServerUser() => Environment.IsPrivilegedProcess ? "postgres" : "";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
