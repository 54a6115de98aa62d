using System.Collections.Immutable;
using Ploy.Migrations.Files;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.History;

/// <summary>A migration that was changed after it was applied.</summary>
/// <param name="File">The file as it is now.</param>
/// <param name="Attempt">The attempt that applied it.</param>
public sealed record EditedMigration(MigrationFile File, MigrationAttempt Attempt);

/// <summary>A migration whose every attempt was rolled back.</summary>
/// <param name="MigrationName">The folder's name.</param>
/// <param name="Times">How many attempts there were.</param>
/// <param name="Last">The newest of them.</param>
public sealed record RolledBackMigration(string MigrationName, int Times, MigrationAttempt Last);

/// <summary>What the files and the history say of each other; several lists may be non-empty at once.</summary>
public sealed record HistoryState
{
    /// <summary>The rows of the history, by start time; null where the database has no history table.</summary>
    public required ImmutableArray<MigrationAttempt>? Attempts { get; init; }

    /// <summary>Whether the database has a history table.</summary>
    public bool IsInitialized => Attempts is not null;

    /// <summary>Files that are applied, in the order of their names.</summary>
    public required ImmutableArray<MigrationFile> Applied { get; init; }

    /// <summary>Files without an attempt that stands, in the order of their names.</summary>
    public required ImmutableArray<MigrationFile> Pending { get; init; }

    /// <summary>Attempts that neither finished nor were rolled back, by start time.</summary>
    public required ImmutableArray<MigrationAttempt> Failed { get; init; }

    /// <summary>Migrations with attempts that were all rolled back, by name; on disk or not.</summary>
    public required ImmutableArray<RolledBackMigration> RolledBack { get; init; }

    /// <summary>Applied files whose text is not what was applied.</summary>
    public required ImmutableArray<EditedMigration> Edited { get; init; }

    /// <summary>Migrations that are applied or failed and have no file, the newest attempt of each, by name.</summary>
    public required ImmutableArray<MigrationAttempt> Missing { get; init; }

    /// <summary>Pending files that sort before the last applied migration.</summary>
    public required ImmutableArray<MigrationFile> OutOfOrder { get; init; }

    /// <summary>The names of <see cref="OutOfOrder"/>.</summary>
    public IReadOnlySet<string> LateNames => OutOfOrder.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The last migration that both files and history have; null where they share none.</summary>
    public required string? LastCommon { get; init; }

    /// <summary>Whether files and history each have a migration that the other lacks.</summary>
    public bool IsDiverged => !Missing.IsEmpty && !Pending.IsEmpty;

    /// <summary>Whether there is nothing to apply and nothing wrong.</summary>
    public bool IsUpToDate => Pending.IsEmpty && Failed.IsEmpty && Edited.IsEmpty && Missing.IsEmpty;

    /// <summary>Whether the history still says what was compared here: nobody has applied or resolved anything since.</summary>
    public bool IsStill(ImmutableArray<MigrationAttempt>? attempts) => attempts is { } now ? Attempts is { } then && then.SequenceEqual(now) : Attempts is null;

    /// <summary>Compares them; pure.</summary>
    /// <param name="files">In the order of their names.</param>
    /// <param name="attempts">By start time; null where there is no history table.</param>
    public static HistoryState Compare(ImmutableArray<MigrationFile> files, ImmutableArray<MigrationAttempt>? attempts)
    {
        var standing = (attempts ?? []).Where(a => a.RolledBackAt is null).ToList();
        var applied = new Dictionary<string, MigrationAttempt>(StringComparer.Ordinal);
        foreach (var attempt in standing)
            if (attempt.FinishedAt is not null)
                applied[attempt.MigrationName] = attempt;
        var attempted = standing.Select(a => a.MigrationName).ToHashSet(StringComparer.Ordinal);
        var names = files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<MigrationFile> pending = [.. files.Where(f => !attempted.Contains(f.Name))];
        var last = applied.Keys.Max(StringComparer.Ordinal);
        return new HistoryState
        {
            Attempts = attempts,
            Applied = [.. files.Where(f => applied.ContainsKey(f.Name))],
            Pending = pending,
            Failed = [.. standing.Where(a => a.FinishedAt is null)],
            RolledBack =
            [
                .. (attempts ?? []).Where(a => !attempted.Contains(a.MigrationName)).GroupBy(a => a.MigrationName, StringComparer.Ordinal)
                    .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new RolledBackMigration(g.Key, g.Count(), g.Last())),
            ],
            Edited = [.. files.Where(f => applied.TryGetValue(f.Name, out var a) && !f.Matches(a.Checksum)).Select(f => new EditedMigration(f, applied[f.Name]))],
            Missing = [.. standing.Where(a => !names.Contains(a.MigrationName)).GroupBy(a => a.MigrationName, StringComparer.Ordinal).Select(g => applied.GetValueOrDefault(g.Key, g.Last())).OrderBy(a => a.MigrationName, StringComparer.Ordinal)],
            OutOfOrder = [.. pending.Where(f => last is not null && string.CompareOrdinal(f.Name, last) < 0)],
            LastCommon = files.Where(f => applied.ContainsKey(f.Name)).Select(f => f.Name).LastOrDefault(),
        };
    }
}

internal static class MaxExtensions
{
    public static string? Max(this IEnumerable<string> names, StringComparer comparer) => names.OrderDescending(comparer).FirstOrDefault();
}
