using Ploy.Postgres.Introspection;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Testing;

namespace Ploy.Conformance.Tests.Postgres;

/// <summary>A database of its own for one test, with an open session.</summary>
internal sealed class PostgresTestDatabase : IAsyncDisposable
{
    private readonly TemporaryPostgresDatabase _database;

    private PostgresTestDatabase(TemporaryPostgresDatabase database, DatabaseAddress address, PostgresSession session) =>
        (_database, Address, Session) = (database, address, session);

    public PostgresServer Server => _database.Server;

    public DatabaseAddress Address { get; }

    public PostgresSession Session { get; }

    public static async Task<PostgresTestDatabase> CreateAsync(string? script = null)
    {
        var database = await TemporaryDatabase.PostgresAsync();
        var address = PostgresAddressParser.Parse(database.Url, "/");
        var session = await PostgresSession.OpenAsync(address, default);
        if (script is not null) await session.ExecuteAsync(script, default);
        return new PostgresTestDatabase(database, address, session);
    }

    public ValueTask<DatabaseSchema> IntrospectAsync(params string[] namespaces) => new PostgresIntrospector(Session).ReadAsync(new IntrospectionScope([.. namespaces]), default);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await _database.DisposeAsync();
    }
}
