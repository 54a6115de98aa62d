using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Deploying;

/// <summary>
/// Applies what is pending, wherever it is asked for: the command line and applications that migrate themselves do the same. Never asks, never
/// resets, needs no shadow database.
/// </summary>
public sealed class Deployment(MigrationServices services, DeployTarget target)
{
    private IDatabaseConnector Connector => services.Dialect.Connector;

    /// <summary>Applies pending migrations under the lock.</summary>
    /// <exception cref="PloyException">P3005, P3009, P3017, P3018, P1002, those of a backup and of the connection.</exception>
    public async ValueTask<DeployReport> RunAsync(DeployInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (address, directory) = target;
        if (input.To is { } to) directory.Require(to);
        if (input.DryRun) return await RehearseAsync(input, cancellationToken).ConfigureAwait(false);
        var (opened, created) = await Connector.OpenOrCreateAsync(address, null, cancellationToken).ConfigureAwait(false);
        await using var session = opened;
        // Only what nobody is at work on can be judged without the lock: another run may be in the middle of anything.
        var state = await CompareAsync(session, cancellationToken).ConfigureAwait(false);
        var pending = Pending(state, input);
        if (pending.IsEmpty && state.Failed.IsEmpty && !input.Strict) return Report([], null);

        await using (await services.LockAsync(address, input.LockWait, cancellationToken).ConfigureAwait(false))
        {
            state = await CheckAsync(session, input, cancellationToken).ConfigureAwait(false);
            pending = Pending(state, input);
            var names = Names(state, pending);
            if (names.IsEmpty) return Report([], null);
            // A database that was made just now holds nothing.
            var backup = created ? null : await BackUpAsync(session, pending, input, cancellationToken).ConfigureAwait(false);
            await target.BeforeAsync(names, cancellationToken).ConfigureAwait(false);
            if (!state.IsInitialized) await Connector.History(session).CreateAsync(cancellationToken).ConfigureAwait(false);
            var engine = new MigrationEngine(services) { Late = state.LateNames };
            await ResumeAsync(engine, session, state, cancellationToken).ConfigureAwait(false);
            await engine.ApplyAsync(session, pending, cancellationToken).ConfigureAwait(false);
            await target.AfterAsync(names, cancellationToken).ConfigureAwait(false);
            return Report(names, backup);
        }

        DeployReport Report(ImmutableArray<string> applied, Backup? backup) =>
            new() { Address = address, Directory = directory, Applied = applied, CreatedDatabase = created, Before = state, Backup = backup };
    }

    // What would be done; a database that is missing would be made, and everything be pending.
    private async ValueTask<DeployReport> RehearseAsync(DeployInput input, CancellationToken cancellationToken)
    {
        IDatabaseSession? opened = null;
        try
        {
            opened = await Connector.OpenAsync(target.Address, cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code == "P1003")
        {
        }

        await using var session = opened;
        var state = session is null ? HistoryState.Compare(target.Directory.Files, null) : await CheckAsync(session, input, cancellationToken).ConfigureAwait(false);
        var pending = Pending(state, input);
        return new DeployReport
        {
            Address = target.Address,
            Directory = target.Directory,
            Applied = Names(state, pending),
            CreatedDatabase = session is null,
            Before = state,
            Plan = await PlanAsync(session, state, pending, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Files and history, refused where nothing may be applied onto it.</summary>
    /// <exception cref="PloyException">P3005, P3009, PLOY2303.</exception>
    public async ValueTask<HistoryState> CheckAsync(IDatabaseSession session, DeployInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var state = await CompareAsync(session, cancellationToken).ConfigureAwait(false);
        foreach (var failed in state.Failed)
            if (!target.Directory.Files.Any(f => f.Name == failed.MigrationName) || !await new MigrationEngine(services).CanResumeAsync(session, failed, cancellationToken).ConfigureAwait(false))
                throw Failed(failed, state.Failed.Length);
        if (!state.IsInitialized && !target.Directory.Files.IsEmpty) await RequireEmptyAsync(session, cancellationToken).ConfigureAwait(false);
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
    public async ValueTask ResumeAsync(MigrationEngine engine, IDatabaseSession session, HistoryState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(state);
        foreach (var (attempt, file) in Interrupted(state)) await engine.ResumeAsync(session, file, attempt, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ImmutableArray<PlannedMigration>> PlanAsync(IDatabaseSession? session, HistoryState state, ImmutableArray<MigrationFile> pending, CancellationToken cancellationToken)
    {
        var planner = new MigrationPlanner(services, session);
        var plan = ImmutableArray.CreateBuilder<PlannedMigration>();
        foreach (var (attempt, file) in Interrupted(state)) plan.Add(await planner.PlanAsync(file, attempt, cancellationToken).ConfigureAwait(false));
        foreach (var file in pending) plan.Add(await planner.PlanAsync(file, null, cancellationToken).ConfigureAwait(false));
        return plan.ToImmutable();
    }

    private IEnumerable<(MigrationAttempt Attempt, MigrationFile File)> Interrupted(HistoryState state) =>
        state.Failed.OrderBy(a => a.MigrationName, StringComparer.Ordinal).Select(a => (a, target.Directory.Files.First(f => f.Name == a.MigrationName)));

    private static ImmutableArray<string> Names(HistoryState state, ImmutableArray<MigrationFile> pending) =>
        [.. state.Failed.Select(a => a.MigrationName).Order(StringComparer.Ordinal), .. pending.Select(f => f.Name)];

    private async ValueTask<HistoryState> CompareAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        HistoryState.Compare(target.Directory.Files, await Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));

    private async ValueTask<Backup?> BackUpAsync(IDatabaseSession session, ImmutableArray<MigrationFile> pending, DeployInput input, CancellationToken cancellationToken)
    {
        if (input.BackupFolder is not { } folder) return null;
        // A script that cannot be run whole is not worth a backup.
        foreach (var file in pending) MigrationScriptReader.Read(file, services.Dialect);
        var path = Connector.Backups.PathFor(target.Address, folder, services.Time.GetUtcNow());
        services.Report(new BackupStarted(path));
        var start = services.Time.GetTimestamp();
        var backup = await Connector.Backups.WriteAsync(session, path, cancellationToken).ConfigureAwait(false);
        services.Report(new BackupFinished(backup, services.Time.GetElapsedTime(start)));
        return backup;
    }

    private async ValueTask RequireEmptyAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        if (!await Connector.MayHoldTablesAsync(session, cancellationToken).ConfigureAwait(false)) return;
        var tables = await (target.ReadTablesAsync ?? ReadTablesAsync)(session, cancellationToken).ConfigureAwait(false);
        if (tables.IsEmpty) return;
        throw new PloyException(
            "P3005",
            $"The database `{target.Address}` has tables ({Names(tables)}) but no history of migrations.",
            $"`ploy migrate doctor` finds out which of the migrations it holds already, and `ploy migrate doctor --fix` records those; by hand that is `ploy migrate resolve --applied {target.Directory.Files[0].Name}` for each. Else use an empty database.");
    }

    private async ValueTask<ImmutableArray<string>> ReadTablesAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var scope = new IntrospectionScope((target.Address.Namespace ?? services.Dialect.DefaultNamespace) is { } name ? [name] : []);
        return [.. (await Connector.Introspector(session).ReadAsync(scope, cancellationToken).ConfigureAwait(false)).Tables.Select(t => t.Name.Name)];
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

    private static string Names(ImmutableArray<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal).Take(5).Select(n => $"`{n}`")) + (names.Length > 5 ? $", ... {names.Length} in all" : "");
}
