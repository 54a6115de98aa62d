using System.Collections.Immutable;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Sessions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Migrations;

public sealed class HistoryStateTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_history_everything_is_pending()
    {
        var state = HistoryState.Compare(Files("1_a", "2_b"), null);
        Assert.False(state.IsInitialized);
        Assert.Equal(["1_a", "2_b"], state.Pending.Select(f => f.Name));
    }

    [Fact]
    public void Applied_ones_are_not_pending()
    {
        var files = Files("1_a", "2_b");
        var state = HistoryState.Compare(files, [Applied(files[0])]);
        Assert.Equal(["1_a"], state.Applied.Select(f => f.Name));
        Assert.Equal(["2_b"], state.Pending.Select(f => f.Name));
        Assert.False(state.IsUpToDate);
        Assert.True(HistoryState.Compare(files, [Applied(files[0]), Applied(files[1])]).IsUpToDate);
    }

    [Fact]
    public void A_failed_attempt_is_neither_pending_nor_applied_until_it_is_rolled_back()
    {
        var files = Files("1_a");
        var failed = Applied(files[0]) with { FinishedAt = null };
        var state = HistoryState.Compare(files, [failed]);
        Assert.Equal([failed], state.Failed);
        Assert.Empty(state.Pending);
        var rolledBack = HistoryState.Compare(files, [failed with { RolledBackAt = Start }]);
        Assert.Empty(rolledBack.Failed);
        Assert.Single(rolledBack.Pending);
    }

    [Fact]
    public void What_was_rolled_back_is_counted_until_an_attempt_stands()
    {
        var files = Files("1_a");
        var (first, second) = (Applied(files[0]) with { FinishedAt = null, RolledBackAt = Start, Logs = "one" }, Applied(files[0]) with { FinishedAt = null, RolledBackAt = Start, Logs = "two" });
        Assert.Equal([new RolledBackMigration("1_a", 2, second)], HistoryState.Compare(files, [first, second]).RolledBack);
        Assert.Empty(HistoryState.Compare(files, [first, second, Applied(files[0])]).RolledBack);
    }

    [Fact]
    public void A_retry_that_succeeded_counts()
    {
        var files = Files("1_a");
        Assert.True(HistoryState.Compare(files, [Applied(files[0]) with { FinishedAt = null, RolledBackAt = Start }, Applied(files[0])]).IsUpToDate);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var files = Files("1_a", "2_late", "3_b", "4_failed");
        var state = HistoryState.Compare(files, [
            Applied(files[0]) with { Checksum = new string('0', 64) }, Applied(files[2]), Applied(files[3]) with { FinishedAt = null },
            Applied(files[0]) with { MigrationName = "5_gone" }]);
        Assert.Equal(["1_a"], state.Edited.Select(e => e.File.Name));
        Assert.Equal(["2_late"], state.Pending.Select(f => f.Name));
        Assert.Equal(["2_late"], state.OutOfOrder.Select(f => f.Name));
        Assert.Equal(["4_failed"], state.Failed.Select(a => a.MigrationName));
        Assert.Equal(["5_gone"], state.Missing.Select(a => a.MigrationName));
        Assert.True(state.IsDiverged);
        Assert.Equal("3_b", state.LastCommon);
    }

    private static MigrationAttempt Applied(MigrationFile file) => new()
    {
        Id = "x", Checksum = file.Checksum, MigrationName = file.Name, StartedAt = Start, FinishedAt = Start, AppliedStepsCount = 1,
    };

    private ImmutableArray<MigrationFile> Files(params string[] names)
    {
        foreach (var name in names) _folder.Write($"{name}/migration.sql", $"-- {name}\n");
        return MigrationDirectory.Read(_folder.Root, "migrations").Files;
    }
}
