using Ploy.Core.Diagnostics;
using Ploy.Postgres;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Sessions;
using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

public sealed class LockAndShadowTests
{
    private static readonly PostgresConnector Connector = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_lock_is_the_engines_and_names_its_holder_after_the_wait()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("SELECT pg_advisory_lock(72707369)");
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await Connector.LockAsync(database.Address, TimeSpan.FromMilliseconds(300), Cancel));
        Assert.Equal("P1002", exception.Code);
        Assert.Contains($"process {database.Session.Connection.ProcessID} ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("`ploy`", exception.Message, StringComparison.Ordinal);
        Assert.Contains("SELECT pg_advisory_lock", exception.Message, StringComparison.Ordinal);
        await database.Session.ExecuteAsync("SELECT pg_advisory_unlock(72707369)", Cancel);
        await using var held = await Connector.LockAsync(database.Address, TimeSpan.Zero, Cancel);
        Assert.Equal(0, await database.Session.QueryNumberAsync("SELECT pg_try_advisory_lock(72707369)::int", Cancel));
    }

    [Fact]
    public async Task Only_one_holds_the_lock_at_a_time_while_an_index_is_built_concurrently()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE TABLE t (id int)");
        var inside = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 5), Cancel, async (i, cancel) =>
        {
            await using var held = await Connector.LockAsync(database.Address, TimeSpan.FromSeconds(30), cancel);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await using var session = await Connector.OpenAsync(database.Address, cancel);
            await session.ExecuteAsync($"CREATE INDEX CONCURRENTLY i{i} ON t (id)", cancel);
            Interlocked.Decrement(ref inside);
        });
        Assert.Equal(5, await database.Session.QueryNumberAsync("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid", Cancel));
    }

    [Fact]
    public async Task A_temporary_shadow_is_empty_and_gone_afterwards()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        var main = PostgresAddressParser.Parse("Search Path=app;" + database.Address.ConnectionString, "/");
        string name;
        await using (var shadow = (PostgresSession)await Connector.OpenShadowAsync(main, null, Cancel))
        {
            name = shadow.Address.Database;
            Assert.StartsWith("prisma_migrate_shadow_db_", name, StringComparison.Ordinal);
            await shadow.ExecuteAsync("CREATE TABLE t (id int)", Cancel);
            Assert.Equal(1, await shadow.QueryNumberAsync("SELECT count(*) FROM app.t", Cancel) + 1);
        }

        Assert.Equal(0, await database.Session.QueryNumberAsync($"SELECT count(*) FROM pg_database WHERE datname = '{name}'", Cancel));
    }

    [Fact]
    public async Task A_shadow_that_was_set_aside_is_emptied_first_and_left_afterwards()
    {
        await using var main = await PostgresTestDatabase.CreateAsync();
        await using var aside = await PostgresTestDatabase.CreateAsync("CREATE SCHEMA other; CREATE TABLE other.t (id int); CREATE TABLE u (id int); CREATE EXTENSION citext");
        await using (var shadow = await Connector.OpenShadowAsync(main.Address, aside.Address, Cancel))
        {
            Assert.Equal(0, await shadow.QueryNumberAsync("SELECT count(*) FROM pg_namespace WHERE nspname = 'other'", Cancel));
            await shadow.ExecuteAsync("CREATE TABLE left_over (id int)", Cancel);
        }

        Assert.Equal(0, await aside.Session.QueryNumberAsync("SELECT count(*) FROM left_over", Cancel));
    }

    [Fact]
    public async Task The_main_database_is_never_the_shadow_under_any_name()
    {
        await using var main = await PostgresTestDatabase.CreateAsync("CREATE TABLE precious (id int)");
        var alias = PostgresAddressParser.Parse(main.Address.ConnectionString.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "/");
        foreach (var shadow in new[] { main.Address, alias })
        {
            var exception = await Assert.ThrowsAsync<PloyException>(async () => await Connector.OpenShadowAsync(main.Address, shadow, Cancel));
            Assert.Equal("PLOY2311", exception.Code);
        }

        Assert.Equal(0, await main.Session.QueryNumberAsync("SELECT count(*) FROM precious", Cancel));
    }

    [Fact]
    public async Task A_database_with_a_history_is_never_emptied_as_a_shadow()
    {
        await using var main = await PostgresTestDatabase.CreateAsync();
        await using var other = await PostgresTestDatabase.CreateAsync("CREATE TABLE precious (id int)");
        await new PostgresHistory(other.Session).CreateAsync(Cancel);
        var exception = await Assert.ThrowsAsync<PloyException>(async () => await Connector.OpenShadowAsync(main.Address, other.Address, Cancel));
        Assert.Equal("PLOY2312", exception.Code);
        Assert.Equal(0, await other.Session.QueryNumberAsync("SELECT count(*) FROM precious", Cancel));
    }

    [Fact]
    public async Task Without_any_server_there_is_no_shadow() =>
        Assert.Equal("P3014", (await Assert.ThrowsAsync<PloyException>(async () => await Connector.OpenShadowAsync(null, null, Cancel))).Code);

    [Fact]
    public async Task A_reset_empties_the_namespaces_named_and_no_other()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE SCHEMA a; CREATE TABLE a.t (id int); CREATE SCHEMA b; CREATE TABLE b.t (id int); CREATE TABLE t (id int)");
        await new PostgresHistory(database.Session).CreateAsync(Cancel);
        await Connector.ResetAsync(database.Session, ["a", "new"], Cancel);
        Assert.Null(await new PostgresHistory(database.Session).ReadAsync(Cancel));
        Assert.Equal([], (await database.IntrospectAsync("a", "new")).Tables);
        Assert.Equal(["a", "new"], (await database.IntrospectAsync("a", "new")).Namespaces);
        Assert.Equal(["b.t", "public.t"], (await database.IntrospectAsync("public", "b")).Tables.Select(t => t.Name.ToString()));
        await Connector.ResetAsync(database.Session, [], Cancel);
        Assert.Empty((await database.IntrospectAsync()).Tables);
    }

    [Fact]
    public async Task What_is_granted_and_said_by_hand_on_a_namespace_outlives_a_reset()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            "CREATE SCHEMA \"a b\"; GRANT USAGE, CREATE ON SCHEMA \"a b\" TO pg_monitor WITH GRANT OPTION; GRANT USAGE ON SCHEMA \"a b\" TO PUBLIC; COMMENT ON SCHEMA \"a b\" IS 'it''s'; " +
            "ALTER DEFAULT PRIVILEGES IN SCHEMA \"a b\" GRANT SELECT, INSERT ON TABLES TO pg_monitor; ALTER DEFAULT PRIVILEGES IN SCHEMA \"a b\" GRANT USAGE ON SEQUENCES TO pg_monitor WITH GRANT OPTION");
        const string Held = "SELECT nspacl::text, obj_description(n.oid, 'pg_namespace'), defaclobjtype::text, defaclacl::text FROM pg_namespace n LEFT JOIN pg_default_acl ON defaclnamespace = n.oid WHERE nspname = 'a b'";
        await database.Session.ExecuteAsync($"CREATE TABLE held AS {Held}", Cancel);
        await Connector.ResetAsync(database.Session, ["a b"], Cancel);
        Assert.Equal(0, await database.Session.QueryNumberAsync($"SELECT count(*) FROM ({Held} EXCEPT SELECT * FROM held) _", Cancel));
        Assert.Equal(1, await database.Session.QueryNumberAsync("SELECT has_schema_privilege('pg_monitor', 'a b', 'CREATE')::int", Cancel));
    }

    [Fact]
    public async Task A_reset_that_is_refused_changes_nothing()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE TABLE t (id int)");
        await Assert.ThrowsAsync<StatementException>(async () => await Connector.ResetAsync(database.Session, ["public", "pg_catalog"], Cancel));
        Assert.Single((await database.IntrospectAsync()).Tables);
    }
}
