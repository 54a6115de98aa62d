using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>A failed migration that has a ledger, so that it can go on.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Finished">How many of its statements have run.</param>
public sealed record HalfApplied(MigrationAttempt Attempt, int Finished);

/// <summary>What <c>migrate status</c> found.</summary>
public sealed record StatusReport
{
    /// <summary>The database.</summary>
    public required DatabaseAddress Address { get; init; }

    /// <summary>The migrations on disk.</summary>
    public required MigrationDirectory Directory { get; init; }

    /// <summary>What files and history say of each other.</summary>
    public required HistoryState History { get; init; }

    /// <summary>Those of the failed attempts that can go on.</summary>
    public required ImmutableArray<HalfApplied> HalfApplied { get; init; }

    /// <summary>The difference between what the applied migrations lead to and the database; null where it was not checked.</summary>
    public SchemaDifference? Drift { get; init; }

    /// <summary>Why drift was not checked; null where it was.</summary>
    public string? DriftNotChecked { get; init; }

    /// <summary>Whether the database holds tables, which matters where it has no history.</summary>
    public required bool HasTables { get; init; }

    /// <summary>Whether the database has drifted.</summary>
    public bool IsDrifted => Drift is { IsEmpty: false };

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsInSync => History.IsUpToDate && History.IsInitialized && !IsDrifted;
}

/// <summary>Compares files, history and database; reads only.</summary>
public sealed class StatusCommand(Workspace workspace)
{
    /// <summary>Finds everything that is not in order, all of it at once.</summary>
    /// <param name="mayMakeShadow">Whether a temporary database may be made to compare with.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">The database cannot be reached; P1003 where it does not exist.</exception>
    public async ValueTask<StatusReport> RunAsync(bool mayMakeShadow, CancellationToken cancellationToken)
    {
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var directory = workspace.ReadMigrations();
        await using var session = await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        var history = HistoryState.Compare(directory.Files, await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        var replayer = new Replayer(workspace, session, TimeProvider.System);
        if (history.IsInitialized) await replayer.BeginFindAsync(history.Applied, cancellationToken).ConfigureAwait(false);
        var actual = workspace.Mark(await workspace.ReadAsync(session, address, cancellationToken).ConfigureAwait(false), history.Applied);
        var (drift, reason) = await DriftAsync(replayer, history, actual, mayMakeShadow, cancellationToken).ConfigureAwait(false);
        return new StatusReport
        {
            Address = address,
            Directory = directory,
            History = history,
            HalfApplied = await HalfAppliedAsync(session, history, cancellationToken).ConfigureAwait(false),
            Drift = drift,
            DriftNotChecked = reason,
            HasTables = !actual.Tables.IsEmpty,
        };
    }

    private async ValueTask<ImmutableArray<HalfApplied>> HalfAppliedAsync(IDatabaseSession session, HistoryState history, CancellationToken cancellationToken)
    {
        if (workspace.Dialect.Connector.Ledger(session) is not { } ledger) return [];
        var found = ImmutableArray.CreateBuilder<HalfApplied>();
        foreach (var failed in history.Failed)
            if (await ledger.ReadAsync(failed.Id, cancellationToken).ConfigureAwait(false) is { IsEmpty: false } entries)
                found.Add(new HalfApplied(failed, entries.Count(e => e is { Index: >= 0, IsFinished: true })));
        return found.ToImmutable();
    }

    // From the cache; a shadow is used only where it costs nothing and no rights, where one was set aside, or where it was asked for.
    private async ValueTask<(SchemaDifference? Drift, string? Reason)> DriftAsync(Replayer replayer, HistoryState history, DatabaseSchema actual, bool mayMakeShadow, CancellationToken cancellationToken)
    {
        if (!history.IsInitialized) return (null, "the database has no history");
        if (!history.Missing.IsEmpty) return (null, "applied migrations are missing on disk");
        if (!history.Failed.IsEmpty) return (null, "a migration has failed");
        if (await replayer.FindAsync(history.Applied, cancellationToken).ConfigureAwait(false) is { } known)
            return (SchemaDiffer.Diff(known, actual, workspace.Dialect), null);
        if (!mayMakeShadow && workspace.Dialect.DefaultNamespace is not null && workspace.Project.FindShadowAddress(workspace.Dialect, workspace.Model.Datasource) is null)
            return (null, "no shadow database is configured (`shadowDatabaseUrl`); `--drift` makes a temporary one");
        try
        {
            var expected = await replayer.ReplayAsync(history.Applied, cancellationToken).ConfigureAwait(false);
            return (SchemaDiffer.Diff(expected, actual, workspace.Dialect), null);
        }
        catch (PloyException exception) when (exception.Code is "P3006" or "P3014")
        {
            return (null, exception.Message.TrimEnd('.'));
        }
    }
}
