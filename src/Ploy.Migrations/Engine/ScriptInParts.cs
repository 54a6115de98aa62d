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
        var waiting = new Stack<ScriptPart>(script.Parts(lockLimit, i => entries.TryGetValue(i, out var entry) && entry.IsFinished).Reverse());
        while (waiting.TryPop(out var part))
        {
            var (run, isLone) = part;
            var retry = new LockRetry(services, script);
            while (true)
            {
                try
                {
                    if (isLone) await RunAloneAsync(run[0], entries, cancellationToken).ConfigureAwait(false);
                    else await RunTogetherAsync(run, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (StatementException exception) when (run.Length > 1 && script.ProvesParts(exception))
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

    private ValueTask RunTogetherAsync(ImmutableArray<int> run, CancellationToken cancellationToken) => services.Dialect.Connector.RunAsync(
        session,
        [new WholeScript
        {
            Text = script.Source.Text,
            Statements = [.. run.Select(i => script.Statements[i])],
            Ledger = _ledger is null ? [] : [.. run.Select(i => Entry(i, isFinished: true))],
            LockTimeout = script.Settings.LockTimeout ?? services.Limits.Lock,
            StatementTimeout = script.Settings.StatementTimeout ?? services.Limits.Statement,
        }],
        cancellationToken);

    private async ValueTask RunAloneAsync(int index, Dictionary<int, LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var statement = script.Statements[index];
        if (_ledger is not null && entries.ContainsKey(index))
        {
            switch (await _ledger.RecoverAsync(script.TextOf(statement), cancellationToken).ConfigureAwait(false))
            {
                case InterruptedState.TookEffect:
                    await WriteAsync(index, isFinished: true, cancellationToken).ConfigureAwait(false);
                    return;
                case InterruptedState.Unknown:
                    throw new PloyException(
                        "PLOY2305",
                        $"Statement {index + 1} of {script.Statements.Length} of the migration `{script.File.Name}` was running when everything ended, and the database does not tell whether it took effect.",
                        $"Look whether it did. Then finish the migration by hand and run `ploy migrate resolve --applied {script.File.Name}`, or undo it and run `ploy migrate resolve --rolled-back {script.File.Name}`.")
                    {
                        Location = new SourceLocation(script.Source, statement.Span),
                    };
                case InterruptedState.RunAgain:
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        await WriteAsync(index, isFinished: false, cancellationToken).ConfigureAwait(false);
        entries[index] = Entry(index, isFinished: false);
        // Concurrent builds wait for other transactions without holding anybody up, so that the lock limit is not theirs.
        await session.LimitAsync(
            statement.Transaction == TransactionUse.Forbidden ? TimeSpan.Zero : script.Settings.LockTimeout ?? services.Limits.Lock,
            script.Settings.StatementTimeout ?? services.Limits.Statement, cancellationToken).ConfigureAwait(false);
        var start = services.Time.GetTimestamp();
        await session.ExecuteAsync(script.TextWith([statement]), cancellationToken).ConfigureAwait(false);
        await WriteAsync(index, isFinished: true, cancellationToken).ConfigureAwait(false);
        services.Report(new StatementFinished(script.File.Name, index + 1, script.Statements.Length, services.Time.GetElapsedTime(start)));
    }

    // What has run must be what the file says now; what has not may have been corrected.
    private void RequireSame(Dictionary<int, LedgerEntry> entries)
    {
        foreach (var entry in entries.Values.Where(e => e.IsFinished).OrderBy(e => e.Index))
        {
            if (entry.Index < script.Statements.Length && HashOf(entry.Index) == entry.Hash) continue;
            throw new PloyException(
                "PLOY2307",
                $"The migration `{script.File.Name}` is half-applied, and statement {entry.Index + 1}, which has run, was changed since.",
                "Put the statements that have run back as they were; those after them may be changed.")
            {
                Location = entry.Index < script.Statements.Length ? new SourceLocation(script.Source, script.Statements[entry.Index].Span) : null,
            };
        }
    }

    private async ValueTask WriteAsync(int index, bool isFinished, CancellationToken cancellationToken)
    {
        if (_ledger is not null) await _ledger.WriteAsync(Entry(index, isFinished), cancellationToken).ConfigureAwait(false);
    }

    private LedgerEntry Entry(int index, bool isFinished) => new(attempt.Id, index, HashOf(index), isFinished);

    private string HashOf(int index) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.TextOf(script.Statements[index]).ReplaceLineEndings("\n"))));
}
