using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>The sample of a multi-tenant platform, with its policies, checks, statistics and seeds.</summary>
public sealed class NxloySampleTests
{
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
