using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>migrate deploy</c> is asked for.</summary>
public sealed record DeployInput
{
    /// <summary>How long to wait for another run that holds the lock.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Refuse where migrations are out of order or edited, instead of warning.</summary>
    public bool Strict { get; init; }

    /// <summary>The last migration to apply; null for all.</summary>
    public string? To { get; init; }

    /// <summary>Only say what would be applied.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What <c>migrate deploy</c> did.</summary>
/// <param name="Address">The database.</param>
/// <param name="Directory">The migrations on disk.</param>
/// <param name="Applied">Names of those applied, or that would be.</param>
/// <param name="CreatedDatabase">Whether the database was made.</param>
/// <param name="Before">What files and history said of each other before.</param>
public sealed record DeployReport(DatabaseAddress Address, MigrationDirectory Directory, ImmutableArray<string> Applied, bool CreatedDatabase, HistoryState Before);

/// <summary>Applies what is pending; never asks, never resets, needs no shadow database.</summary>
public sealed class DeployCommand(Workspace workspace, MigrationServices services)
{
    /// <summary>Applies pending migrations under the lock.</summary>
    /// <exception cref="PloyException">P3005, P3009, P3018, P1002, and those of the connection.</exception>
    public async ValueTask<DeployReport> RunAsync(DeployInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var directory = workspace.ReadMigrations();
        if (input.To is { } to && !directory.Files.Any(f => f.Name == to))
            throw new PloyException("P3017", $"There is no migration `{to}` in `{directory.DisplayPath}`.", "Give the whole name of a folder there.");
        var (opened, created) = await OpenAsync(input, cancellationToken).ConfigureAwait(false);
        await using var session = opened;
        // Only what nobody is at work on can be judged without the lock: another run may be in the middle of anything.
        var state = input.DryRun
            ? await CheckAsync(session, directory, input, cancellationToken).ConfigureAwait(false)
            : HistoryState.Compare(directory.Files, await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        var pending = Pending(state, input);
        if (input.DryRun || (pending.IsEmpty && state.Failed.IsEmpty && !input.Strict)) return new DeployReport(address, directory, [.. pending.Select(f => f.Name)], created, state);

        await using (await connector.LockAsync(address, input.LockWait, cancellationToken).ConfigureAwait(false))
        {
            state = await CheckAsync(session, directory, input, cancellationToken).ConfigureAwait(false);
            pending = Pending(state, input);
            var hooks = new DeployHooks(workspace, services, [.. state.Failed.Select(a => a.MigrationName), .. pending.Select(f => f.Name)]);
            await hooks.BeforeAsync(cancellationToken).ConfigureAwait(false);
            if (!state.IsInitialized) await connector.History(session).CreateAsync(cancellationToken).ConfigureAwait(false);
            var engine = new MigrationEngine(services);
            var resumed = await ResumeAsync(engine, session, directory, state, cancellationToken).ConfigureAwait(false);
            var applied = await engine.ApplyAsync(session, pending, cancellationToken).ConfigureAwait(false);
            await hooks.AfterAsync(cancellationToken).ConfigureAwait(false);
            return new DeployReport(address, directory, [.. resumed, .. applied], created, state);
        }
    }

    // Mostly it is there, and one connection is all that it takes.
    private async ValueTask<(IDatabaseSession Session, bool Created)> OpenAsync(DeployInput input, CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        try
        {
            return (await connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false), false);
        }
        catch (PloyException exception) when (exception.Code == "P1003" && !input.DryRun)
        {
            var created = await connector.EnsureDatabaseAsync(workspace.Address, cancellationToken).ConfigureAwait(false);
            return (await connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false), created);
        }
    }

    /// <summary>The history, refused where nothing may be applied onto it.</summary>
    internal async ValueTask<HistoryState> CheckAsync(IDatabaseSession session, MigrationDirectory directory, DeployInput input, CancellationToken cancellationToken)
    {
        var state = HistoryState.Compare(directory.Files, await workspace.Dialect.Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        foreach (var failed in state.Failed)
            if (!directory.Files.Any(f => f.Name == failed.MigrationName) || !await new MigrationEngine(services).CanResumeAsync(session, failed, cancellationToken).ConfigureAwait(false))
                throw Failed(failed, state.Failed.Length);
        if (!state.IsInitialized && !directory.Files.IsEmpty) await RequireEmptyAsync(session, directory, cancellationToken).ConfigureAwait(false);
        if (input.Strict && (!state.OutOfOrder.IsEmpty || !state.Edited.IsEmpty || !state.Missing.IsEmpty))
        {
            throw new PloyException(
                "PLOY2303",
                $"The history is not in order: {string.Join(", ", Problems(state))}. Nothing was applied, as `--strict` asks.",
                "Look at `ploy migrate status`, or leave out `--strict`.");
        }

        return state;
    }

    /// <summary>Goes on with migrations that run in parts and were cut off.</summary>
    internal static async ValueTask<ImmutableArray<string>> ResumeAsync(
        MigrationEngine engine, IDatabaseSession session, MigrationDirectory directory, HistoryState state, CancellationToken cancellationToken)
    {
        foreach (var failed in state.Failed.OrderBy(a => a.MigrationName, StringComparer.Ordinal))
            await engine.ResumeAsync(session, directory.Files.First(f => f.Name == failed.MigrationName), failed, cancellationToken).ConfigureAwait(false);
        return [.. state.Failed.Select(a => a.MigrationName).Order(StringComparer.Ordinal)];
    }

    private static ImmutableArray<MigrationFile> Pending(HistoryState state, DeployInput input) =>
        input.To is { } to ? [.. state.Pending.Where(f => string.CompareOrdinal(f.Name, to) <= 0)] : state.Pending;

    private static IEnumerable<string> Problems(HistoryState state) =>
        state.OutOfOrder.Select(f => $"`{f.Name}` is older than the last applied one")
            .Concat(state.Edited.Select(e => $"`{e.File.Name}` was changed after it was applied"))
            .Concat(state.Missing.Select(a => $"`{a.MigrationName}` is applied but not on disk"));

    private static PloyException Failed(MigrationAttempt failed, int count) => new(
        "P3009",
        $"The migration `{failed.MigrationName}` failed when it began at {failed.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC and was not brought to an end{(count > 1 ? $" (and {count - 1} more)" : "")}, so that nothing new is applied.",
        "Run `ploy migrate doctor`, which finds out what became of it and names the way on; with `--fix` it takes that way where it is certain.")
    {
        Notes = string.IsNullOrEmpty(failed.Logs) ? [] : [$"log: {failed.Logs.ReplaceLineEndings(" ")}"],
    };

    private async ValueTask RequireEmptyAsync(IDatabaseSession session, MigrationDirectory directory, CancellationToken cancellationToken)
    {
        var actual = await workspace.ReadAsync(session, workspace.Address, cancellationToken).ConfigureAwait(false);
        if (actual.Tables.IsEmpty) return;
        throw new PloyException(
            "P3005",
            $"The database `{workspace.Address}` has tables ({Names(actual.Tables.Select(t => t.Name.Name))}) but no history of migrations.",
            $"`ploy migrate doctor` finds out which of the migrations it holds already, and `ploy migrate doctor --fix` records those; by hand that is `ploy migrate resolve --applied {directory.Files[0].Name}` for each. Else use an empty database.");
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", all.Take(5).Select(n => $"`{n}`")) + (all.Count > 5 ? $", ... {all.Count} in all" : "");
    }
}
