using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>Brings a database and its migrations together again, the way that the user says; never by itself, and never by a reset.</summary>
internal sealed class MismatchSettler(Workspace workspace, MigrationServices services, IPrompt prompt)
{
    private const string Leave = "Leave everything as it is";
    private const string Take = "Write the difference into a new migration, recorded as applied";
    private const string Undo = "Take the difference out of the database";

    /// <summary>Settles it.</summary>
    /// <returns>The migration that was written; null where none was.</returns>
    /// <exception cref="PloyException">The mismatch with its ways on, where none was chosen; PLOY2222, PLOY2223, and those of <see cref="ConsentGate"/>.</exception>
    public async ValueTask<MigrationFile?> SettleAsync(IDatabaseSession session, MigrationDirectory directory, Mismatch mismatch, DevInput input, CancellationToken cancellationToken)
    {
        switch (input.Drift == MismatchWay.Ask ? Choose(mismatch) : input.Drift)
        {
            case MismatchWay.Take:
                return await TakeAsync(session, directory, mismatch, input, cancellationToken).ConfigureAwait(false);
            case MismatchWay.Undo:
                await UndoAsync(session, mismatch, input, cancellationToken).ConfigureAwait(false);
                return null;
            case MismatchWay.Ask:
            default:
                throw mismatch.ToException();
        }
    }

    private MismatchWay Choose(Mismatch mismatch)
    {
        if (!prompt.CanPrompt || mismatch.Difference.IsEmpty || !mismatch.State.Pending.IsEmpty) return MismatchWay.Ask;
        var ways = mismatch.State.IsInitialized ? (string[])[Leave, Take, Undo] : [Leave, Take];
        return prompt.Choose($"{mismatch.Summary}\n\n{mismatch.DifferenceText.Replace("\n", "\n  ", StringComparison.Ordinal)}\n\nWhat shall be done?", ways) switch
        {
            Take => MismatchWay.Take,
            Undo => MismatchWay.Undo,
            _ => MismatchWay.Ask,
        };
    }

