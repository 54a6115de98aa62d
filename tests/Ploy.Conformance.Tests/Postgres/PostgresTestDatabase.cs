using Ploy.Postgres.Introspection;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Testing;

namespace Ploy.Conformance.Tests.Postgres;

/// <summary>A database of its own for one test.</summary>
internal sealed class PostgresTestDatabase : IAsyncDisposable
{
    private readonly DatabaseAddress _server;

    private PostgresTestDatabase(DatabaseAddress server, DatabaseAddress address, PostgresSession session) => (_server, Address, Session) = (server, address, session);

    public static DatabaseAddress Server { get; } =
        PostgresAddressParser.Parse(PostgresServer.SharedAsync().GetAwaiter().GetResult().Url("postgres"), "/");

    public DatabaseAddress Address { get; }

    public PostgresSession Session { get; }

    public static async Task<PostgresTestDatabase> CreateAsync(string? script = null)
    {
        var name = "ploy_test_" + Guid.NewGuid().ToString("N");
        await using (var door = await PostgresSession.OpenAsync(Server, default))
            await door.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0{(door.ServerVersion.Major >= 15 ? " STRATEGY FILE_COPY" : "")}", default);
        var address = PostgresDatabases.Beside(Server, name);
        var session = await PostgresSession.OpenAsync(address, default);
        var database = new PostgresTestDatabase(Server, address, session);
        if (script is not null) await session.ExecuteAsync(script, default);
        return database;
    }

    public ValueTask<DatabaseSchema> IntrospectAsync(params string[] namespaces) => new PostgresIntrospector(Session).ReadAsync(new IntrospectionScope([.. namespaces]), default);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await using var door = await PostgresSession.OpenAsync(_server, default);
        await door.ExecuteAsync($"DROP DATABASE {Address.Database} WITH (FORCE)", default);
    }
}
