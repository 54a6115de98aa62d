using System.Collections.Immutable;
using Ploy.Design.Replays;
using Ploy.Migrations.Files;
using Ploy.Postgres;
using Ploy.Relational.Sessions;
using Ploy.Sqlite;
using Ploy.Testing;
using Ploy.Testing.Generators;
using Xunit;

namespace Ploy.Unit.Tests.Design;

public sealed class ReplayCacheTests : IDisposable
{
    private static readonly IntrospectionScope Scope = new(["public"]);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_stored_is_found_by_another_run()
    {
        var schema = new SchemaGenerator(1).Schema();
        NewCache().Store("a", schema);

        Assert.Equal(schema, NewCache().Find("a"));
        Assert.Null(NewCache().Find("b"));
        Assert.Equal("*\n", _folder.Read(".ploy/.gitignore"));
        Assert.Equal([".ploy/.gitignore", ".ploy/replays/a.json"], _folder.Files());
    }

    [Fact]
    public void A_damaged_entry_is_none_wherever_the_damage_is()
    {
        NewCache().Store("a", SchemaMutations.Base);
        var path = _folder.PathOf(".ploy", "replays", "a.json");
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i += 7)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 1;
            File.WriteAllBytes(path, damaged);
            Assert.Null(NewCache().Find("a"));
            Assert.False(File.Exists(path));
            File.WriteAllBytes(path, bytes[..i]);
            Assert.Null(NewCache().Find("a"));
        }

        File.WriteAllBytes(path, bytes);
        Assert.Equal(SchemaMutations.Base, NewCache().Find("a"));
    }

    [Fact]
    public void The_entries_used_last_are_kept()
    {
        for (var i = 0; i < ReplayCache.Capacity; i++) Keep($"{i}");
        Assert.NotNull(NewCache().Find("0"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Keep("new");

        Assert.Equal(ReplayCache.Capacity, Directory.GetFiles(_folder.PathOf(".ploy", "replays")).Length);
        Assert.NotNull(NewCache().Find("0"));
        Assert.Null(NewCache().Find("1"));

        void Keep(string key)
        {
            NewCache().Store(key, SchemaMutations.Base);
            File.SetLastWriteTimeUtc(_folder.PathOf(".ploy", "replays", key + ".json"), _time.GetUtcNow().UtcDateTime);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void A_place_that_cannot_be_written_costs_only_time()
    {
        var file = _folder.Write("in-the-way", "");
        var cache = new ReplayCache(file, _time);

        cache.Store("a", SchemaMutations.Base);

        Assert.Null(cache.Find("a"));
    }

    [Fact]
    public async Task Writers_of_one_entry_do_not_disturb_each_other()
    {
        var schema = new SchemaGenerator(2).Schema();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            for (var round = 0; round < 50; round++)
            {
                NewCache().Store("a", schema);
                if (i > 3) Assert.Equal(schema, NewCache().Find("a") ?? schema);
            }
        })));

        Assert.Equal(schema, NewCache().Find("a"));
        Assert.Single(Directory.GetFiles(_folder.PathOf(".ploy", "replays")));
    }

    [Fact]
    public void Everything_that_decides_the_outcome_is_in_the_name()
    {
        var files = Files(("1_a", "SELECT 1;"), ("2_b", "SELECT 2;"));
        string[] keys =
        [
            Key(files),
            ReplayCache.KeyOf(SqliteDialect.Instance, "15.8", "public", Scope, [], files),
            ReplayCache.KeyOf(PostgresDialect.Instance, "15.9", "public", Scope, [], files),
            ReplayCache.KeyOf(PostgresDialect.Instance, "15.8", "other", Scope, [], files),
            ReplayCache.KeyOf(PostgresDialect.Instance, "15.8", "public", new IntrospectionScope(["public", "b"]), [], files),
            ReplayCache.KeyOf(PostgresDialect.Instance, "15.8", "public", Scope with { LeavesPartialIndexes = true }, [], files),
            ReplayCache.KeyOf(PostgresDialect.Instance, "15.8", "public", Scope, ["x"], files),
            Key(files[..1]),
            Key([files[1], files[0]]),
            Key(Files(("1_a", "SELECT 1;"), ("2_b", "SELECT 2; "))),
            Key(Files(("1_a", "SELECT 1;"), ("2_c", "SELECT 2;"))),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Key(Files(("1_a", "SELECT 1;"), ("2_b", "SELECT 2;"))));
    }

    private static string Key(ImmutableArray<MigrationFile> files) => ReplayCache.KeyOf(PostgresDialect.Instance, "15.8", "public", Scope, [], files);

    private static ImmutableArray<MigrationFile> Files(params ReadOnlySpan<(string Name, string Script)> scripts)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, script) in scripts) folder.Write($"{name}/migration.sql", script);
        return MigrationDirectory.Read(folder.Root, "migrations").Files;
    }

    private ReplayCache NewCache() => new(_folder.PathOf(".ploy"), _time);
}