    private async ValueTask<MigrationFile?> TakeAsync(
        IDatabaseSession session, MigrationDirectory directory, Mismatch mismatch, DevInput input, CancellationToken cancellationToken)
    {
        if (!mismatch.State.Pending.IsEmpty && !mismatch.Difference.IsEmpty)
        {
            throw new PloyException(
                "PLOY2222",
                "The difference cannot be taken into a new migration while others are pending: it would come before them in the database and after them in the folder. Nothing has changed.",
                mismatch.State.IsInitialized ? "Run `ploy migrate deploy` first." : "Run `ploy migrate doctor`, which finds out what of them the database holds already.")
            {
                Notes = [mismatch.DifferenceText],
            };
        }

        if (mismatch.Difference.IsEmpty)
        {
            await RecordAsync(session, mismatch, null, input, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var name = MigrationNames.Create(
            MigrationNames.TimeAfter(services.Time.GetUtcNow(), directory.Files is [.., var last] ? last.Name : null),
            input.Name ?? (mismatch.State.IsInitialized ? NameProposal.For(mismatch.Difference) : "baseline"));
        var file = directory.Add(name, MigrationScript.Render(ForFiles(mismatch.Difference), workspace.Dialect), workspace.Dialect.Id);
        try
        {
            await ProveAsync(session, mismatch, file, cancellationToken).ConfigureAwait(false);
            await RecordAsync(session, mismatch, file, input, cancellationToken).ConfigureAwait(false);
            return file;
        }
        catch
        {
            // Nothing refers to it yet.
            file.Delete();
            throw;
        }
    }

    // A live database names the namespace of everything. A migration that names the connection's own would change that one whatever namespace it is applied in.
    private SchemaDifference ForFiles(SchemaDifference difference) =>
        workspace.Model.Datasource is { Namespaces.IsEmpty: true } && (workspace.Address.Namespace ?? workspace.Dialect.DefaultNamespace) is { } own
            ? difference with { After = difference.After with { DefaultNamespace = own } }
            : difference;

    private async ValueTask ProveAsync(IDatabaseSession session, Mismatch mismatch, MigrationFile file, CancellationToken cancellationToken)
    {
        var reached = await new Shapes(workspace, new Replayer(workspace, session, services.Time)).AfterAsync([.. mismatch.State.Applied, file], cancellationToken).ConfigureAwait(false);
        var rest = SchemaDiffer.Diff(reached, mismatch.Difference.After, workspace.Dialect);
        if (rest.IsEmpty) return;
        throw new PloyException(
            "PLOY2222",
            "A migration with the difference would not lead to what the database is. Nothing has changed.",
            "Write the migration by hand with `ploy migrate dev --create-only`, and record it with `ploy migrate resolve --applied NAME`.")
        {
            Notes = [$"what would be left:\n{ChangeSummary.Render(rest).Trim('\n')}"],
        };
    }

    private async ValueTask UndoAsync(IDatabaseSession session, Mismatch mismatch, DevInput input, CancellationToken cancellationToken)
    {
        if (!mismatch.State.IsInitialized) throw mismatch.ToException();
        var back = SchemaDiffer.Diff(mismatch.Difference.After, mismatch.Difference.Before, workspace.Dialect);
        if (back.IsEmpty)
        {
            await RecordAsync(session, mismatch, null, input, cancellationToken).ConfigureAwait(false);
            return;
        }

        var losses = await DestructiveCheckPlan.Create(back, workspace.Dialect).InspectAsync(session, workspace.Dialect, cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> notes = [.. losses.Unexecutable.Concat(losses.Warnings).Select(m => m.Description)];
        if (!losses.Unexecutable.IsEmpty)
            throw new PloyException("PLOY2223", "The difference cannot be taken out of the database with the rows that are there. Nothing has changed.", "Change the rows by hand, then run it again.") { Notes = notes };
        var script = MigrationScript.Render(back, workspace.Dialect);
        if (!losses.IsEmpty)
        {
            var work = new DestructiveWork
            {
                Verb = "migrate dev --undo-drift",
                Loss = "Taking the difference out of the database may lose data.",
                Question = $"Taking the difference out of the database may lose data:\n{string.Join('\n', notes.Select(n => $"  - {n}"))}\nDo it?",
                Flag = "--accept-data-loss",
                UnansweredCode = "PLOY2206",
                Plan = [script],
                Notes = notes,
            };
            await new ConsentGate(workspace, prompt).RequireAsync(session, work, new Given(input.AcceptDataLoss, input.Consent), cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await RecordAsync(session, mismatch, null, input, cancellationToken, script).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw new PloyException("PLOY2223", "The difference could not be taken out of the database: it refused a statement. Nothing has changed.", "Undo it by hand, or take it into a new migration.", exception)
            {
                Notes = [MigrationEngine.DatabaseNote(exception)],
            };
        }
    }

    // Everything in one transaction: the script, and what the history says from now on.
    private async ValueTask RecordAsync(IDatabaseSession session, Mismatch mismatch, MigrationFile? taken, DevInput input, CancellationToken cancellationToken, string? script = null)
    {
        var connector = workspace.Dialect.Connector;
        var history = connector.History(session);
        await using var held = await services.LockAsync(workspace.Address, input.LockWait, cancellationToken).ConfigureAwait(false);
        if (!mismatch.State.IsStill(await history.ReadAsync(cancellationToken).ConfigureAwait(false)))
            throw new PloyException("PLOY2304", "Another run has changed the history at this moment. Nothing has changed.", "Run the command again.");
        if (!mismatch.State.IsInitialized) await history.CreateAsync(cancellationToken).ConfigureAwait(false);
        await services.RetryAsync("undo-drift", WriteAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask WriteAsync()
        {
            await using var transaction = await session.BeginAsync(script is null ? TransactionPurpose.Rows : TransactionPurpose.Script, cancellationToken).ConfigureAwait(false);
            if (script is not null)
            {
                await session.LimitAsync(services.Limits.Lock, services.Limits.Statement, cancellationToken).ConfigureAwait(false);
                await session.ExecuteAsync(script, cancellationToken).ConfigureAwait(false);
            }

            var now = services.Time.GetUtcNow();
            foreach (var edited in mismatch.State.Edited) await history.UpdateAsync(edited.Attempt with { Checksum = edited.File.Checksum }, cancellationToken).ConfigureAwait(false);
            foreach (var missing in mismatch.State.Missing) await history.UpdateAsync(missing with { RolledBackAt = now }, cancellationToken).ConfigureAwait(false);
            if (taken is not null)
                await history.InsertAsync(new MigrationAttempt { Id = services.NewId().ToString(), Checksum = taken.Checksum, MigrationName = taken.Name, StartedAt = now, FinishedAt = now, Logs = "" }, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
