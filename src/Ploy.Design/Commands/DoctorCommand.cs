using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What became of a migration, or of a database without a history.</summary>
public enum DoctorVerdict
{
    /// <summary>The database is in the state after it.</summary>
    Applied,

    /// <summary>The database is in the state before it.</summary>
    NotApplied,

    /// <summary>The database is in neither state.</summary>
    Partly,

    /// <summary>Its structure does not tell.</summary>
    CannotTell,
}

/// <summary>One thing that was looked at.</summary>
public sealed record DoctorFinding
{
    /// <summary>The migration.</summary>
    public required string Migration { get; init; }

    /// <summary>What became of it.</summary>
    public required DoctorVerdict Verdict { get; init; }

    /// <summary>What was seen, as sentences.</summary>
    public required ImmutableArray<string> Facts { get; init; }

    /// <summary>The way on, as one sentence that names the command.</summary>
    public required string Way { get; init; }

    /// <summary>Whether <c>--fix</c> takes that way: only where the verdict is certain.</summary>
    public required bool CanFix { get; init; }

    /// <summary>Whether it was fixed by this run.</summary>
    public bool IsFixed { get; init; }
}

/// <summary>
/// Looks at migrations that failed or were cut off, and at a database without a history: compares the database with the states before and
/// after, and says which it is. Reads only, unless asked to record what is certain.
/// </summary>
public sealed partial class DoctorCommand(Workspace workspace, MigrationServices services)
{
    private static readonly HashSet<string> StructureWords = new(StringComparer.Ordinal)
    {
        "CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "REINDEX", "VACUUM", "ANALYZE", "SET", "RESET", "PRAGMA", "CLUSTER", "REFRESH",
    };

    /// <summary>Looks at everything that has failed; empty where nothing has.</summary>
    /// <param name="fix">Whether to record what is certain.</param>
    /// <param name="lockWait">How long to wait for another run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">P3014 where no state can be made, P3006 where that of a baseline cannot; those of the connection.</exception>
    public async ValueTask<ImmutableArray<DoctorFinding>> RunAsync(bool fix, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var findings = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (!fix) return findings;
        var resolve = new ResolveCommand(workspace, services);
        // A baseline is hundreds of migrations: all or none, under one lock.
        if (findings.Where(f => f is { CanFix: true, Verdict: DoctorVerdict.Applied }).Select(f => f.Migration).ToImmutableArray() is { IsEmpty: false } applied)
            await resolve.ApplyAsync(applied, lockWait, cancellationToken).ConfigureAwait(false);
        foreach (var finding in findings.Where(f => f is { CanFix: true, Verdict: not DoctorVerdict.Applied }))
            await resolve.RollBackAsync(finding.Migration, lockWait, cancellationToken).ConfigureAwait(false);
        return [.. findings.Select(f => f with { IsFixed = f.CanFix })];
    }

    private async ValueTask<ImmutableArray<DoctorFinding>> FindAsync(CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        var directory = workspace.ReadMigrations();
        await using var session = await connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false);
        var state = HistoryState.Compare(directory.Files, await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        var actual = await workspace.ReadAsync(session, workspace.Address, cancellationToken).ConfigureAwait(false);
        if (!state.IsInitialized) return actual.Tables.IsEmpty ? [] : await BaselineAsync(session, directory, actual, cancellationToken).ConfigureAwait(false);
        var findings = ImmutableArray.CreateBuilder<DoctorFinding>();
        foreach (var failed in state.Failed.OrderBy(a => a.MigrationName, StringComparer.Ordinal))
            findings.Add(await LookAsync(session, directory, state, failed, actual, cancellationToken).ConfigureAwait(false));
        if (findings.Count == 0) findings.AddRange(await LateAsync(session, state, actual, cancellationToken).ConfigureAwait(false));
        return findings.ToImmutable();
    }

