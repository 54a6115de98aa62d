using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.History;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Design.Commands;

/// <summary>What <c>db push</c> is asked for.</summary>
public sealed record PushInput
{
    /// <summary>Whether losing data is agreed to.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>Whether the database is emptied first.</summary>
    public bool ForceReset { get; init; }

    /// <summary>The text <c>DATABASE@PLAN_HASH</c>; null where none was given.</summary>
    public string? Consent { get; init; }

    /// <summary>How long to wait for another run that holds the lock.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>What <c>db push</c> did.</summary>
public sealed record PushReport
{
    /// <summary>The database.</summary>
    public required DatabaseAddress Address { get; init; }

    /// <summary>Whether the database was made.</summary>
    public required bool CreatedDatabase { get; init; }

    /// <summary>Whether it was emptied.</summary>
    public required bool WasReset { get; init; }

    /// <summary>How many statements were run; 0 where the database was in sync already.</summary>
    public int Statements { get; init; }

    /// <summary>How long comparing and running took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What of the change lost data.</summary>
    public DestructiveDiagnostics Losses { get; init; } = new([], []);

    /// <summary>Objects of the database that the schema cannot say; they were left alone.</summary>
    public ImmutableArray<UnmanagedObject> Unmanaged { get; init; } = [];
}

/// <summary>Makes the database what the schema says, without a migration and without touching the history.</summary>
public sealed class PushCommand(Workspace workspace, MigrationServices services, IPrompt prompt)
{
    /// <summary>SQLSTATE of PostgreSQL where a new enum value is used before its commit.</summary>
    private const string UnsafeUseOfNewValue = "55P04";

