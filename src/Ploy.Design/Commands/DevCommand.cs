using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
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

    /// <summary>The migration that was written; null where the schema had nothing new.</summary>
    public MigrationFile? Created { get; init; }

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
    /// <summary>Replays, compares, applies what is pending, writes and applies what is new.</summary>
    /// <exception cref="PloyException">See the codes of its help; 130 is the exit code where the history has to be put in order first.</exception>
    public async ValueTask<DevReport> RunAsync(DevInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var directory = workspace.ReadMigrations();
        var created = await connector.EnsureDatabaseAsync(address, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        if (created) await DatabaseMarks.WriteAsync(connector.State(session), DatabaseMark.Disposable, cancellationToken).ConfigureAwait(false);
        var state = HistoryState.Compare(directory.Files, await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        RequireOrder(state);
        var actual = await workspace.ReadAsync(session, address, cancellationToken).ConfigureAwait(false);
        var replayer = new Replayer(workspace, session, services.Time);
        var (replayed, desired) = await ReplayAsync(replayer, directory, state, actual, cancellationToken).ConfigureAwait(false);

        var report = new DevReport { Address = address, CreatedDatabase = created, AppliedPending = [], Unmanaged = [.. actual.Unmanaged] };
        if (!state.Pending.IsEmpty)
        {
            var deployed = await ApplyAsync(session, state, state.Pending, input, cancellationToken).ConfigureAwait(false);
            report = report with { AppliedPending = deployed };
        }

        var difference = SchemaDiffer.Diff(replayed, desired, workspace.Dialect);
        if (difference.IsEmpty && !input.CreateOnly) return report;
        var plan = DestructiveCheckPlan.Create(difference, workspace.Dialect);
        var losses = await plan.InspectAsync(session, workspace.Dialect, cancellationToken).ConfigureAwait(false);
        report = report with { Losses = losses };
        var script = MigrationScript.Render(difference, workspace.Dialect, losses);
        if (!input.CreateOnly) await AgreeAsync(session, losses, script, input, cancellationToken).ConfigureAwait(false);
        var name = MigrationNames.Create(MigrationNames.TimeAfter(services.Time.GetUtcNow(), directory.Files is [.., var last] ? last.Name : null), NameFor(difference, input));
        var file = directory.Add(name, script, workspace.Dialect.Id);
        report = report with { Created = file };
        if (input.CreateOnly) return report;

        await ApplyAsync(session, state, [file], input, cancellationToken).ConfigureAwait(false);
        // Two databases that were the same in every detail are so after a script of our own, which does the same whatever the rows are.
        if (state.Pending.IsEmpty && replayed == actual)
            await replayer.RememberAsync([.. directory.Files, file], await workspace.ReadAsync(session, address, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return report with { IsApplied = true };
    }

    private string NameFor(SchemaDifference difference, DevInput input)
    {
        if (input.Name is { } name) return name;
        var proposal = difference.IsEmpty ? "empty" : NameProposal.For(difference);
        return prompt.CanPrompt ? prompt.Ask("Name of the new migration", proposal) : proposal;
    }

    private async ValueTask<ImmutableArray<string>> ApplyAsync(
        IDatabaseSession session, HistoryState state, ImmutableArray<MigrationFile> files, DevInput input, CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        await using var held = await connector.LockAsync(workspace.Address, input.LockWait, cancellationToken).ConfigureAwait(false);
        var history = connector.History(session);
        var attempts = await history.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (attempts is null) await history.CreateAsync(cancellationToken).ConfigureAwait(false);
        var standing = (attempts ?? []).Where(a => a.RolledBackAt is null).Select(a => a.MigrationName).ToHashSet(StringComparer.Ordinal);
        if (files.Any(f => standing.Contains(f.Name)))
            throw new PloyException("PLOY2304", "Another run has applied migrations at this moment.", "Run the command again.");
        return await new MigrationEngine(services).ApplyAsync(session, files, cancellationToken).ConfigureAwait(false);
    }

    // What the applied migrations lead to must be what is there; what all of them lead to is what the schema is compared with.
    private async ValueTask<(DatabaseSchema Replayed, DatabaseSchema Desired)> ReplayAsync(
        Replayer replayer, MigrationDirectory directory, HistoryState state, DatabaseSchema actual, CancellationToken cancellationToken)
    {
        var desired = workspace.Desired(workspace.Address);
        if (!state.Pending.IsEmpty)
        {
            RequireNoDrift(await replayer.ReplayAsync(state.Applied, cancellationToken).ConfigureAwait(false), actual, state);
            return await replayer.ReplayAsync(directory.Files, desired, isLiveThere: false, cancellationToken).ConfigureAwait(false);
        }

        var all = await replayer.ReplayAsync(directory.Files, desired, isLiveThere: true, cancellationToken).ConfigureAwait(false);
        RequireNoDrift(all.Replayed, actual, state);
        return all;
    }

    private static void RequireOrder(HistoryState state)
    {
        var reasons = new List<string>();
        reasons.AddRange(state.Failed.Select(a => $"the migration `{a.MigrationName}` failed and was not brought to an end"));
        reasons.AddRange(state.Edited.Select(e => $"the migration `{e.File.Name}` was changed after it was applied"));
        reasons.AddRange(state.Missing.Select(a => $"the migration `{a.MigrationName}` is applied but not on disk"));
        if (reasons.Count == 0) return;
        throw new PloyException(
            state.Failed.IsEmpty ? "PLOY2203" : "P3009",
            $"The database does not match the migrations: {string.Join("; ", reasons)}. Nothing has changed.",
            state.Failed is [var failed, ..]
                ? $"Run `ploy migrate deploy`, which goes on with it where it can; else say what became of it with `ploy migrate resolve --rolled-back {failed.MigrationName}` or `--applied {failed.MigrationName}`."
                : "Restore the files from version control, or, where all data may go, run `ploy migrate reset`.")
        {
            ExitCode = 130,
        };
    }

    private void RequireNoDrift(DatabaseSchema expected, DatabaseSchema actual, HistoryState state)
    {
        var drift = SchemaDiffer.Diff(expected, actual, workspace.Dialect);
        if (drift.IsEmpty) return;
        var isUnmanaged = !state.IsInitialized;
        throw new PloyException(
            isUnmanaged ? "P3005" : "PLOY2204",
            isUnmanaged
                ? $"The database `{workspace.Address}` holds objects but no history of migrations. Nothing has changed."
                : $"The database `{workspace.Address}` is not what its migrations lead to: it was changed by other means. Nothing has changed.",
            isUnmanaged
                ? "Record the migrations that made it with `ploy migrate resolve --applied NAME`, use another database, or, where all data may go, run `ploy migrate reset`."
                : "Write the change into a migration and record it with `ploy migrate resolve --applied NAME`, undo it in the database, or, where all data may go, run `ploy migrate reset`.")
        {
            ExitCode = 130,
            Notes = [$"difference from the migrations to the database:\n{ChangeSummary.Render(drift).Trim('\n')}"],
        };
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