    // Migrations of two branches that meet, or that were tried in vain: another may have done already what is left of them.
    private async ValueTask<IEnumerable<DoctorFinding>> LateAsync(IDatabaseSession session, HistoryState state, DatabaseSchema actual, CancellationToken cancellationToken)
    {
        var tried = state.RolledBack.Select(r => r.MigrationName).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<MigrationFile> late = [.. state.Pending.Where(f => state.LateNames.Contains(f.Name) || tried.Contains(f.Name))];
        if (late.IsEmpty || !state.Missing.IsEmpty) return [];
        var shapes = new Shapes(workspace, new Replayer(workspace, session, services.Time));
        ImmutableArray<MigrationFile> together = [.. state.Applied.Concat(late).OrderBy(f => f.Name, StringComparer.Ordinal)];
        try
        {
            var reached = await shapes.AfterAsync(together, cancellationToken).ConfigureAwait(false);
            if (!shapes.IsFirst(workspace.Mark(actual, together), reached, await shapes.AfterAsync(state.Applied, cancellationToken).ConfigureAwait(false))) return [];
        }
        catch (PloyException exception) when (exception.Code == "P3006")
        {
            return
            [
                new DoctorFinding
                {
                    Migration = late[0].Name,
                    // One that was rolled back whole has left nothing; what came in late may have been done by another.
                    Verdict = tried.Contains(late[0].Name) ? DoctorVerdict.NotApplied : DoctorVerdict.CannotTell,
                    Facts = [tried.Contains(late[0].Name) ? "It was tried and rolled back." : "It is not applied.", $"With those that are applied it does not run, in the order of their names: {exception.Message}", .. exception.Notes],
                    Way = $"Correct the file that is named, then run `ploy migrate {(tried.Contains(late[0].Name) ? "deploy`" : "doctor` again")}.",
                    CanFix = false,
                },
            ];
        }

        return late.Select(file =>
        {
            var statements = MigrationScriptReader.Read(file, workspace.Dialect).Statements;
            var untold = statements.Count(s => !ShowsInStructure(s.Words, s.TextIn(file.Script.Text)));
            return new DoctorFinding
            {
                Migration = file.Name,
                Verdict = untold == 0 ? DoctorVerdict.Applied : DoctorVerdict.CannotTell,
                Facts =
                [
                    "It is not applied, but the database is already what it leads to together with those that are.",
                    .. untold == 0 ? (string[])[] : [$"But {untold} of its {statements.Length} statements do not show in the structure, which does not tell whether they are still to be done."],
                ],
                Way = $"{(untold == 0 ? "" : "Look at what they would do. Where it is done already: ")}Record it as applied: `ploy migrate resolve --applied {file.Name}`.",
                CanFix = untold == 0,
            };
        });
    }

    // Whether what the statement does can be read from the tables, columns, keys, indexes and enums that a database has.
    private static bool ShowsInStructure(IReadOnlyList<string> words, string text) => words switch
    {
        ["ALTER", "TABLE", ..] => ShownAlterations().IsMatch(text) && !HiddenAlterations().IsMatch(text),
        ["CREATE" or "DROP", "TABLE" or "INDEX" or "TYPE" or "SCHEMA" or "UNIQUE", ..] or ["ALTER", "TYPE", ..] => true,
        _ => false,
    };

