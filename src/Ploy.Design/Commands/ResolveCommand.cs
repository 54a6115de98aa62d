using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>Writes into the history what a person knows: that a migration is applied, or that a failed one is rolled back. Runs no script.</summary>
public sealed class ResolveCommand(Workspace workspace, MigrationServices services)
{
    /// <summary>Records a migration as applied; makes the history table where it is missing, which is how a database is baselined.</summary>
    /// <exception cref="PloyException">P3017 where there is no such folder, P3008 where it is applied already.</exception>
    public async ValueTask ApplyAsync(string name, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var directory = workspace.ReadMigrations();
        var file = directory.Files.FirstOrDefault(f => f.Name == name) ?? throw new PloyException(
            "P3017", $"There is no migration `{name}` in `{directory.DisplayPath}`.", Nearest(name, directory));
        await WithHistoryAsync(lockWait, async (history, attempts) =>
        {
            var own = attempts?.Where(a => a.MigrationName == name).ToList() ?? [];
            if (own.Exists(a => a is { FinishedAt: not null, RolledBackAt: null }))
                throw new PloyException("P3008", $"The migration `{name}` is recorded as applied already.", null);
            if (attempts is null) await history.CreateAsync(cancellationToken).ConfigureAwait(false);
            var now = services.Time.GetUtcNow();
            foreach (var attempt in own.Where(a => a.FinishedAt is null && a.RolledBackAt is null))
                await history.UpdateAsync(attempt with { RolledBackAt = now }, cancellationToken).ConfigureAwait(false);
            await history.InsertAsync(
                new MigrationAttempt { Id = services.NewId().ToString(), Checksum = file.Checksum, MigrationName = name, StartedAt = now, FinishedAt = now, Logs = "" },
                cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records a failed migration as rolled back.</summary>
    /// <exception cref="PloyException">P3011 where it was never begun, P3012 where it has not failed.</exception>
    public async ValueTask RollBackAsync(string name, TimeSpan lockWait, CancellationToken cancellationToken) =>
        await WithHistoryAsync(lockWait, async (history, attempts) =>
        {
            var own = attempts?.Where(a => a.MigrationName == name).ToList() ?? [];
            if (own.Count == 0) throw new PloyException("P3011", $"The migration `{name}` cannot be recorded as rolled back: the history has no attempt at it.", "Give the whole name, as `ploy migrate status` shows it.");
            if (own.TrueForAll(a => a.FinishedAt is not null)) throw new PloyException("P3012", $"The migration `{name}` cannot be recorded as rolled back: it is applied, it has not failed.", null);
            foreach (var attempt in own.Where(a => a.FinishedAt is null && a.RolledBackAt is null))
                await history.UpdateAsync(attempt with { RolledBackAt = services.Time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);

    private async ValueTask WithHistoryAsync(
        TimeSpan lockWait, Func<IMigrationHistory, System.Collections.Immutable.ImmutableArray<MigrationAttempt>?, ValueTask> change, CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        await using var held = await connector.LockAsync(workspace.Address, lockWait, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false);
        var history = connector.History(session);
        var attempts = await history.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (attempts is null)
        {
            await change(history, attempts).ConfigureAwait(false);
            return;
        }

        await using var transaction = await session.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false);
        await change(history, attempts).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string Nearest(string name, MigrationDirectory directory) =>
        directory.Files.FirstOrDefault(f => f.Name.EndsWith(name, StringComparison.OrdinalIgnoreCase) || f.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } near
            ? $"Did you mean `{near.Name}`?"
            : "Give the whole name of a folder there.";
}
