using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>
/// The client vanishes at every single message that it sends to the server, before, while and after the server works on it. One more
/// <c>deploy</c> ends as an undisturbed run does, each migration applied once.
/// </summary>
public sealed class KillAnywhereTests : IDisposable
{
    private const string Transactional =
        """
        CREATE TABLE a (id integer PRIMARY KEY, x integer);
        INSERT INTO a SELECT g, g FROM generate_series(1, 5) g;
        ALTER TABLE a ADD COLUMN y text NOT NULL DEFAULT 'y';
        UPDATE a SET x = x + 1;
        """;

    private const string Concurrent =
        """
        CREATE INDEX CONCURRENTLY a_x_idx ON a (x);
        CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "a ""odd"" idx" ON "a" (id, x);
        DROP INDEX CONCURRENTLY a_x_idx;
        REINDEX TABLE CONCURRENTLY a;
        VACUUM a;
        """;

    private const string Mixed =
        """
        CREATE TYPE mood AS ENUM ('sad');
        ALTER TYPE mood ADD VALUE 'glad';
        CREATE TABLE b (m mood NOT NULL DEFAULT 'sad');
        CREATE INDEX CONCURRENTLY b_m_idx ON b (m);
        INSERT INTO b VALUES ('glad');
        BEGIN;
        ALTER TABLE b ADD COLUMN n integer;
        INSERT INTO b VALUES ('sad', 2);
        COMMIT;
        CREATE INDEX CONCURRENTLY b_n_idx ON b (n);
        UPDATE b SET n = coalesce(n, 0) + 1;
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CutMoment.Before)]
    [InlineData(CutMoment.During)]
    [InlineData(CutMoment.After)]
    public async Task One_more_deploy_ends_as_an_undisturbed_run(CutMoment moment)
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        _folder.Write("migrations/20200101000000_transactional/migration.sql", Transactional);
        _folder.Write("migrations/20200102000000_concurrent/migration.sql", Concurrent);
        _folder.Write("migrations/20200103000000_mixed/migration.sql", Mixed);
        var (expected, messages) = await UndisturbedAsync();
        Assert.True(messages > 30, $"Only {messages} messages: the proxy does not see what it should.");

        for (var message = 1; message <= messages; message++)
        {
            await using var database = await TemporaryDatabase.PostgresAsync();
            await using (var proxy = new CuttingProxy("127.0.0.1", database.Server.Port, message, moment))
            {
                var killed = await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", Through(database, proxy));
                Assert.True(proxy.HasCut || killed.ExitCode == 0, $"message {message}: {killed.Error}");
                Assert.False(killed.Error.Contains("this is a bug", StringComparison.Ordinal), $"cut {moment} message {message} of {messages}:\n{killed.Error}");
            }

            var again = await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);

            Assert.True(again.ExitCode == 0, $"cut {moment} message {message} of {messages}:\n{again.Error}");
            Expect.Text(expected, $"{await StateAsync(database)}");
        }
    }

    private static string Through(TemporaryPostgresDatabase database, CuttingProxy proxy) =>
        database.Url.Replace($":{database.Server.Port}", $":{proxy.Port}", StringComparison.Ordinal);

    private static async Task<string> StateAsync(TemporaryPostgresDatabase database)
    {
        var lines = new List<string>();
        lines.AddRange(await database.RowsAsync("SELECT * FROM a ORDER BY 1"));
        lines.AddRange(await database.RowsAsync("SELECT * FROM b ORDER BY 1, 2"));
        lines.AddRange(await database.RowsAsync("SELECT i.relname, x.indisvalid FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace WHERE n.nspname = 'public' ORDER BY 1"));
        lines.AddRange(await database.RowsAsync("SELECT migration_name, count(*) FILTER (WHERE finished_at IS NOT NULL), count(*) FILTER (WHERE finished_at IS NULL AND rolled_back_at IS NULL) FROM _prisma_migrations GROUP BY 1 ORDER BY 1"));
        return string.Join('\n', lines);
    }

    private async Task<(string State, int Messages)> UndisturbedAsync()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await using var proxy = new CuttingProxy("127.0.0.1", database.Server.Port, 0, CutMoment.Before);
        (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--url", Through(database, proxy))).Expect(0);
        return (await StateAsync(database), proxy.Count);
    }
}