    [GeneratedRegex(@"\b(ADD|DROP|ALTER|RENAME)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ShownAlterations();

    [GeneratedRegex(@"\b(OWNER\s+TO|ROW\s+LEVEL\s+SECURITY|(EN|DIS)ABLE\s+(ALWAYS\s+|REPLICA\s+)?(TRIGGER|RULE))\b", RegexOptions.IgnoreCase)]
    private static partial Regex HiddenAlterations();

    // The longest run of migrations from the first on that leads to exactly this database.
    private async ValueTask<ImmutableArray<DoctorFinding>> BaselineAsync(IDatabaseSession session, MigrationDirectory directory, DatabaseSchema actual, CancellationToken cancellationToken)
    {
        var (shapes, held) = (new Shapes(workspace, new Replayer(workspace, session, services.Time)), 0);
        await using (var shadow = await workspace.OpenShadowAsync(cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i < directory.Files.Length; i++)
            {
                try
                {
                    await MigrationEngine.ReplayAsync(shadow, [directory.Files[i]], workspace.Dialect, cancellationToken).ConfigureAwait(false);
                }
                catch (PloyException exception) when (exception.Code == "P3006" && held > 0)
                {
                    break; // the database is what those before it lead to; that this one does not run is another matter, which a deploy will tell
                }

                if (shapes.AreSame(await workspace.ReadAsync(shadow, workspace.Address, cancellationToken).ConfigureAwait(false), actual)) held = i + 1;
            }
        }

        return [.. directory.Files.Take(held == 0 ? 1 : held).Select(file => Baseline(file, held, directory.Files.Length))];
    }

    private static DoctorFinding Baseline(MigrationFile file, int held, int count) => held == 0
        ? new DoctorFinding
        {
            Migration = file.Name,
            Verdict = DoctorVerdict.CannotTell,
            Facts = [$"The database has no history, and it is not what the migrations lead to, whether one takes the first or all {count}."],
            Way = "Compare it with `ploy migrate diff`, bring it to the state after one of the migrations, or use an empty database.",
            CanFix = false,
        }
        : new DoctorFinding
        {
            Migration = file.Name,
            Verdict = DoctorVerdict.Applied,
            Facts = [held == 1 ? $"The database has no history, and it is what the first of {count} migrations leads to." : $"The database has no history, and it is what the first {held} of {count} migrations lead to."],
            Way = $"Record it: `ploy migrate resolve --applied {file.Name}`.",
            CanFix = true,
        };

    private async ValueTask<DoctorFinding> LookAsync(
        IDatabaseSession session, MigrationDirectory directory, HistoryState state, MigrationAttempt failed, DatabaseSchema actual, CancellationToken cancellationToken)
    {
        var facts = new List<string> { $"It began at {failed.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC and was not brought to an end." };
        if (!string.IsNullOrEmpty(failed.Logs)) facts.Add($"Its log: {failed.Logs.ReplaceLineEndings(" ").Trim()}");
        var back = $"Put the file back from version control, then run `ploy migrate doctor` again; where it is gone for good, look yourself and say what became of this one: `ploy migrate resolve --rolled-back {failed.MigrationName}` or `--applied`.";
        if (directory.Files.FirstOrDefault(f => f.Name == failed.MigrationName) is not { } file)
            return Finding(failed, DoctorVerdict.CannotTell, [.. facts, "It is not on disk, so the state after it is not known."], back.Replace(" or `--applied`", "", StringComparison.Ordinal));
        if (state.Missing is [var missing, ..])
            return Finding(failed, DoctorVerdict.CannotTell, [.. facts, $"The migration `{missing.MigrationName}` is applied and not on disk, so the state before it is not known."], back);
        // What the migration would make its own is looked for under that name too: half of it would else be taken for somebody else's.
        actual = workspace.Mark(actual, [.. state.Applied, file]);
        if (!file.Matches(failed.Checksum)) facts.Add("The file was changed since.");
        var entries = workspace.Dialect.Connector.Ledger(session) is { } ledger ? await ledger.ReadAsync(failed.Id, cancellationToken).ConfigureAwait(false) : [];
        var statements = MigrationScriptReader.Read(file, workspace.Dialect).Statements;
        if (!entries.IsEmpty) facts.Add($"Of its {statements.Length} statements {entries.Count(e => e is { Index: >= 0, IsFinished: true })} have run, as the ledger says.");

        var shapes = new Shapes(workspace, new Replayer(workspace, session, services.Time));
        var goesOn = entries.IsEmpty ? null : "Correct the cause, then run `ploy migrate deploy`: it goes on at the statement that failed.";
        DatabaseSchema before;
        try
        {
            before = await shapes.AfterAsync([.. state.Applied], cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code == "P3006")
        {
            return Finding(
                failed, DoctorVerdict.CannotTell, [.. facts, "The state before it cannot be made: " + exception.Message, .. exception.Notes],
                goesOn ?? $"Look yourself what of it is in the database: where it is nothing, run `ploy migrate resolve --rolled-back {file.Name}`, where it is all, `--applied {file.Name}`.");
        }

        var either = $"Bring the database to one of the two states; then run `ploy migrate resolve --rolled-back {file.Name}` for the state before, `--applied {file.Name}` for the state after.";
        var rows = statements.Count(s => ChangesRows(s.Words, s.TextIn(file.Script.Text)));
        DatabaseSchema after;
        try
        {
            after = await shapes.AfterAsync([.. state.Applied.Append(file).OrderBy(f => f.Name, StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code == "P3006")
        {
            // Mostly that is why it failed.
            facts.Add($"As the file is now it does not run{string.Concat(exception.Notes.Select(n => $": {n}")).TrimEnd('.')}.");
            if (!shapes.AreDistinct(before, actual) && rows == 0)
                return Finding(failed, DoctorVerdict.NotApplied, [.. facts, "The database is in the state before it: it has nothing of it."], $"Correct the file and record the attempt as rolled back: `ploy migrate resolve --rolled-back {file.Name}`.", canFix: true);
            return Finding(failed, DoctorVerdict.Partly, [.. facts, $"To go back to the state before it:\n{Summary(actual, before)}"], goesOn ?? either);
        }

        if (!shapes.AreDistinct(before, after))
            return Finding(failed, DoctorVerdict.CannotTell, [.. facts, "It changes nothing that can be seen in the database's structure."], goesOn ?? either);
        var isAfter = shapes.IsFirst(actual, after, before);
        if (!isAfter && !shapes.IsFirst(actual, before, after))
        {
            facts.Add($"The database is in neither state. To reach the one after it:\n{Summary(actual, after)}");
            facts.Add($"To go back to the one before it:\n{Summary(actual, before)}");
            return Finding(failed, DoctorVerdict.Partly, facts, goesOn ?? either);
        }

        facts.Add(isAfter ? "The database is in the state after it." : "The database is in the state before it: it has nothing of it.");
        if (rows > 0) facts.Add($"But {rows} of its {statements.Length} statements work on rows, and the structure does not tell whether they ran.");
        var way = isAfter ? $"Record it as applied: `ploy migrate resolve --applied {file.Name}`." : $"Record it as rolled back: `ploy migrate resolve --rolled-back {file.Name}`; the next `ploy migrate deploy` applies it.";
        return Finding(failed, isAfter ? DoctorVerdict.Applied : DoctorVerdict.NotApplied, facts, rows > 0 ? "Look whether the rows are changed. " + way : way, canFix: rows == 0);
    }

    private string Summary(DatabaseSchema from, DatabaseSchema to)
    {
        var difference = SchemaDiffer.Diff(from, to, workspace.Dialect);
        return difference.IsEmpty ? "(objects that the schema cannot say)" : ChangeSummary.Render(difference).Trim('\n');
    }

    // The copy into a table that a script makes anew is part of that.
    private static bool ChangesRows(IEnumerable<string> words, string text) =>
        words.FirstOrDefault() is not { } first || (!StructureWords.Contains(first) && !text.StartsWith("INSERT INTO \"new_", StringComparison.Ordinal));

    private static DoctorFinding Finding(MigrationAttempt failed, DoctorVerdict verdict, IEnumerable<string> facts, string way, bool canFix = false) =>
        new() { Migration = failed.MigrationName, Verdict = verdict, Facts = [.. facts], Way = way, CanFix = canFix };
}
