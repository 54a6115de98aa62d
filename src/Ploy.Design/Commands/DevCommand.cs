using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>migrate dev</c> is asked for.</summary>
public sealed record DevInput
{
    /// <summary>The new migration's name; null to propose one.</summary>
    public string? Name { get; init; }

    /// <summary>Only write the migration.</summary>
    public bool CreateOnly { get; init; }

    /// <summary>Whether losing data is agreed to.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>The consent <c>DATABASE@PLAN_HASH</c> to losing data in a database that is not disposable; null where none was given.</summary>
    public string? Consent { get; init; }

    /// <summary>What to do where the database and its migrations do not belong together.</summary>
    public MismatchWay Drift { get; init; }

    /// <summary>How long to wait for another run that holds the lock.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>What <c>migrate dev</c> did.</summary>
public sealed record DevReport
{
    /// <summary>The database.</summary>
    public required DatabaseAddress Address { get; init; }

    /// <summary>Whether the database was made.</summary>
    public required bool CreatedDatabase { get; init; }

    /// <summary>Names of migrations that were pending and are applied now.</summary>
    public required ImmutableArray<string> AppliedPending { get; init; }

    /// <summary>Those of them that are older than one that was applied before: they came in from another branch.</summary>
    public ImmutableArray<string> OutOfOrder { get; init; } = [];

    /// <summary>The migration that was written; null where the schema had nothing new.</summary>
    public MigrationFile? Created { get; init; }

    /// <summary>Whether database and migrations did not belong together and were settled first.</summary>
    public bool IsSettled { get; init; }

    /// <summary>The migration that took in what the database had of its own; null where none did.</summary>
    public MigrationFile? Taken { get; init; }

    /// <summary>Whether the new migration is applied.</summary>
    public bool IsApplied { get; init; }

    /// <summary>What of the new migration loses data or cannot run on the rows that are there.</summary>
    public DestructiveDiagnostics Losses { get; init; } = new([], []);

    /// <summary>Objects of the database that the schema cannot say; they were left alone.</summary>
    public ImmutableArray<UnmanagedObject> Unmanaged { get; init; } = [];
}

/// <summary>
/// Makes a migration of what is new in the schema and applies it. Before that it proves that the database is what its history says;
/// where it is not, it shows the difference and stops: nothing is ever reset here.
/// </summary>
public sealed class DevCommand(Workspace workspace, MigrationServices services, IPrompt prompt)
{
    private const string Rival = "PLOY2304";

    // How often to begin anew where others change the history in between.
    private const int Tries = 5;

    /// <summary>Replays, compares, applies what is pending, writes and applies what is new.</summary>
    /// <exception cref="PloyException">See the codes of its help; 130 is the exit code where the history has to be put in order first.</exception>
    public async ValueTask<DevReport> RunAsync(DevInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var (session, created) = await connector.OpenOrCreateAsync(address, async () => input = await ForeseeAsync(input, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await using var opened = session;
        if (created) await DatabaseMarks.WriteAsync(connector.State(session), DatabaseMark.Disposable, cancellationToken).ConfigureAwait(false);
        var report = new DevReport { Address = address, CreatedDatabase = created, AppliedPending = [] };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunAsync(session, report, input, done => report = done, cancellationToken).ConfigureAwait(false);
            }
            catch (PloyException exception) when (exception.Code == Rival && attempt < Tries)
            {
                // Another run was first: what it did is looked at as everything else is.
            }
            catch (PloyException exception) when (report.IsSettled || !report.AppliedPending.IsEmpty)
            {
                throw After(report, exception);
            }
        }
    }

    // All that may be refused or asked is, before the database is made: a run that ends there leaves none, and the next one is again the first, which seeds.
    private async ValueTask<DevInput> ForeseeAsync(DevInput input, CancellationToken cancellationToken)
    {
        try
        {
            var (replayed, desired) = await new Replayer(workspace, null, services.Time)
                .ReplayAsync(workspace.ReadMigrations().Files, workspace.Desired(workspace.Address), isLiveThere: false, cancellationToken).ConfigureAwait(false);
            var difference = SchemaDiffer.DiffWithRows(replayed, desired, workspace.Dialect);
            return difference.IsEmpty && !input.CreateOnly ? input : input with { Name = NameFor(difference, input) };
        }
        catch (PloyException exception) when (exception.Code == "P3014")
        {
            return input; // what may not be replayed beside is found out on the database itself
        }
    }

    private static PloyException Rivals() => new(Rival, "Others change the history at this moment, again and again. Nothing of this run has changed the database.", "Run the command again.");

