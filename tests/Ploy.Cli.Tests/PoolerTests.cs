using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>A real PgBouncer between the program and the server.</summary>
public sealed class PoolerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pooler_that_lends_transactions_is_refused_and_one_that_lends_sessions_is_not()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/20200101000000_a/migration.sql", "CREATE TABLE a (id integer);\n");

        using (var bouncer = new Bouncer(_folder, database, "transaction"))
        {
            var refused = await DeployAsync(bouncer.Url);
            Assert.Contains("error[PLOY2313]", refused.Expect(1).Error, StringComparison.Ordinal);
            Assert.Contains("directUrl", refused.Error, StringComparison.Ordinal);
            Assert.Contains("goes through a pooler", (await InProcess.RunAsync(_folder.Root, "migrate", "status", "--url", bouncer.Url)).Expect(1).Error, StringComparison.Ordinal);
            Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
            // Others get the session next, as the server made it.
            await using var other = new Npgsql.NpgsqlConnection(database.ConnectionString + $";Port={new Uri(bouncer.Url).Port};Host=127.0.0.1;Server Compatibility Mode=NoTypeLoading");
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new Npgsql.NpgsqlCommand("SELECT current_setting('search_path') || ' ' || current_setting('row_security')", other);
            Assert.Equal("\"$user\", public on", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }

        using (var bouncer = new Bouncer(_folder, database, "session")) (await DeployAsync(bouncer.Url)).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
    }

    [Fact]
    public async Task The_direct_url_of_the_datasource_goes_around_it()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("migrations/20200101000000_a/migration.sql", "CREATE TABLE a (id integer);\n");
        using var bouncer = new Bouncer(_folder, database, "transaction");
        _folder.Write("schema.prisma", $"datasource db {{\n  provider  = \"postgresql\"\n  url       = \"{bouncer.Url}?pgbouncer=true\"\n  directUrl = \"{database.Url}\"\n}}\n");
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy")).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
    }

    private Task<ProcessResult> DeployAsync(string url) => InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", url);

    private sealed class Bouncer : IDisposable
    {
        private readonly Process _process;

        public Bouncer(TemporaryFolder folder, TemporaryPostgresDatabase database, string mode)
        {
            int port;
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                port = ((IPEndPoint)probe.LocalEndpoint).Port;
            }

            Url = string.Create(CultureInfo.InvariantCulture, $"postgresql://postgres@127.0.0.1:{port}/{database.Name}");
            var settings = folder.Write(
                $"pgbouncer-{mode}/pgbouncer.ini",
                $"[databases]\n* = host=127.0.0.1 port={database.Server.Port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\nignore_startup_parameters = extra_float_digits,options\n");
            // It refuses to run as root.
            string[] identity = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
            if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
            {
                foreach (var path in (string[])[folder.Root, Path.GetDirectoryName(settings)!]) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
                File.SetUnixFileMode(settings, (UnixFileMode)0b110_100_100);
            }

            string[] command = [.. identity, File.Exists("/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer", "-q", settings];
            _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    using var client = new TcpClient("127.0.0.1", port);
                    return;
                }
                catch (SocketException) when (attempt < 200 && !_process.HasExited)
                {
                    Task.Delay(25, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                }
                catch (SocketException)
                {
                    throw new InvalidOperationException($"PgBouncer did not start: {_process.StandardError.ReadToEnd()}");
                }
            }
        }

        public string Url { get; }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
