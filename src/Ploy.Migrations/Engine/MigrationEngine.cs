using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Migrations.Engine;

/// <summary>
/// Applies migrations. Script and history row commit together, so that a crash at any instant leaves a migration applied or not at all;
/// only scripts with statements that no transaction takes are run in parts.
/// </summary>
public sealed class MigrationEngine(MigrationServices services)
{
    private const int ManyLocks = 500;
    private const string Lost = "P1017";

    // Of migrations that travel together: enough to hide the network, few enough that progress is seen.
    private const int GroupedStatements = 60;

    /// <summary>Names of migrations that are older than one that is applied: they were made without it, which a failure of theirs may come from.</summary>
    public IReadOnlySet<string> Late { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Applies the files in order and stops at the first that fails. The caller holds the lock and has made the history table.</summary>
    /// <returns>The names of those applied.</returns>
    /// <exception cref="PloyException">P3018 where a statement failed; those before stay applied.</exception>
    public async ValueTask<ImmutableArray<string>> ApplyAsync(IDatabaseSession session, ImmutableArray<MigrationFile> pending, CancellationToken cancellationToken)
    {
        // All are read before the first runs: a script that cannot be run whole is refused before anything has changed.
        var scripts = new ScriptQueue(pending, services);
        var applied = ImmutableArray.CreateBuilder<string>(pending.Length);
        var waiting = new List<ReadScript>();
        var running = Task.CompletedTask;
        try
        {
            foreach (var file in pending)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // The next ones are read while the server works on those before.
                var script = scripts.Take(file);
                if (!script.IsSmall || waiting.Sum(s => s.Statements.Length) + script.Statements.Length > GroupedStatements) await FlushAsync().ConfigureAwait(false);
                if (script.IsSmall)
                {
                    waiting.Add(script);
                }
                else
                {
                    await running.ConfigureAwait(false);
                    await ApplyAloneAsync(session, script, cancellationToken).ConfigureAwait(false);
                }

                applied.Add(file.Name);
            }

            await FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            // What runs is not left alone, and its failure is the one to tell.
            await running.ConfigureAwait(false);
        }

        return applied.ToImmutable();

        async ValueTask FlushAsync()
        {
            await running.ConfigureAwait(false);
            ReadScript[] group = [.. waiting];
            waiting.Clear();
            running = ApplyTogetherAsync(session, group, cancellationToken);
        }
    }

    private async Task ApplyTogetherAsync(IDatabaseSession session, ReadScript[] scripts, CancellationToken cancellationToken)
    {
        var done = scripts.Length > 1 ? await new MigrationGroup(services, session, scripts).ApplyAsync(cancellationToken).ConfigureAwait(false) : 0;
        foreach (var script in scripts.Skip(done)) await ApplyAloneAsync(session, script, cancellationToken).ConfigureAwait(false);
    }

    private const string RolledBack = "the migration was rolled back, nothing of it is applied";
    private const string CorrectFile = "Correct the file, then run the command again.";