    // What is refused or fails has changed nothing; what this run did before has.
    private static PloyException After(DevReport done, PloyException exception) => new(
        exception.Code,
        exception.Message.Replace("Nothing has changed", "Nothing else has changed", StringComparison.Ordinal).Replace("nothing has changed", "nothing else has changed", StringComparison.Ordinal),
        exception.Help,
        exception)
    {
        ExitCode = exception.ExitCode,
        Location = exception.Location,
        Notes =
        [
            .. exception.Notes,
            .. done.IsSettled ? (string[])["done before: the database and its history are what the migrations say again"] : [],
            .. done.AppliedPending.IsEmpty ? (string[])[] : [$"done before: applied {string.Join(", ", done.AppliedPending.Select(n => $"`{n}`"))}"],
        ],
    };

    private async ValueTask<DevReport> RunAsync(IDatabaseSession session, DevReport report, DevInput input, Action<DevReport> keep, CancellationToken cancellationToken)
    {
        var replayer = new Replayer(workspace, session, services.Time);
        var found = await FindAsync(session, replayer, cancellationToken).ConfigureAwait(false);
        if (!found.Mismatch.IsEmpty)
        {
            // Another run may have been done between the look at the history and the one at the database: what it made is no drift.
            if (!found.Mismatch.State.IsStill(await workspace.Dialect.Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false))) throw Rivals();
            var taken = await new MismatchSettler(workspace, services, prompt).SettleAsync(session, found.Directory, found.Mismatch, input, cancellationToken).ConfigureAwait(false);
            keep(report = report with { IsSettled = true });
            found = await FindAsync(session, replayer, cancellationToken).ConfigureAwait(false);
            if (!found.Mismatch.IsEmpty) throw found.Mismatch.ToException();
            // The schema may lack what was taken in: the same run must not take it out again.
            if (taken is not null)
                return report with { Taken = taken, Unmanaged = [.. found.Mismatch.Difference.After.Unmanaged] };
        }

        var (directory, state, actual) = (found.Directory, found.Mismatch.State, found.Mismatch.Difference.After);
        var (replayed, desired) = await ReplayAsync(replayer, directory, state, cancellationToken).ConfigureAwait(false);
        if (workspace.LooksIntoLeft(replayed, desired, directory.Files)) (replayed, desired) = await ReplayAsync(replayer, directory, state, cancellationToken).ConfigureAwait(false);
        keep(report = report with { Unmanaged = [.. actual.Unmanaged] });
        if (!state.Pending.IsEmpty)
        {
            var (late, attempts) = (state.OutOfOrder, await ApplyAsync(session, state, state.Pending, null, input, cancellationToken).ConfigureAwait(false));
            keep(report = report with { AppliedPending = [.. report.AppliedPending, .. state.Pending.Select(f => f.Name)], OutOfOrder = [.. report.OutOfOrder, .. late.Select(f => f.Name)] });
            state = HistoryState.Compare(directory.Files, attempts);
        }

        var difference = OverLive(SchemaDiffer.DiffWithRows(replayed, desired, workspace.Dialect), actual);
        if (difference.IsEmpty && !input.CreateOnly) return report.AppliedPending.IsEmpty ? report : report with { Unmanaged = LeftAlone(await ReadAsync().ConfigureAwait(false)) };
        var plan = DestructiveCheckPlan.Create(difference, workspace.Dialect);
        var losses = await plan.InspectAsync(session, workspace.Dialect, cancellationToken).ConfigureAwait(false);
        var obstacles = await Obstacles.FindAsync(difference, workspace.Dialect, session, cancellationToken).ConfigureAwait(false);
        if (!input.CreateOnly) RequireNone(obstacles);

        // Whoever writes it by hand has to take care of these, too.
        ImmutableArray<DestructiveMessage> inTheWay = [.. obstacles.Select(o => new DestructiveMessage($"{Obstacles.Describe(o)} It has to go before the change and to be made again after it.", 0))];
        report = report with { Losses = losses with { Unexecutable = [.. losses.Unexecutable, .. inTheWay] } };
        // The file runs on databases with other rows than these: its head says what it may lose anywhere.
        var anywhere = plan.Describe();
        var script = MigrationScript.Render(difference, workspace.Dialect, anywhere with { Unexecutable = [.. anywhere.Unexecutable, .. inTheWay] });
        if (!input.CreateOnly) await AgreeAsync(session, report.Losses, script, input, cancellationToken).ConfigureAwait(false);
        var name = MigrationNames.Create(MigrationNames.TimeAfter(services.Time.GetUtcNow(), directory.Files is [.., var last] ? last.Name : null), NameFor(difference, input));
        var file = directory.Add(name, script, workspace.Dialect.Id);
        report = report with { Created = file };
        if (input.CreateOnly) return report;

        await ApplyAsync(session, state, [file], RememberAsync, input, cancellationToken).ConfigureAwait(false);
        return report with { IsApplied = true };

