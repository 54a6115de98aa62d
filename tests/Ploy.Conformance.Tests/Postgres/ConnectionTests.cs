using System.Net;
using System.Net.Sockets;
using Ploy.Core.Diagnostics;
using Ploy.Postgres;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Sessions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

public sealed class ConnectionTests
{
    private static readonly PostgresConnector Connector = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_not_there_is_P1001_with_host_and_port()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await FailsAsync($"postgresql://u:geheim@127.0.0.1:{port}/db", "P1001", $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_P1001_within_its_timeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var start = TimeProvider.System.GetTimestamp();
        await FailsAsync($"postgresql://u:geheim@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/db?connect_timeout=1", "P1001", "within 1 s");
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.5, 4);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_P1001() => await FailsAsync("postgresql://u:geheim@nowhere.invalid/db", "P1001", "nowhere.invalid:5432");

    [Fact]
    public async Task A_socket_that_is_not_there_is_P1001() => await FailsAsync("postgresql://u:geheim@/db?host=/nonexistent", "P1001", "unix:/nonexistent");

    [Fact]
    public async Task A_database_that_is_not_there_is_P1003_with_its_name() =>
        await FailsAsync((await PostgresServer.SharedAsync()).Url("nix da"), "P1003", "`nix da`");

    [Fact]
    public async Task A_wrong_password_is_P1000_with_the_user()
    {
        var server = await PostgresServer.SharedAsync();
        await server.CreatePasswordRoleAsync("ploy \"pw\"", "richtig");
        await FailsAsync(server.Url("postgres", "ploy \"pw\"", "geheim"), "P1000", "`ploy \"pw\"`");
        await FailsAsync(server.Url("postgres", "ploy \"pw\"", "geheim").Replace(":geheim", "", StringComparison.Ordinal), "P1000", "`ploy \"pw\"`");
        await using var session = await Connector.OpenAsync(Connector.Parse(server.Url("postgres", "ploy \"pw\"", "richtig"), "/"), Cancel);
        Assert.Equal(1, await session.QueryNumberAsync("SELECT 1", Cancel));
    }

    [Fact]
    public async Task A_server_without_encryption_is_P1011_where_it_is_required() =>
        await FailsAsync((await PostgresServer.SharedAsync()).Url("postgres") + "?sslmode=require", "P1011", "secure");

    [Fact]
    public async Task A_certificate_that_is_not_there_is_P1011_with_its_file() =>
        await FailsAsync((await PostgresServer.SharedAsync()).Url("postgres") + "?sslmode=require&sslidentity=/nonexistent/client.p12", "P1011", "/nonexistent/client.p12");

    [Fact]
    public async Task Something_else_behind_the_port_is_an_error_of_the_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answer = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Cancel);
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Cancel);
        }, Cancel);
        await FailsAsync($"postgresql://u:geheim@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/db?connect_timeout=2", "P1011", "127.0.0.1");
        await answer;
    }

    [Fact]
    public async Task A_missing_database_is_made_once()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        Assert.False(await Connector.EnsureDatabaseAsync(database.Address, Cancel));
        var missing = PostgresDatabases.Beside(database.Address, database.Address.Database + " \"x\"");
        Assert.True(await Connector.EnsureDatabaseAsync(missing, Cancel));
        Assert.False(await Connector.EnsureDatabaseAsync(missing, Cancel));
        await database.Session.ExecuteAsync("DROP DATABASE " + PostgresNames.Quote(missing.Database), Cancel);
    }

    [Fact]
    public async Task A_database_that_may_not_be_made_is_P3000()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await database.Server.CreatePasswordRoleAsync(database.Address.Database, "geheim");
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await Connector.EnsureDatabaseAsync(AddressOf(database, database.Address.Database + "_missing"), Cancel));
        Assert.Equal("P3000", exception.Code);
        var shadow = await Assert.ThrowsAsync<PloyException>(async () => await PostgresShadow.CreateAsync(AddressOf(database, database.Address.Database), _ => ValueTask.FromResult<PostgresSession?>(null), Cancel));
        Assert.Equal("P3014", shadow.Code);
        foreach (var way in (string[])["CREATEDB", "shadowDatabaseUrl", "install PostgreSQL", "`.ploy`"]) Assert.Contains(way, shadow.Help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_database_may_be_made_a_server_of_our_own_takes_its_place_and_leaves_nothing()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await database.Server.CreatePasswordRoleAsync(database.Address.Database, "geheim");
        string folder;
        await using (var shadow = (PostgresSession)await Connector.OpenShadowAsync(AddressOf(database, database.Address.Database), null, Cancel))
        {
            folder = shadow.Address.Location["unix:".Length..];
            Assert.True(Directory.Exists(folder));
            Assert.Equal(database.Session.ServerVersion.Major, shadow.ServerVersion.Major);
            await shadow.ExecuteAsync("CREATE TABLE a (id integer)", Cancel);
        }

        Assert.False(Directory.Exists(folder));
        Assert.False(File.Exists(folder + ".log"));
    }

    [Fact]
    public async Task A_database_without_the_right_to_connect_is_P1010()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await database.Session.ExecuteAsync($"REVOKE CONNECT ON DATABASE {database.Address.Database} FROM PUBLIC", Cancel);
        await database.Server.CreatePasswordRoleAsync(database.Address.Database, "geheim");
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await Connector.OpenAsync(AddressOf(database, database.Address.Database), Cancel));
        Assert.Equal("P1010", exception.Code);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_is_P1017()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await using var session = await PostgresSession.OpenAsync(database.Address, Cancel);
        await database.Session.ExecuteAsync($"SELECT pg_terminate_backend({session.Connection.ProcessID})", Cancel);
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await session.ExecuteAsync("SELECT 1", Cancel));
        Assert.Equal("P1017", exception.Code);
    }

    [Fact]
    public async Task The_search_path_is_the_urls_namespace_alone()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE SCHEMA \"My \"\"App\"; CREATE TABLE public.t (id int)");
        var url = $"{database.Server.Url(database.Address.Database)}?schema=My%20%22App";
        await using var session = await Connector.OpenAsync(Connector.Parse(url, "/"), Cancel);
        await session.ExecuteAsync("CREATE TABLE t (id int)", Cancel);
        Assert.Equal(1, await database.Session.QueryNumberAsync("SELECT count(*) FROM pg_class WHERE oid = to_regclass('\"My \"\"App\".t')", Cancel));
    }

    // A role named like the database, without any right.
    private static DatabaseAddress AddressOf(PostgresTestDatabase database, string name) =>
        Connector.Parse(database.Server.Url(name, database.Address.Database, "geheim"), "/");

    private static async Task FailsAsync(string url, string code, string part)
    {
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await Connector.OpenAsync(Connector.Parse(url, "/"), Cancel));
        Assert.Equal(code, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", exception.ToString(), StringComparison.Ordinal);
    }
}
