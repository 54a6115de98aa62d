using System.Globalization;
using Npgsql;

namespace Ploy.Testing;

/// <summary>A database on the shared server.</summary>
public sealed class TemporaryPostgresDatabase : TemporaryDatabase
{
    private static int _count;

    private TemporaryPostgresDatabase(PostgresServer server, string name) => (Server, Name) = (server, name);

    /// <summary>The server that holds it.</summary>
    public PostgresServer Server { get; }

    /// <inheritdoc/>
    public override string Provider => "postgresql";

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Url => Server.Url(Name);

    /// <inheritdoc/>
    public override string ConnectionString => Server.ConnectionString(Name);

    /// <inheritdoc/>
    public override Task ExecuteAsync(string sql) => Server.ExecuteAsync(Name, sql);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await ReadRowsAsync(command);
    }

    /// <inheritdoc/>
    public override async Task<string> DumpAsync()
    {
        var call = new ProcessCall
        {
            Program = Server.Binaries["pg_dump"],
            Arguments =
            [
                "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=*._prisma_migrations", "--exclude-schema=_ploy",
                "--dbname=" + Url,
            ],
        };
        var result = await ChildProcess.RunAsync(call);
        return DumpText.Normalize(result.Expect(0).Output);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync() =>
        await Server.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS \"{Name}\" WITH (FORCE)");

    internal static async Task<TemporaryPostgresDatabase> NewAsync(string? template)
    {
        var server = await PostgresServer.SharedAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"ploy_test_{Interlocked.Increment(ref _count)}");
        // Copying files is several times as fast as logging the pages; servers before 15 always copy and do not know the word.
        var strategy = server.Major >= 15 ? "STRATEGY FILE_COPY" : "";
        await server.ExecuteAsync("postgres", $"CREATE DATABASE \"{name}\" TEMPLATE \"{template ?? "template0"}\" {strategy}");
        return new TemporaryPostgresDatabase(server, name);
    }
}