        // By now the migrations have made or taken in some of what was left alone before.
        ValueTask<DatabaseSchema> ReadAsync() => workspace.ReadAsync(session, workspace.Address, cancellationToken);
        ImmutableArray<UnmanagedObject> LeftAlone(DatabaseSchema reached, params MigrationFile[] more) => [.. workspace.Mark(reached, [.. directory.Files, .. more]).Unmanaged];

        // Two databases that were the same in every detail are so after a script of our own, which does the same whatever the rows are. Held by the lock, and not
        // where somebody changed the database by other means meanwhile.
        async ValueTask RememberAsync()
        {
            var reached = await ReadAsync().ConfigureAwait(false);
            report = report with { Unmanaged = LeftAlone(reached, file) };
            if (!report.AppliedPending.IsEmpty || replayed != actual) return;
            if (SchemaDiffer.Diff(workspace.Mark(reached, [.. directory.Files, file]), desired, workspace.Dialect).IsEmpty)
                await replayer.RememberAsync([.. directory.Files, file], reached, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<(DatabaseSchema Replayed, DatabaseSchema Desired)> ReplayAsync(Replayer replayer, MigrationDirectory directory, HistoryState state, CancellationToken cancellationToken)
    {
        try
        {
            return await replayer.ReplayAsync(directory.Files, workspace.Desired(workspace.Address), isLiveThere: state.Pending.IsEmpty, cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code == "P3006" && state.OutOfOrder is [var first, ..])
        {
            throw new PloyException(
                exception.Code,
                $"{exception.Message} `{first.Name}` is older than `{state.Applied[^1].Name}`, which is applied here: it came in from another branch, and the two do not go together. Nothing has changed.",
                string.Join(
                    '\n',
                    "One of these leads on:",
                    "- where both branches do the same, let the later file do it only where it is still to be done (such as `IF NOT EXISTS`). Then, in each database that has the later one: `ploy migrate dev --take-drift` or `ploy migrate resolve --applied NAME` records the file as it is now, and `ploy migrate doctor --fix` what is left of the older one",
                    "- else correct the file that is applied nowhere but on developers' own databases"),
                exception)
            {
                Location = exception.Location,
                Notes = exception.Notes,
            };
        }
    }

    private string NameFor(SchemaDifference difference, DevInput input)
    {
        if (input.Name is { } name) return name;
        var proposal = difference.IsEmpty ? "empty" : NameProposal.For(difference);
        return prompt.CanPrompt ? prompt.Ask("Name of the new migration", proposal) : proposal;
    }

    // What was found holds only as long as nobody else changes the history.
    private async ValueTask<ImmutableArray<MigrationAttempt>?> ApplyAsync(
        IDatabaseSession session, HistoryState state, ImmutableArray<MigrationFile> files, Func<ValueTask>? whileHeld, DevInput input, CancellationToken cancellationToken)
    {
        await using var held = await services.LockAsync(workspace.Address, input.LockWait, cancellationToken).ConfigureAwait(false);
        var history = workspace.Dialect.Connector.History(session);
        var attempts = await history.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!state.IsStill(attempts))
        {
            // A file of our own that nobody has seen must not stay behind: it is the answer to a question that is another now.
            foreach (var file in files.Where(f => !state.Pending.Contains(f) && !(attempts ?? []).Any(a => a.MigrationName == f.Name))) file.Delete();
            throw Rivals();
        }

        if (attempts is null) await history.CreateAsync(cancellationToken).ConfigureAwait(false);
        await new MigrationEngine(services) { Late = state.LateNames }.ApplyAsync(session, files, cancellationToken).ConfigureAwait(false);
        if (whileHeld is not null) await whileHeld().ConfigureAwait(false);
        return await history.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    // What the applied migrations lead to must be what is there.
    private async ValueTask<(MigrationDirectory Directory, Mismatch Mismatch)> FindAsync(IDatabaseSession session, Replayer replayer, CancellationToken cancellationToken)
    {
        var directory = workspace.ReadMigrations();
        var state = HistoryState.Compare(directory.Files, await workspace.Dialect.Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        if (state.Failed is [var failed, ..]) throw await FailedAsync(session, failed, state.Failed.Length, cancellationToken).ConfigureAwait(false);
        // Both are worked out while the database is read.
        await replayer.BeginFindAsync(state.Applied, cancellationToken).ConfigureAwait(false);
        Task describing = Task.Run(() => workspace.Desired(workspace.Address), CancellationToken.None);
        var actual = workspace.Mark(await workspace.ReadAsync(session, workspace.Address, cancellationToken).ConfigureAwait(false), state.Applied);
        await describing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever asks again hears of it
        try
        {
            var expected = await replayer.ReplayAsync(state.Applied, cancellationToken).ConfigureAwait(false);
            return (directory, new Mismatch(workspace.Address, state, SchemaDiffer.Diff(expected, actual, workspace.Dialect)));
        }
        catch (PloyException exception) when (exception.Code == "P3006" && (!state.Edited.IsEmpty || !state.Missing.IsEmpty))
        {
            // What is wrong with the files is the reason that they do not run.
            var mismatch = new Mismatch(workspace.Address, state, SchemaDiffer.Diff(actual, actual, workspace.Dialect));
            throw new PloyException("PLOY2203", $"{mismatch.Summary} As they are now the migrations do not run. Nothing has changed.", "Put the files back from version control.", exception)
            {
                ExitCode = 130,
                Location = exception.Location,
                Notes = [$"run: {exception.Message}", .. exception.Notes],
            };
        }
    }

    private async ValueTask<PloyException> FailedAsync(IDatabaseSession session, MigrationAttempt failed, int count, CancellationToken cancellationToken)
    {
        var goesOn = await new MigrationEngine(services).CanResumeAsync(session, failed, cancellationToken).ConfigureAwait(false);
        return new PloyException(
            "P3009",
            $"The migration `{failed.MigrationName}` failed and was not brought to an end{(count > 1 ? $" (and {count - 1} more)" : "")}. Nothing has changed.",
            goesOn
                ? "Correct the cause, in the file where need be, then run `ploy migrate deploy`: it goes on at the statement that failed. `ploy migrate doctor` shows what has run."
                : "Run `ploy migrate doctor`, which finds out what became of it and names the way on; with `--fix` it takes that way where it is certain.")
        {
            ExitCode = 130,
            Notes = string.IsNullOrEmpty(failed.Logs) ? [] : [$"log: {failed.Logs.ReplaceLineEndings(" ")}"],
        };
    }

    // What somebody made by hand in this database is in no migration: where an object file or directive takes it in, the migration has to make it on others and may find it here.
    // Its comments are kept like those of migrations, and what counts otherwise than there stops counting here too.
    private SchemaDifference OverLive(SchemaDifference difference, DatabaseSchema actual)
    {
        if (actual.Unmanaged.Where(u => u.IsComment || u.Kind == UnmanagedObject.IdentityColumn).Except(difference.Before.Unmanaged).ToList() is { Count: > 0 } own)
            difference = difference with { Before = difference.Before with { Unmanaged = difference.Before.Unmanaged.Concat(own).ToEquatableArray() } };
        if (!difference.Changes.Any(c => c is CreateObject)) return difference;
        var space = workspace.Address.Namespace ?? workspace.Dialect.DefaultNamespace;
        var dropped = difference.Changes.OfType<DropObject>().Select(d => OwnershipMarks.Resolve(d.Object.Key, space)).ToHashSet();
        var there = actual.Tables.SelectMany(t => t.Objects).Concat(actual.Objects).Select(o => OwnershipMarks.Resolve(o.Key, space)).Where(k => !dropped.Contains(k)).ToHashSet();
        return difference with
        {
            Changes = difference.Changes.Select(c => c is CreateObject { Reason: ObjectReason.Wanted } create && there.Contains(OwnershipMarks.Resolve(create.Object.Key, space)) ? create with { MayBeThere = true } : c).ToEquatableArray(),
        };
    }

    private static void RequireNone(ImmutableArray<Dependant> obstacles)
    {
        if (obstacles.IsEmpty) return;
        throw ObstacleException.Of(
            obstacles, "write the migration with `--create-only` and drop and make them again there");
    }

    private async ValueTask AgreeAsync(IDatabaseSession session, DestructiveDiagnostics losses, string script, DevInput input, CancellationToken cancellationToken)
    {
        if (losses.IsEmpty) return;
        if (!losses.Unexecutable.IsEmpty)
        {
            throw new PloyException(
                "PLOY2205",
                "The change cannot run on the rows that are there. Nothing has changed.",
                "Write the migration with `--create-only`, add what the rows need, then run `ploy migrate dev` again.")
            {
                Notes = [.. losses.Unexecutable.Select(m => m.Description)],
            };
        }

        ImmutableArray<string> notes = [.. losses.Warnings.Select(m => m.Description)];
        var work = new DestructiveWork
        {
            Verb = "migrate dev",
            Loss = "The change may lose data.",
            Question = $"The change may lose data:\n{string.Join('\n', notes.Select(n => $"  - {n}"))}\nMake the migration and apply it?",
            Flag = "--accept-data-loss",
            UnansweredCode = "PLOY2206",
            OtherWay = "write the migration with `--create-only`",
            Plan = [script],
            Notes = notes,
            AsksWithoutRows = true,
        };
        await new ConsentGate(workspace, prompt).RequireAsync(session, work, new Given(input.AcceptDataLoss, input.Consent), cancellationToken).ConfigureAwait(false);
    }
}
