using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Migrations.Engine;

/// <summary>
/// Runs a script that cannot be one transaction: runs of statements that may share one in a transaction each, with their ledger rows; the
/// others alone, a ledger row before and after. Where an earlier run was cut off it goes on at the statement that was interrupted.
/// </summary>
/// <param name="services">What the engine has.</param>
/// <param name="session">Where it runs.</param>
/// <param name="script">What runs.</param>
/// <param name="attempt">Its row in the history.</param>
/// <param name="lockLimit">How many locks one transaction may take.</param>
internal sealed class ScriptInParts(MigrationServices services, IDatabaseSession session, ReadScript script, MigrationAttempt attempt, long lockLimit)
{
    private ReadScript _script = script;
    private readonly IStatementLedger? _ledger = services.Dialect.Connector.Ledger(session);

    /// <summary>The place of the entry that says that the attempt has a ledger.</summary>
    public const int Start = -1;

    /// <summary>Adds the attempt to the history and opens its ledger, both or neither.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (_ledger is not null) await _ledger.CreateAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await session.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false);
        await services.Dialect.Connector.History(session).InsertAsync(attempt, cancellationToken).ConfigureAwait(false);
        if (_ledger is not null) await _ledger.WriteAsync(new LedgerEntry(attempt.Id, Start, attempt.Checksum, IsFinished: true), cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs what has not run yet.</summary>
    /// <exception cref="PloyException">PLOY2305 where the database does not tell what became of a statement, PLOY2307 where the part that has run was edited.</exception>
    /// <exception cref="StatementException">A statement was refused; those before it stay.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var done = _ledger is null ? [] : await _ledger.ReadAsync(attempt.Id, cancellationToken).ConfigureAwait(false);
        var entries = done.Where(e => e.Index != Start).ToDictionary(e => e.Index);
        RequireSame(entries);
        // What was begun before it was done ran alone, whether its words tell that or not.
        foreach (var entry in entries.Values.Where(e => !e.IsFinished && e.Index < _script.Statements.Length)) _script = _script.WithAlone(entry.Index);
        await SetUpAsync(i => entries.TryGetValue(i, out var entry) && entry.IsFinished, cancellationToken).ConfigureAwait(false);
        var waiting = new Stack<ScriptPart>(_script.Parts(lockLimit, i => entries.TryGetValue(i, out var entry) && entry.IsFinished).Reverse());
        while (waiting.TryPop(out var part))
        {
            var (run, isLone) = part;
            var retry = new LockRetry(services, _script.File.Name, _script.Settings.LockRetry);
            while (true)
            {
                try
                {
                    if (isLone) await RunAloneAsync(run[0], entries, cancellationToken).ConfigureAwait(false);
                    else await RunTogetherAsync(run, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (StatementException exception) when (!isLone && _script.IndexAlone(exception) is { } index)
                {
                    _script = _script.WithAlone(index);
                    if (run[^1] != index) waiting.Push(new ScriptPart([.. run.Where(i => i > index)], IsLone: false));
                    waiting.Push(new ScriptPart([index], IsLone: true));
                    if (run[0] != index) waiting.Push(new ScriptPart([.. run.Where(i => i < index)], IsLone: false));
                    break;
                }
                catch (StatementException exception) when (run.Length > 1 && _script.ProvesParts(exception))
                {
                    // Its locks were guessed too few: half of it at a time.
                    waiting.Push(new ScriptPart(run[(run.Length / 2)..], IsLone: false));
                    waiting.Push(new ScriptPart(run[..(run.Length / 2)], IsLone: false));
                    break;
                }
                catch (StatementException exception)
                {
                    if (!await retry.WaitAsync(exception, cancellationToken).ConfigureAwait(false)) throw;
                }
            }
        }
    }

    /// <summary>Whether none of its statements has left anything, which only a ledger can tell.</summary>
    public async ValueTask<bool> HasDoneNothingAsync(CancellationToken cancellationToken) =>
        _ledger is not null && (await _ledger.ReadAsync(attempt.Id, cancellationToken).ConfigureAwait(false)).All(e => e.Index == Start);

    // The session as the statements that have run left it: one that was cut off and opened anew knows nothing of them, and DISCARD ALL took ours too.
    private async ValueTask SetUpAsync(Func<int, bool> hasRun, CancellationToken cancellationToken)
    {
        if (_ledger is null) return;
        var all = Enumerable.Range(0, _script.Statements.Length).Where(i => hasRun(i) && _script.Statements[i].ChangesSession).ToList();
        var last = all.FindLastIndex(i => _script.Statements[i].Transaction == TransactionUse.Forbidden);
        await using var transaction = await session.BeginAsync(TransactionPurpose.Script, cancellationToken).ConfigureAwait(false);
        foreach (var index in all.Skip(last + 1)) await session.ExecuteAsync(_script.TextOf(_script.Statements[index]), cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private ValueTask RunTogetherAsync(ImmutableArray<int> run, CancellationToken cancellationToken) => services.Dialect.Connector.RunAsync(
        session,
        [new WholeScript
        {
            Text = _script.Source.Text,
            Statements = [.. run.Select(i => _script.Statements[i])],
            Tag = new ScriptTag(_script.File.Name, run[0] + 1, _script.Statements.Length),
            Ledger = _ledger is null ? [] : [.. run.Select(i => Entry(i, isFinished: true))],
            GoesOn = _ledger is not null,
            Isolation = _script.Isolation,
            LockTimeout = _script.Settings.LockTimeout ?? services.Limits.Lock,
            StatementTimeout = _script.Settings.StatementTimeout ?? services.Limits.Statement,
        }],
        cancellationToken,
        services.Tell);

    private async ValueTask RunAloneAsync(int index, Dictionary<int, LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var statement = _script.Statements[index];
        if (_ledger is not null && entries.ContainsKey(index))
        {
            switch (await _ledger.RecoverAsync(_script.TextOf(statement), cancellationToken).ConfigureAwait(false))
            {
                case InterruptedState.TookEffect:
                    await WriteAsync(index, isFinished: true, cancellationToken).ConfigureAwait(false);
                    return;
                case InterruptedState.Unknown:
                    throw new PloyException(
                        "PLOY2305",
                        $"Statement {index + 1} of {_script.Statements.Length} of the migration `{_script.File.Name}` was running when everything ended, and the database does not tell whether it took effect.",
                        $"Look whether it did. Then finish the migration by hand and run `ploy migrate resolve --applied {_script.File.Name}`, or undo it and run `ploy migrate resolve --rolled-back {_script.File.Name}`.")
                    {
                        Location = new SourceLocation(_script.Source, statement.Span),
                    };
                case InterruptedState.RunAgain:
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        await WriteAsync(index, isFinished: false, cancellationToken).ConfigureAwait(false);
        entries[index] = Entry(index, isFinished: false);
        var alone = new WholeScript
        {
            Text = _script.Source.Text,
            Statements = [statement],
            Tag = new ScriptTag(_script.File.Name, index + 1, _script.Statements.Length),
            // Concurrent builds wait for other transactions without holding anybody up, so that the lock limit is not theirs.
            LockTimeout = statement.Transaction == TransactionUse.Forbidden ? TimeSpan.Zero : _script.Settings.LockTimeout ?? services.Limits.Lock,
            StatementTimeout = _script.Settings.StatementTimeout ?? services.Limits.Statement,
        };
        var start = services.Time.GetTimestamp();
        try
        {
            await services.Dialect.Connector.RunAloneAsync(session, alone, cancellationToken, services.Tell).ConfigureAwait(false);
        }
        catch (StatementException) when (_ledger is not null)
        {
            if (await TryCleanUpAsync(index).ConfigureAwait(false)) entries.Remove(index);
            throw;
        }

        await WriteAsync(index, isFinished: true, cancellationToken).ConfigureAwait(false);
        if (statement.ChangesSession) await SetUpAsync(i => i <= index, cancellationToken).ConfigureAwait(false);
        services.Report(new StatementFinished(_script.File.Name, index + 1, _script.Statements.Length, services.Time.GetElapsedTime(start)));
    }

    // The database has refused the statement, so that nobody has to ask later what became of it; only what it left behind has to go.
    private async ValueTask<bool> TryCleanUpAsync(int index)
    {
        try
        {
            if (await _ledger!.RecoverAsync(_script.TextOf(_script.Statements[index]), CancellationToken.None).ConfigureAwait(false) == InterruptedState.TookEffect) return false; // called where there is one
            await _ledger.RemoveAsync(Entry(index, isFinished: false), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is StatementException or PloyException)
        {
            // The next run looks again.
            return false;
        }
    }

    // What has run must be what the file says now; what has not may have been corrected.
    private void RequireSame(Dictionary<int, LedgerEntry> entries)
    {
        foreach (var entry in entries.Values.Where(e => e.IsFinished).OrderBy(e => e.Index))
        {
            if (entry.Index < _script.Statements.Length && HashOf(entry.Index) == entry.Hash) continue;
            throw new PloyException(
                "PLOY2307",
                $"The migration `{_script.File.Name}` is half-applied, and statement {entry.Index + 1}, which has run, was changed since.",
                "Put the statements that have run back as they were; those after them may be changed.")
            {
                Location = entry.Index < _script.Statements.Length ? new SourceLocation(_script.Source, _script.Statements[entry.Index].Span) : null,
            };
        }
    }

    private async ValueTask WriteAsync(int index, bool isFinished, CancellationToken cancellationToken)
    {
        if (_ledger is not null) await _ledger.WriteAsync(Entry(index, isFinished), cancellationToken).ConfigureAwait(false);
    }

    private LedgerEntry Entry(int index, bool isFinished) => new(attempt.Id, index, HashOf(index), isFinished);

    private string HashOf(int index) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_script.TextOf(_script.Statements[index]).ReplaceLineEndings("\n"))));
}