    /// <summary>Compares, asks, runs.</summary>
    /// <exception cref="PloyException">PLOY2230 where the rows stand in the way, PLOY2231 where the database refuses; those of <see cref="ConsentGate"/>.</exception>
    public async ValueTask<PushReport> RunAsync(PushInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var started = services.Time.GetTimestamp();
        var (session, created) = await connector.OpenOrCreateAsync(address, null, cancellationToken).ConfigureAwait(false);
        await using var opened = session;
        var isReset = input.ForceReset && !created;
        // Asked before the lock is taken: nobody should wait for somebody who thinks.
        if (isReset) await new ConsentGate(workspace, prompt).RequireAsync(session, Reset(), new Given(true, input.Consent), cancellationToken).ConfigureAwait(false);
        await using var held = await services.LockAsync(address, input.LockWait, cancellationToken).ConfigureAwait(false);
        if (isReset) await ResetCommand.EmptyAsync(workspace, services, session, cancellationToken).ConfigureAwait(false);

        var state = connector.State(session);
        var marks = isReset ? "" : await PushedMarks.ReadAsync(state, cancellationToken).ConfigureAwait(false);
        workspace.AddMarks(marks);
        var history = HistoryState.Compare(workspace.ReadMigrations().Files, await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        var actual = workspace.Mark(await workspace.ReadAsync(session, address, cancellationToken).ConfigureAwait(false), history.Applied);
        var printed = await connector.Canonicalizer(session).CanonicalizeAsync(workspace.Desired(address), cancellationToken).ConfigureAwait(false);
        var desired = await workspace.RehearseBesideAsync(actual, printed, () => workspace.OpenShadowAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        var difference = SchemaDiffer.DiffWithRows(actual, desired, workspace.Dialect);
        var report = new PushReport { Address = address, CreatedDatabase = created, WasReset = isReset, Unmanaged = [.. actual.Unmanaged] };
        if (difference.IsEmpty) return report with { Duration = services.Time.GetElapsedTime(started) };

        var obstacles = await Obstacles.FindAsync(difference, workspace.Dialect, session, cancellationToken).ConfigureAwait(false);
        if (!obstacles.IsEmpty) throw ObstacleException.Of(obstacles, "drop them, push, and make them again");
        var losses = await DestructiveCheckPlan.Create(difference, workspace.Dialect).InspectAsync(session, workspace.Dialect, cancellationToken).ConfigureAwait(false);
        var script = MigrationScript.Render(difference, workspace.Dialect);
        await AgreeAsync(session, losses, script, input, cancellationToken).ConfigureAwait(false);
        var count = await ApplyAsync(session, script, cancellationToken).ConfigureAwait(false);
        await PushedMarks.AddAsync(state, marks, script, cancellationToken).ConfigureAwait(false);
        // By now the push has made or taken in some of what was left alone before.
        workspace.AddMarks(script);
        var reached = workspace.Mark(await workspace.ReadAsync(session, address, cancellationToken).ConfigureAwait(false), history.Applied);
        return report with { Statements = count, Losses = losses, Unmanaged = [.. reached.Unmanaged], Duration = services.Time.GetElapsedTime(started) };
    }

    private DestructiveWork Reset() => new()
    {
        Verb = "db push --force-reset",
        Loss = $"All data in `{workspace.Address}` would be lost.",
        Question = $"All data in `{workspace.Address}` will be lost. Empty it and push the schema?",
        Flag = "--force-reset",
        UnansweredCode = "PLOY2201",
        Plan = [.. workspace.NamespacesIn(workspace.Address)],
    };

    private async ValueTask AgreeAsync(IDatabaseSession session, DestructiveDiagnostics losses, string script, PushInput input, CancellationToken cancellationToken)
    {
        if (!losses.Unexecutable.IsEmpty)
        {
            throw new PloyException(
                "PLOY2230",
                "The change cannot run on the rows that are there. Nothing has changed.",
                "Give the rows what they need first, or, where all data may go, push with `--force-reset`.")
            {
                Notes = [.. losses.Unexecutable.Select(m => m.Description)],
            };
        }

        if (losses.Warnings.IsEmpty) return;
        ImmutableArray<string> notes = [.. losses.Warnings.Select(m => m.Description)];
        var work = new DestructiveWork
        {
            Verb = "db push",
            Loss = "The change may lose data.",
            Question = $"The change may lose data:\n{string.Join('\n', notes.Select(n => $"  - {n}"))}\nPush it all the same?",
            Flag = "--accept-data-loss",
            UnansweredCode = "PLOY2206",
            Plan = [script],
            Notes = notes,
            AsksWithoutRows = true,
        };
        await new ConsentGate(workspace, prompt).RequireAsync(session, work, new Given(input.AcceptDataLoss, input.Consent), cancellationToken).ConfigureAwait(false);
    }

    // One transaction, or, where a new value of an enum is used at once, one up to the last such value and one behind it.
    private async ValueTask<int> ApplyAsync(IDatabaseSession session, string script, CancellationToken cancellationToken)
    {
        ImmutableArray<ScriptStatement> statements = [.. workspace.Dialect.Split(script).Where(s => s.Control is TransactionControl.None or TransactionControl.Savepoint)];
        try
        {
            try
            {
                await RunAsync(statements, 1).ConfigureAwait(false);
            }
            catch (StatementException exception) when (exception.SqlState == UnsafeUseOfNewValue)
            {
                var last = statements.Select((s, i) => s.Transaction == TransactionUse.CommitBeforeUse ? i : -1).Max() + 1;
                await RunAsync(statements[..last], 1).ConfigureAwait(false);
                await RunAsync(statements[last..], last + 1).ConfigureAwait(false);
            }
        }
        catch (StatementException exception)
        {
            throw new PloyException("PLOY2231", "The database refused the change.", "Look at what it said; `ploy migrate diff` shows the statements.", exception) { Notes = [MigrationEngine.DatabaseNote(exception)] };
        }

        return statements.Length;

        async ValueTask RunAsync(ImmutableArray<ScriptStatement> part, int first)
        {
            if (part.IsEmpty) return;
            var whole = new WholeScript
            {
                Text = script,
                Statements = part,
                Tag = new ScriptTag("db push", first, statements.Length),
                LockTimeout = services.Limits.Lock,
                StatementTimeout = services.Limits.Statement,
            };
            await services.RetryAsync("db push", () => workspace.Dialect.Connector.RunAsync(session, [whole], cancellationToken, services.Tell), cancellationToken).ConfigureAwait(false);
        }
    }
}
