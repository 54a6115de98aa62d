using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Sqlite;
using Ploy.Sqlite.Sessions;
using Ploy.Testing;

namespace Ploy.Conformance.Tests.Sqlite;

/// <summary>A file of its own for one test, with an open session.</summary>
internal sealed class SqliteTestDatabase : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private SqliteTestDatabase(TemporaryFolder folder, DatabaseAddress address, IDatabaseSession session) => (_folder, Address, Session) = (folder, address, session);

    public static IDatabaseConnector Connector => SqliteDialect.Instance.Connector;

    public DatabaseAddress Address { get; }

    public IDatabaseSession Session { get; }

    public static async Task<SqliteTestDatabase> CreateAsync(string? script = null)
    {
        var folder = new TemporaryFolder();
        var address = SqliteAddressParser.Parse("file:test.db?socket_timeout=1", folder.Root);
        await Connector.EnsureDatabaseAsync(address, default);
        var session = await Connector.OpenAsync(address, default);
        if (script is not null) await session.ExecuteAsync(script, default);
        return new SqliteTestDatabase(folder, address, session);
    }

    public ValueTask<DatabaseSchema> IntrospectAsync(bool leavesPartialIndexes = false) =>
        Connector.Introspector(Session).ReadAsync(new IntrospectionScope([]) { LeavesPartialIndexes = leavesPartialIndexes }, default);

    public async Task<long?> NumberAsync(string sql) => await Session.QueryNumberAsync(sql, default);

    /// <summary>Runs a script as a migration is run.</summary>
    public async Task MigrateAsync(string script)
    {
        await using var transaction = await Session.BeginAsync(TransactionPurpose.Script, default);
        await Session.ExecuteAsync(script, default);
        await transaction.CommitAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        _folder.Dispose();
    }
}
