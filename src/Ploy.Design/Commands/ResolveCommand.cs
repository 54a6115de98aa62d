using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>Writes into the history what a person knows: that a migration is applied, or that it is rolled back. Runs no script.</summary>
public sealed class ResolveCommand(Workspace workspace, MigrationServices services)
{
    /// <summary>
    /// Records a migration as applied; makes the history table where it is missing, which is how a database is baselined. Where the file was
    /// changed after it was applied, it is recorded as it is now.
    /// </summary>
    /// <exception cref="PloyException">P3017 where there is no such folder, P3008 where it is applied already, as the file is.</exception>
    public ValueTask ApplyAsync(string name, TimeSpan lockWait, CancellationToken cancellationToken) => ApplyAsync([name], lockWait, cancellationToken);

    /// <summary>The same of several, in this order: all of them or none.</summary>
    public async ValueTask ApplyAsync(ImmutableArray<string> names, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var directory = workspace.ReadMigrations();
        ImmutableArray<MigrationFile> files = [.. names.Select(directory.Require)];
        await WithHistoryAsync(lockWait, async (session, attempts) =>
        {
            var history = workspace.Dialect.Connector.History(session);
            var known = (attempts ?? []).ToLookup(a => a.MigrationName, StringComparer.Ordinal);
            foreach (var file in files) await ApplyAsync(history, file, [.. known[file.Name]], cancellationToken).ConfigureAwait(false);
        }, isBaseline: true, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ApplyAsync(IMigrationHistory history, MigrationFile file, ImmutableArray<MigrationAttempt> own, CancellationToken cancellationToken)
    {
        if (own.LastOrDefault(a => a is { FinishedAt: not null, RolledBackAt: null }) is { } applied)
        {
            if (file.Matches(applied.Checksum)) throw new PloyException("P3008", $"The migration `{file.Name}` is recorded as applied already.", null);
            await history.UpdateAsync(applied with { Checksum = file.Checksum }, cancellationToken).ConfigureAwait(false);
            return;
        }

        var now = services.Time.GetUtcNow();
        foreach (var attempt in own.Where(a => a.FinishedAt is null && a.RolledBackAt is null))
            await history.UpdateAsync(attempt with { RolledBackAt = now }, cancellationToken).ConfigureAwait(false);
        await history.InsertAsync(
            new MigrationAttempt { Id = services.NewId().ToString(), Checksum = file.Checksum, MigrationName = file.Name, StartedAt = now, FinishedAt = now, Logs = "" },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records a failed migration as rolled back, or an applied one where the database is proven to have nothing of it.</summary>
    /// <returns>How many of its statements have run by themselves and stay, as the ledger says.</returns>
    /// <exception cref="PloyException">P3011 where it was never begun, P3012 where it is applied and the proof fails.</exception>
    public async ValueTask<int> RollBackAsync(string name, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var left = 0;
        await WithHistoryAsync(lockWait, async (session, attempts) =>
        {
            left = 0;
            var own = Own(attempts, name);
            if (own.Count == 0) throw new PloyException("P3011", $"The migration `{name}` cannot be recorded as rolled back: the history has no attempt at it.", "Give the whole name, as `ploy migrate status` shows it.");
            var standing = own.Where(a => a.RolledBackAt is null).ToList();
            if (standing.Count > 0 && standing.TrueForAll(a => a.FinishedAt is not null)) await ProveAbsentAsync(session, name, attempts!.Value, cancellationToken).ConfigureAwait(false); // there are rows, so there is a table
            else standing.RemoveAll(a => a.FinishedAt is not null);
            foreach (var attempt in standing)
            {
                await workspace.Dialect.Connector.History(session).UpdateAsync(attempt with { RolledBackAt = services.Time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
                if (workspace.Dialect.Connector.Ledger(session) is { } ledger)
                    left += (await ledger.ReadAsync(attempt.Id, cancellationToken).ConfigureAwait(false)).Count(e => e is { Index: >= 0, IsFinished: true });
            }
        }, isBaseline: false, cancellationToken).ConfigureAwait(false);
        return left;
    }

    // The database has to be what the other migrations lead to, and the file, where it is there, has to lead to something else.
    private async ValueTask ProveAbsentAsync(IDatabaseSession session, string name, ImmutableArray<MigrationAttempt> attempts, CancellationToken cancellationToken)
    {
        var state = HistoryState.Compare(workspace.ReadMigrations().Files, attempts);
        if (state.Missing.FirstOrDefault(m => m.MigrationName != name) is { } other)
            throw NotProven(name, $"the migration `{other.MigrationName}` is not on disk, so that nobody can say what the others lead to");
        var shapes = new Shapes(workspace, new Replayer(workspace, session, services.Time));
        try
        {
            var actual = workspace.Mark(await workspace.ReadAsync(session, workspace.Address, cancellationToken).ConfigureAwait(false), state.Applied);
            var without = await shapes.AfterAsync([.. state.Applied.Where(f => f.Name != name)], cancellationToken).ConfigureAwait(false);
            var rest = SchemaDiffer.Diff(without, actual, workspace.Dialect);
            if (!rest.IsEmpty) throw NotProven(name, "the database is not what the other migrations lead to", rest);
            if (state.Missing.Any(m => m.MigrationName == name)) return;
            if (!shapes.AreDistinct(without, actual) && state.Edited.All(e => e.File.Name != name) && await FailsAsync(shapes, state, name, cancellationToken).ConfigureAwait(false)) return;
            var with = await shapes.AfterAsync(state.Applied, cancellationToken).ConfigureAwait(false);
            if (!shapes.AreDistinct(without, with)) throw NotProven(name, "it changes nothing that can be seen in the database's structure");
            if (!shapes.IsFirst(actual, without, with)) throw NotProven(name, "objects that it makes are in the database");
        }
        catch (PloyException exception) when (exception.Code is "P3006" or "P3014")
        {
            throw NotProven(name, char.ToLowerInvariant(exception.Message[0]) + exception.Message[1..].TrimEnd('.'));
        }
    }

    // It was recorded as applied and cannot have been: as it is, it does not run behind those before it.
    private static async ValueTask<bool> FailsAsync(Shapes shapes, HistoryState state, string name, CancellationToken cancellationToken)
    {
        var before = state.Applied.TakeWhile(f => f.Name != name).ToImmutableArray();
        await shapes.AfterAsync(before, cancellationToken).ConfigureAwait(false);
        try
        {
            await shapes.AfterAsync(state.Applied[..(before.Length + 1)], cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (PloyException exception) when (exception.Code == "P3006")
        {
            return true;
        }
    }

    private static PloyException NotProven(string name, string reason, SchemaDifference? rest = null) => new(
        "P3012",
        $"The migration `{name}` cannot be recorded as rolled back: it is applied, it has not failed, and that the database has nothing of it is not proven: {reason}.",
        "Take its effects out of the database first, or write a new migration that takes them back.")
    {
        Notes = rest is null ? [] : [$"difference from the other migrations to the database:\n{ChangeSummary.Render(rest).Trim('\n')}"],
    };

    private static List<MigrationAttempt> Own(ImmutableArray<MigrationAttempt>? attempts, string name) => attempts?.Where(a => a.MigrationName == name).ToList() ?? [];

    private async ValueTask WithHistoryAsync(
        TimeSpan lockWait, Func<IDatabaseSession, ImmutableArray<MigrationAttempt>?, ValueTask> change, bool isBaseline, CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        await using var held = await services.LockAsync(workspace.Address, lockWait, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false);
        await session.LimitAsync(services.Limits.Lock, services.Limits.Statement, cancellationToken).ConfigureAwait(false);
        var history = connector.History(session);
        var attempts = await history.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (attempts is null && isBaseline) await history.CreateAsync(cancellationToken).ConfigureAwait(false);
        await services.RetryAsync("resolve", WriteAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask WriteAsync()
        {
            await using var transaction = await session.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false);
            await change(session, attempts).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
