using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ploy.Core.Diagnostics;
using Ploy.Hosting;
using Ploy.Migrations.Files;
using Ploy.Testing;
using Xunit;

namespace Ploy.Client.Tests.Hosting;

/// <summary>Applications apply their migrations themselves, on the engine and with the history of the command line.</summary>
public sealed class MigratorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Pending_migrations_are_applied_once_and_a_context_of_ones_own_uses_the_tables(string provider)
    {
        using var folder = new TemporaryFolder();
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        Add(folder, provider, "20260101000000_init", "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL)");
        var migrator = Migrator(folder, database);
        Assert.Equal(["20260101000000_init"], await migrator.ApplyAsync(Cancel));
        Assert.Empty(await migrator.ApplyAsync(Cancel));
        Add(folder, provider, "20260102000000_stars", "ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 0");
        Assert.Equal(["20260102000000_stars"], await migrator.ApplyAsync(Cancel));
        Assert.Equal(
            ["20260101000000_init|1", "20260102000000_stars|1"],
            await database.RowsAsync("SELECT migration_name, applied_steps_count FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1"));

        var options = new DbContextOptionsBuilder<NotesContext>().AllowManyServices();
        await using var context = new NotesContext((provider == "sqlite" ? options.UseSqlite(database.ConnectionString) : options.UseNpgsql(database.ConnectionString)).Options);
        context.Add(new Note { Id = 1, Text = "ж", Stars = 5 });
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(["1|ж|5"], await database.RowsAsync("SELECT id, text, stars FROM notes"));
    }

    /// <summary>As docs/from-ef-core.md says under "Migrations only".</summary>
    [Fact]
    public async Task A_host_with_a_context_of_ones_own_starts_on_an_empty_database()
    {
        using var folder = new TemporaryFolder();
        await using var database = await TemporaryDatabase.PostgresAsync();
        Add(folder, "postgresql", "20260101000000_init", "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL, stars INTEGER NOT NULL)");
        var connection = database.ConnectionString;
        var builder = new HostApplicationBuilder();
        builder.Services.AddPloyMigrations((provider, options) => (options.Connection, options.Folder) = (connection, folder.Root));
        builder.Services.AddDbContext<NotesContext>(options => options.AllowManyServices().UseNpgsql(connection));
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<NotesContext>();
        context.Add(new Note { Id = 1, Text = "first", Stars = 3 });
        await context.SaveChangesAsync(Cancel);
        Assert.Equal(["1|first|3"], await database.RowsAsync("SELECT id, text, stars FROM notes"));
        Assert.Equal(["_prisma_migrations", "notes"], await database.RowsAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"));
        await host.StopAsync(Cancel);
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Of_several_instances_that_start_at_once_one_applies_and_the_others_wait(string provider)
    {
        using var folder = new TemporaryFolder();
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        for (var i = 1; i <= 3; i++) Add(folder, provider, $"2026010{i}000000_t{i}", $"CREATE TABLE t{i} (id INTEGER NOT NULL PRIMARY KEY)");
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator(folder, database).ApplyAsync(Cancel)));
        Assert.Equal(["20260101000000_t1", "20260102000000_t2", "20260103000000_t3"], applied.SelectMany(names => names).Order(StringComparer.Ordinal));
    }

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task A_migration_that_fails_ends_the_start_and_leaves_nothing_behind(string provider)
    {
        using var folder = new TemporaryFolder();
        await using var database = await TemporaryDatabase.CreateAsync(provider);
        Add(folder, provider, "20260101000000_bad", "CREATE TABLE good (id INTEGER NOT NULL PRIMARY KEY);\nCREATE TABLE good (id INTEGER NOT NULL PRIMARY KEY);");
        var builder = new HostApplicationBuilder();
        builder.Services.AddPloyMigrations((_, options) => (options.Connection, options.Folder) = (database.ConnectionString, folder.Root));
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<PloyException>(() => host.StartAsync(Cancel));
        Assert.Equal("P3018", error.Code);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE rolled_back_at IS NOT NULL AND finished_at IS NULL"));
        await database.ExecuteAsync("CREATE TABLE good (id INTEGER NOT NULL PRIMARY KEY)");
    }

    [Fact]
    public async Task A_database_with_tables_and_no_history_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync("CREATE TABLE theirs (id int)");
        Add(folder, "postgresql", "20260101000000_init", "CREATE TABLE ours (id int)");
        Assert.Equal("P3005", (await Assert.ThrowsAsync<PloyException>(() => Migrator(folder, database).ApplyAsync(Cancel))).Code);
        Assert.Equal(["theirs"], await database.RowsAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"));
    }

    [Fact]
    public async Task A_program_without_migrations_or_a_connection_is_told()
    {
        using var folder = new TemporaryFolder();
        var options = new PloyMigrationOptions { Folder = folder.Root };
        Assert.Equal("PLOY2401", (await Assert.ThrowsAsync<PloyException>(() => new PloyMigrator(options).ApplyAsync(Cancel))).Code);
        Add(folder, "sqlite", "20260101000000_init", "CREATE TABLE ours (id INTEGER)");
        Assert.Equal("PLOY2402", (await Assert.ThrowsAsync<PloyException>(() => new PloyMigrator(options).ApplyAsync(Cancel))).Code);
    }

    private static PloyMigrator Migrator(TemporaryFolder folder, TemporaryDatabase database) =>
        new(new PloyMigrationOptions { Connection = database.ConnectionString, Folder = folder.Root });

    private static void Add(TemporaryFolder folder, string provider, string name, string script) =>
        MigrationDirectory.Read(folder.Root, "migrations").Add(name, script, provider);

    private sealed class NotesContext(DbContextOptions<NotesContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>(note =>
        {
            note.ToTable("notes");
            note.Property(n => n.Id).HasColumnName("id").ValueGeneratedNever();
            note.Property(n => n.Text).HasColumnName("text");
            note.Property(n => n.Stars).HasColumnName("stars");
        });
    }

    private sealed class Note
    {
        public int Id { get; set; }

        public required string Text { get; set; }

        public int Stars { get; set; }
    }
}
