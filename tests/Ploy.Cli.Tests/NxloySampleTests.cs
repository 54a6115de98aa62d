using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>The sample of a multi-tenant platform, with its policies, checks, statistics and seeds.</summary>
public sealed class NxloySampleTests
{
    [Fact]
    public async Task The_main_job_goes_on_from_nothing_to_a_second_database()
    {
        using var folder = new TemporaryFolder();
        var sample = Repository.PathOf("samples", "nxloy");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(sample, "prisma", "schema"), "*.prisma"))
            folder.Write($"prisma/schema/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");
        await using var second = await TemporaryDatabase.CreateAsync("postgresql");
        await using var shadow = await TemporaryDatabase.CreateAsync("postgresql");

        var init = (await InProcess.RunAsync(folder.Root, "migrate", "dev", "--name", "init", "--skip-generate", "--url", main.Url)).Expect(0);
        Assert.Contains("_init/", init.Output, StringComparison.Ordinal);
        var customers = folder.Read("prisma/schema/customer.prisma");
        folder.Write("prisma/schema/customer.prisma", customers.Replace("  firstName     String\n", "  firstName     String\n  phone         String?   @db.VarChar(20)\n", StringComparison.Ordinal));
        var edit = (await InProcess.RunAsync(folder.Root, "migrate", "dev", "--name", "add_customer_phone", "--skip-generate", "--url", main.Url)).Expect(0);
        Assert.Contains("_add_customer_phone/", edit.Output, StringComparison.Ordinal);
        var script = Assert.Single(folder.Files(), f => f.EndsWith("_add_customer_phone/migration.sql", StringComparison.Ordinal));
        Assert.Equal("-- AlterTable\nALTER TABLE \"customers\" ADD COLUMN     \"phone\" VARCHAR(20);\n", folder.Read(script));

        (await InProcess.RunAsync(folder.Root, "migrate", "deploy", "--url", second.Url)).Expect(0);
        (await InProcess.RunAsync(folder.Root, "migrate", "status", "--url", second.Url)).Expect(0);
        (await InProcess.RunAsync(
            folder.Root, "migrate", "diff", "--from-migrations", "prisma/migrations", "--to-schema", "prisma/schema", "--exit-code", "--shadow-database-url", shadow.Url)).Expect(0);
        Assert.Equal(await main.DumpAsync(), await second.DumpAsync());
    }

    [Fact]
    public async Task Its_history_leads_to_its_schema_its_seeds_fill_every_table_and_tenants_see_their_own()
    {
        using var folder = new TemporaryFolder();
        var sample = Repository.PathOf("samples", "nxloy");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(sample, "prisma"), "*", SearchOption.AllDirectories))
            folder.Write(Path.GetRelativePath(sample, file).Replace('\\', '/'), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await using var main = await TemporaryDatabase.CreateAsync("postgresql");

        var dev = (await InProcess.RunAsync(folder.Root, "migrate", "dev", "--skip-generate", "--url", main.Url)).Expect(0);
        Assert.Contains("The database is in sync with the schema.", dev.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("The migration is written", dev.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("left alone", dev.Error, StringComparison.Ordinal);

        // Twice: seeds may be run again.
        for (var i = 0; i < 2; i++)
            foreach (var seed in folder.Files().Where(f => f.StartsWith("prisma/seeds/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
                await main.ExecuteAsync(folder.Read(seed));
        var tables = await main.RowsAsync("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations'");
        Assert.Equal(29, tables.Count);
        foreach (var table in tables) Assert.NotEqual(["0"], await main.RowsAsync($"SELECT count(*) FROM \"{table}\""));
        Assert.Equal(["prog_beans|2|418.75", "prog_glow|1|90.00"], await main.RowsAsync("SELECT \"programId\", members, \"pointsOutstanding\" FROM program_statistics ORDER BY 1"));

        const string role = "ploy_nxloy_app";
        await main.ExecuteAsync($"DROP ROLE IF EXISTS {role}; CREATE ROLE {role}; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}");
        Assert.Equal(["0"], await main.RowsAsync($"SET ROLE {role}; SELECT count(*) FROM customers"));
        Assert.Equal(["cus_jo", "cus_mo"], await main.RowsAsync($"SET ROLE {role}; SET app.current_business_id = 'biz_beans'; SELECT id FROM customers ORDER BY id"));
        Assert.Equal(["tier_glow|prog_glow"], await main.RowsAsync(
            $"SET ROLE {role}; SET app.current_business_id = 'biz_glow'; SELECT t.id, s.\"programId\" FROM loyalty_tiers t, current_program_statistics s"));
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync("RESET ROLE; UPDATE point_transactions SET points = 1"));
        await Assert.ThrowsAnyAsync<Exception>(() => main.ExecuteAsync("RESET ROLE; UPDATE invoices SET total = total + 1"));
        await main.ExecuteAsync($"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}");
    }
}