    /// <summary>Runs the files on an empty database, without a history.</summary>
    /// <exception cref="PloyException">P3006 where one does not run.</exception>
    public static async ValueTask ReplayAsync(IDatabaseSession shadow, ImmutableArray<MigrationFile> files, Dialect dialect, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            var script = MigrationScriptReader.Read(file, dialect);
            try
            {
                await ReplayAsync(shadow, script, dialect, cancellationToken).ConfigureAwait(false);
            }
            catch (StatementException exception)
            {
                var failure = script.Locate(exception);
                throw new PloyException(
                    "P3006",
                    $"The migration `{file.Name}` does not run on a database that was built from the migrations before it.",
                    "Correct the migration where it is not applied anywhere yet; else correct the one before it that it needs.",
                    exception)
                {
                    Location = failure.Location,
                    Notes = [DatabaseNote(exception)],
                };
            }
        }
    }

    /// <summary>What the database said, as a note.</summary>
    public static string DatabaseNote(StatementException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return $"database: {(exception.SqlState is { } state ? state + " " : "")}{exception.Message}";
    }

    private static async ValueTask ReplayAsync(IDatabaseSession shadow, ReadScript script, Dialect dialect, CancellationToken cancellationToken)
    {
        var limit = await LockLimitAsync(shadow, script, dialect, cancellationToken).ConfigureAwait(false);
        if (!script.NeedsParts && script.Locks <= limit)
        {
            try
            {
                await RunAsync(script.Statements).ConfigureAwait(false);
                return;
            }
            catch (StatementException exception) when (script.ProvesParts(exception))
            {
                limit = script.LockLimitAfter(exception, limit);
                script = script.After(exception);
            }
        }

        var ran = new HashSet<int>();
        while (ran.Count < script.Statements.Length)
        {
            // A part that teaches something of the script has changed nothing: what has not run is parted anew.
            var part = script.Parts(limit, ran.Contains).First();
            try
            {
                if (part.IsLone) await shadow.ExecuteAsync(script.TextWith([script.Statements[part.Statements[0]]]), cancellationToken).ConfigureAwait(false);
                else await RunAsync([.. part.Statements.Select(i => script.Statements[i])], goesOn: ran.Count > 0).ConfigureAwait(false);
                ran.UnionWith(part.Statements);
            }
            catch (StatementException exception) when (!part.IsLone && script.IndexAlone(exception) is { } index)
            {
                script = script.WithAlone(index);
            }
        }

        ValueTask RunAsync(ImmutableArray<ScriptStatement> statements, bool goesOn = false) =>
            dialect.Connector.RunAsync(shadow, [new WholeScript { Text = script.Source.Text, Statements = statements, GoesOn = goesOn, Isolation = script.Isolation }], cancellationToken);
    }

    // Half of what the server has, so that others find some too; asked only where a script may come near.
    internal static async ValueTask<long> LockLimitAsync(IDatabaseSession session, ReadScript script, Dialect dialect, CancellationToken cancellationToken) =>
        script.Locks < ManyLocks || script.Settings.Transactions != ScriptTransactions.Automatic ? long.MaxValue
        : await dialect.Connector.LockCapacityAsync(session, cancellationToken).ConfigureAwait(false) is { } capacity ? Math.Max(1, capacity / 2)
        : long.MaxValue;

    /// <summary>Whether an attempt that was cut off left a ledger, by which it can go on.</summary>
    public async ValueTask<bool> CanResumeAsync(IDatabaseSession session, MigrationAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return services.Dialect.Connector.Ledger(session) is { } ledger && !(await ledger.ReadAsync(attempt.Id, cancellationToken).ConfigureAwait(false)).IsEmpty;
    }

    /// <summary>Goes on with a migration that runs in parts and was cut off. The caller holds the lock.</summary>
    /// <exception cref="PloyException">P3018, PLOY2305, PLOY2307.</exception>
    public async ValueTask ResumeAsync(IDatabaseSession session, MigrationFile file, MigrationAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var script = MigrationScriptReader.Read(file, services.Dialect);
        var start = services.Time.GetTimestamp();
        using var span = Begin(script);
        attempt = attempt with { Checksum = file.Checksum };
        var limit = await LockLimitAsync(session, script, services.Dialect, cancellationToken).ConfigureAwait(false);
        await WatchAsync(span, FinishPartsAsync(new ScriptInParts(services, session, script, attempt, limit), session, script, attempt, cancellationToken)).ConfigureAwait(false);
        Finish(script, start);
    }

    private async ValueTask ApplyAloneAsync(IDatabaseSession session, ReadScript script, CancellationToken cancellationToken)
    {
        var start = services.Time.GetTimestamp();
        using var span = Begin(script);
        await WatchAsync(span, ApplyAsync(session, script, cancellationToken)).ConfigureAwait(false);
        Finish(script, start);
    }

    // A span says by which code its work failed, not with which text.
    private static async ValueTask WatchAsync(Activity? span, ValueTask work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (PloyException exception) when (span is not null)
        {
            span.SetTag("error.type", exception.Code);
            span.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private Activity? Begin(ReadScript script)
    {
        services.Report(new MigrationStarted(script.File.Name, script.Statements.Length));
        return Telemetry.Migration(script.File.Name);
    }

    private void Finish(ReadScript script, long start)
    {
        var duration = services.Time.GetElapsedTime(start);
        Telemetry.Applied.Add(1);
        Telemetry.Duration.Record(duration.TotalSeconds);
        services.Report(new MigrationFinished(script.File.Name, duration));
    }

    private async ValueTask ApplyAsync(IDatabaseSession session, ReadScript script, CancellationToken cancellationToken)
    {
        var attempt = services.NewAttempt(script);
        var limit = await LockLimitAsync(session, script, services.Dialect, cancellationToken).ConfigureAwait(false);
        if (!script.NeedsParts && script.Locks <= limit)
        {
            if (await TryWholeAsync(session, script, attempt, cancellationToken).ConfigureAwait(false) is not { } proof) return;
            limit = script.LockLimitAfter(proof, limit);
            script = script.After(proof);
        }

        var parts = new ScriptInParts(services, session, script, attempt, limit);
        await parts.BeginAsync(cancellationToken).ConfigureAwait(false);
        await FinishPartsAsync(parts, session, script, attempt, cancellationToken).ConfigureAwait(false);
    }

    // Null where it is applied; else the failure by which the script turned out to need parts, and nothing of it is applied.
    private async ValueTask<StatementException?> TryWholeAsync(IDatabaseSession session, ReadScript script, MigrationAttempt attempt, CancellationToken cancellationToken)
    {
        var connector = services.Dialect.Connector;
        var retry = new LockRetry(services, script.File.Name, script.Settings.LockRetry);
        var whole = services.Whole(script, attempt);
        while (true)
        {
            try
            {
                await connector.RunAsync(session, [whole], cancellationToken, services.Tell).ConfigureAwait(false);
                return null;
            }
            catch (StatementException exception) when (script.ProvesParts(exception))
            {
                return exception;
            }
            catch (StatementException exception)
            {
                if (await retry.WaitAsync(exception, cancellationToken).ConfigureAwait(false)) continue;
                var failure = script.Locate(exception);
                // To a damaged database nothing more is written.
                if (exception.Fault != StatementFault.Damage) await RecordRolledBackAsync(connector.History(session), attempt, Log(script, failure)).ConfigureAwait(false);
                throw Failed(
                    script, failure, RolledBack,
                    Late.Contains(script.File.Name)
                        ? "It is older than migrations that are applied here, and was made without them. `ploy migrate doctor` finds out whether the database is already what it leads to; else correct the file, then run the command again."
                        : CorrectFile,
                    retry.Note);
            }
            catch (PloyException exception) when (exception.Code == Lost)
            {
                throw LostWhile(exception, $"the migration `{script.File.Name}`");
            }
            catch (VerificationException exception)
            {
                // The row is for whoever looks now: the history is read by more people, and kept.
                await RecordRolledBackAsync(connector.History(session), attempt, $"Query {exception.Statement + 1} of `{MigrationFile.VerificationName}` found rows.").ConfigureAwait(false);
                throw Unverified(script, exception, "it was rolled back, nothing of it is applied");
            }
        }
    }

    private async ValueTask FinishPartsAsync(ScriptInParts parts, IDatabaseSession session, ReadScript script, MigrationAttempt attempt, CancellationToken cancellationToken)
    {
        var history = services.Dialect.Connector.History(session);
        try
        {
            await parts.RunAsync(cancellationToken).ConfigureAwait(false);
            if (script.Verification is { } verification) await services.Dialect.Connector.VerifyAsync(session, verification, cancellationToken).ConfigureAwait(false);
            await history.UpdateAsync(attempt with { FinishedAt = services.Time.GetUtcNow(), AppliedStepsCount = 1, Logs = null }, cancellationToken).ConfigureAwait(false);
        }
        catch (VerificationException exception)
        {
            throw Unverified(script, exception, "all its statements have run; it is not finished until the query finds none");
        }
        catch (PloyException exception) when (exception.Code == Lost)
        {
            throw LostWhile(exception, $"the migration `{script.File.Name}`");
        }
        catch (StatementException exception)
        {
            var failure = script.Locate(exception);
            var isClean = false;
            try
            {
                isClean = LeavesNothing(script, failure) && await parts.HasDoneNothingAsync(CancellationToken.None).ConfigureAwait(false);
                await history.UpdateAsync(attempt with { Logs = Log(script, failure), RolledBackAt = isClean ? services.Time.GetUtcNow() : null }, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception second) when (second is StatementException or PloyException)
            {
                // The connection is gone: the attempt stands as unfinished, which is what the next run needs to know.
            }

            if (isClean) throw Failed(script, failure, RolledBack, CorrectFile);

            throw Failed(
                script, failure,
                "the migration has statements that no transaction takes, so those before it stay applied",
                services.Dialect.Connector.Ledger(session) is null
                    ? $"Bring the database to the state before or after the migration, then run `ploy migrate resolve --rolled-back {script.File.Name}` or `--applied {script.File.Name}`."
                    : "Correct the cause, in the file where need be, then run the command again: it goes on at this statement.");
        }
    }

    // A statement that ran alone may have done a part of its work (CALL, DROP INDEX CONCURRENTLY), but not CREATE, behind which we clean up.
    private static bool LeavesNothing(ReadScript script, ScriptFailure failure) =>
        failure.Statement is { } index
        && (script.Statements[index].Words is ["CREATE", ..] || (script.Statements[index].Transaction != TransactionUse.Forbidden && script.Settings.Transactions != ScriptTransactions.None));

    private async ValueTask RecordRolledBackAsync(IMigrationHistory history, MigrationAttempt attempt, string log)
    {
        try
        {
            await history.InsertAsync(attempt with { RolledBackAt = services.Time.GetUtcNow(), Logs = log }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StatementException or PloyException)
        {
            // The connection is gone or the disk full: the failure itself is what the user has to hear of.
        }
    }

    private static PloyException Unverified(ReadScript script, VerificationException exception, string consequence) => new(
        "PLOY2308",
        $"The query {exception.Statement + 1} of `{MigrationFile.VerificationName}` found rows after the migration `{script.File.Name}`; {consequence}.",
        "Correct the script or the query, then run the command again.")
    {
        Location = new SourceLocation(script.Verification!.Source, script.Verification.Statements[exception.Statement].Span), // only a verification throws it
        Notes = [$"first row: {exception.Row}"],
    };

    /// <summary>The connection went away while something ran, and what was under way with it.</summary>
    internal static PloyException LostWhile(PloyException exception, string what) => new(
        Lost, $"The connection to the database was lost while {what} ran: {exception.Message}",
        "See what became of the server, then run the command again: it finds out from the database what is applied, and goes on from there.", exception.InnerException ?? exception)
    {
        Notes = exception.Notes,
    };

    private static PloyException Failed(ReadScript script, ScriptFailure failure, string consequence, string help, string? note = null)
    {
        var what = failure.Statement is { } index
            ? string.Create(CultureInfo.InvariantCulture, $"Statement {index + 1} of {script.Statements.Length} of the migration `{script.File.Name}` failed")
            : $"The migration `{script.File.Name}` could not be committed";
        return new PloyException("P3018", $"{what}; {consequence}.", StatementFaults.Help(failure.Cause) ?? help, failure.Cause)
        {
            Location = failure.Location,
            Notes = [DatabaseNote(failure.Cause), .. note is null ? (string[])[] : [note]],
        };
    }

    private static string Log(ReadScript script, ScriptFailure failure)
    {
        var line = failure.Location is { } at ? string.Create(CultureInfo.InvariantCulture, $" at line {at.Source.GetPosition(at.Span.Start).Line + 1}") : "";
        var statement = failure.Statement is { } index ? string.Create(CultureInfo.InvariantCulture, $"Statement {index + 1} of {script.Statements.Length}{line}") : "The commit";
        return $"{statement} failed.\n{DatabaseNote(failure.Cause)}";
    }
}
