using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>The main job as a user does it: dev, an edit, dev, deploy elsewhere, status, diff.</summary>
public abstract class PlainCourseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract string Provider { get; }

    [Fact]
    public async Task A_schema_becomes_a_migrated_database_and_goes_on_from_there()
    {
        await using var main = await TemporaryDatabase.CreateAsync(Provider);
        await using var second = await TemporaryDatabase.CreateAsync(Provider);
        await using var shadow = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n");
        _folder.Write("prisma/schema/shop.prisma", "model Customer {\n  id    Int     @id @default(autoincrement())\n  email String  @unique\n  orders Order[]\n}\n\nmodel Order {\n  id Int @id\n  total Decimal\n  customerId Int\n  customer Customer @relation(fields: [customerId], references: [id])\n}\n");

        var first = (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("_init/", first.Output, StringComparison.Ordinal);
        await main.ExecuteAsync("INSERT INTO \"Customer\" (email) VALUES ('a@b.c')");

        _folder.Write("prisma/schema/shop.prisma", _folder.Read("prisma/schema/shop.prisma").Replace("  email ", "  phone String?\n  email ", StringComparison.Ordinal));
        var status = await PloyProgram.RunAsync(_folder.Root, "migrate", "diff", "--from-url", main.Url, "--to-schema", "prisma/schema", "--exit-code");
        Assert.Equal(2, status.ExitCode);
        var edit = (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--name", "Add customer phone", "--url", main.Url)).Expect(0);
        Assert.Contains("_add_customer_phone/", edit.Output, StringComparison.Ordinal);

        (await PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--url", second.Url)).Expect(0);
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "status", "--url", second.Url)).Expect(0);
        var nothing = (await PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--url", second.Url)).Expect(0);
        Assert.Contains("Nothing is pending.", nothing.Output, StringComparison.Ordinal);
        (await PloyProgram.RunAsync(
            _folder.Root, "migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema", "--exit-code", "--shadow-database-url", shadow.Url)).Expect(0);

        Assert.Equal(["a@b.c|NULL"], await main.RowsAsync("SELECT email, phone FROM \"Customer\""));
        Assert.Equal(await main.DumpAsync(), await second.DumpAsync());
        var again = (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", main.Url)).Expect(0);
        Assert.Contains("there was nothing to do", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_loses_rows_is_refused_where_nobody_can_be_asked()
    {
        await using var database = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n  x String?\n}}\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" VALUES (1, 'kept')");
        _folder.Write("prisma/schema/base.prisma", _folder.Read("prisma/schema/base.prisma").Replace("  x String?\n", "", StringComparison.Ordinal));
        var before = _folder.Files();

        var refused = await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error[PLOY2206]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("1 non-null value", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Files());
        Assert.Equal(["1|kept"], await database.RowsAsync("SELECT id, x FROM \"A\""));
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url, "--create-only", "--name", "drop x")).Expect(0);
        var script = _folder.Read(_folder.Files().Single(f => f.EndsWith("drop_x/migration.sql", StringComparison.Ordinal)));
        Assert.StartsWith(
            "/*\n  Warnings:\n\n  - You are about to drop the column `x` on the `A` table. All the data in the column will be lost.\n\n*/\n", script, StringComparison.Ordinal);
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url)).Expect(0);
        Assert.Equal(["1"], await database.RowsAsync("SELECT * FROM \"A\""));
    }

    [Fact]
    public async Task A_migration_warns_of_what_it_may_lose_on_any_database_though_this_one_has_no_rows()
    {
        await using var database = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n}}\n\nmodel B {{\n  id Int @id\n}}\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url)).Expect(0);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n  x String\n}}\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url, "--name", "x")).Expect(0);
        Assert.StartsWith(
            """
            /*
              Warnings:

              - You are about to drop the `B` table. If the table is not empty, all the data it contains will be lost.
              - Added the required column `x` to the `A` table without a default value. This is not possible if the table is not empty.

            */

            """,
            _folder.Read(_folder.Files().Single(f => f.EndsWith("_x/migration.sql", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_and_is_tried_again()
    {
        await using var database = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n}}\n");
        _folder.Write("prisma/migrations/migration_lock.toml", $"provider = \"{Provider}\"\n");
        _folder.Write("prisma/migrations/20200101000000_a/migration.sql", "CREATE TABLE \"A\" (id INTEGER NOT NULL PRIMARY KEY);\nINSERT INTO \"Nowhere\" VALUES (1);\n");

        var failed = await PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url);

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("error[P3018]", failed.Error, StringComparison.Ordinal);
        Assert.Contains("Statement 2 of 2", failed.Error, StringComparison.Ordinal);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NOT NULL AND logs IS NOT NULL"));
        _folder.Write("prisma/migrations/20200101000000_a/migration.sql", "CREATE TABLE \"A\" (id INTEGER NOT NULL PRIMARY KEY);\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "deploy", "--url", database.Url)).Expect(0);
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "status", "--url", database.Url)).Expect(0);
    }

    [Fact]
    public async Task Reset_needs_a_word_and_then_applies_everything()
    {
        await using var database = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n}}\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url)).Expect(0);
        (await PloyProgram.RunAsync(_folder.Root, "db", "mark", "--disposable", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"A\" VALUES (1)");

        var refused = await PloyProgram.RunAsync(_folder.Root, "migrate", "reset", "--url", database.Url);

        Assert.Contains("error[PLOY2201]", refused.Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal(["1"], await database.RowsAsync("SELECT count(*) FROM \"A\""));
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "reset", "--force", "--url", database.Url)).Expect(0);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM \"A\""));
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "status", "--url", database.Url)).Expect(0);
    }

    [Fact]
    public async Task Drift_is_shown_and_stops_dev_without_a_reset()
    {
        await using var database = await TemporaryDatabase.CreateAsync(Provider);
        _folder.Write("prisma/schema/base.prisma", $"datasource db {{\n  provider = \"{Provider}\"\n}}\n\nmodel A {{\n  id Int @id\n}}\n");
        (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("CREATE TABLE \"Strange\" (id INTEGER NOT NULL PRIMARY KEY)");

        var stopped = await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--url", database.Url);

        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains("error[PLOY2204]", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("[+] Added tables\n      - Strange", stopped.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], await database.RowsAsync("SELECT count(*) FROM \"Strange\""));
    }
}

public sealed class PostgresPlainCourseTests : PlainCourseTests
{
    protected override string Provider => "postgresql";
}

public sealed class SqlitePlainCourseTests : PlainCourseTests
{
    protected override string Provider => "sqlite";
}
