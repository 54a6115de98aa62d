using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>migrate status</c> found.</summary>
/// <param name="Address">The database.</param>
/// <param name="Directory">The migrations on disk.</param>
/// <param name="History">What files and history say of each other.</param>
/// <param name="Drift">The difference between what the applied migrations lead to and the database; null where it was not checked.</param>
/// <param name="DriftNotChecked">Why it was not; null where it was.</param>
/// <param name="HasTables">Whether the database holds tables, which matters where it has no history.</param>
public sealed record StatusReport(DatabaseAddress Address, MigrationDirectory Directory, HistoryState History, SchemaDifference? Drift, string? DriftNotChecked, bool HasTables)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsInSync => History.IsUpToDate && History.IsInitialized && Drift is not { IsEmpty: false };
}

/// <summary>Compares files, history and database; reads only.</summary>
public sealed class StatusCommand(Workspace workspace)
{
    /// <summary>Finds everything that is not in order, all of it at once.</summary>
    /// <exception cref="PloyException">The database cannot be reached; P1003 where it does not exist.</exception>
    public async ValueTask<StatusReport> RunAsync(CancellationToken cancellationToken)
    {
        var (dialect, address) = (workspace.Dialect, workspace.Address);
        var directory = workspace.ReadMigrations();
        await using var session = await dialect.Connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        var history = HistoryState.Compare(directory.Files, await dialect.Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        var actual = await workspace.ReadAsync(session, address, cancellationToken).ConfigureAwait(false);
        var (drift, reason) = await DriftAsync(session, history, actual, cancellationToken).ConfigureAwait(false);
        return new StatusReport(address, directory, history, drift, reason, !actual.Tables.IsEmpty);
    }

    // From the cache; a shadow is used only where it costs nothing and no rights: in memory, or where one was set aside.
    private async ValueTask<(SchemaDifference? Drift, string? Reason)> DriftAsync(IDatabaseSession session, HistoryState history, DatabaseSchema actual, CancellationToken cancellationToken)
    {
        if (!history.IsInitialized) return (null, "the database has no history");
        if (!history.Missing.IsEmpty) return (null, "applied migrations are missing on disk");
        if (!history.Failed.IsEmpty) return (null, "a migration has failed");
        if (await new Replayer(workspace, session, TimeProvider.System).FindAsync(history.Applied, cancellationToken).ConfigureAwait(false) is { } known)
            return (SchemaDiffer.Diff(known, actual, workspace.Dialect), null);
        if (workspace.Dialect.DefaultNamespace is not null && workspace.Project.FindShadowAddress(workspace.Dialect, workspace.Model.Datasource) is null)
            return (null, "no shadow database is configured (`shadowDatabaseUrl`)");
        try
        {
            await using var shadow = await workspace.OpenShadowAsync(cancellationToken).ConfigureAwait(false);
            await MigrationEngine.ReplayAsync(shadow, history.Applied, workspace.Dialect, cancellationToken).ConfigureAwait(false);
            var expected = await workspace.ReadAsync(shadow, workspace.Address, cancellationToken).ConfigureAwait(false);
            return (SchemaDiffer.Diff(expected, actual, workspace.Dialect), null);
        }
        catch (PloyException exception) when (exception.Code is "P3006" or "P3014")
        {
            return (null, exception.Message);
        }
    }
}
