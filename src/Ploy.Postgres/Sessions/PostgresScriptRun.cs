using System.Collections.Immutable;
using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Runs scripts, each with its history row in one transaction, and in as few round trips as it takes: the statements that begin and end the
/// transactions travel with those of the scripts. The commit follows only where all before it succeeded, since the server skips what comes
/// behind a failure up to the end of the message
/// (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING).
/// </summary>
internal sealed class PostgresScriptRun(PostgresSession session, ImmutableArray<WholeScript> scripts, Action<StatementProgress>? progress)
{
    // Statements per round trip: enough to hide the network, few enough that neither side holds much.
    private const int BatchSize = 200;

    // The number of the transaction at its end must be that at its beginning: else a statement has ended it.
    private const string Remember = "set_config('ploy.transaction', pg_current_xact_id()::text, true)";
    private const string IsWhole = "1 / (current_setting('ploy.transaction', true) IS NOT DISTINCT FROM pg_current_xact_id()::text)::int";

    private readonly List<Command> _waiting = [];

    /// <summary>Runs them.</summary>
    /// <exception cref="StatementException">A statement was refused; nothing has changed.</exception>
    /// <exception cref="PloyException">PLOY2310 where a statement ended the transaction; P1017 where the connection is gone.</exception>
    public ValueTask RunAsync(CancellationToken cancellationToken) =>
        StatementWatch.RunAsync(session, scripts.Max(s => s.LockTimeout), progress, () => SendAllAsync(cancellationToken));

    private async ValueTask SendAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var script in scripts)
            {
                foreach (var command in Beginning(script)) await AddAsync(command, cancellationToken).ConfigureAwait(false);
                if (script.Verification is { } verification)
                {
                    await SendAsync(cancellationToken).ConfigureAwait(false);
                    await session.VerifyAsync(verification, cancellationToken).ConfigureAwait(false);
                }

                foreach (var command in End(script)) await AddAsync(command, cancellationToken).ConfigureAwait(false);
            }

            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await session.RollBackAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    private IEnumerable<Command> Beginning(WholeScript script)
    {
        var limits = PostgresSession.Limits(script.LockTimeout, script.StatementTimeout);
        var settings = $"SELECT {session.Settings}, {limits}, {Remember}";
        yield return new Command(new NpgsqlBatchCommand("BEGIN TRANSACTION ISOLATION LEVEL " + IsolationLevels.Words(script.Isolation)));
        yield return new Command(new NpgsqlBatchCommand(script.GoesOn ? $"SELECT {limits}, {Remember}" : settings));
        for (var i = 0; i < script.Statements.Length; i++)
        {
            var (statement, tag) = (script.Statements[i], StatementTag.Before(script.Tag, i));
            yield return new Command(new NpgsqlBatchCommand(statement.TextIn(script.Text, tag)), statement.Span.Start, tag.Length);
            // It takes ours back too.
            if (statement.Words is ["RESET", "ALL"]) yield return new Command(new NpgsqlBatchCommand(settings));
        }
    }

    private IEnumerable<Command> End(WholeScript script)
    {
        if (!script.Ledger.IsEmpty) yield return new Command(PostgresLedger.Write(script.Ledger));
        // The row of the history asks in the same statement.
        yield return new Command(script.Attempt is { } attempt ? new PostgresHistory(session).InsertFinished(attempt, IsWhole) : new NpgsqlBatchCommand("SELECT " + IsWhole))
        {
            IsCheck = true,
            Tag = script.Tag,
        };
        yield return new Command(new NpgsqlBatchCommand("COMMIT"));
    }

    private async ValueTask AddAsync(Command command, CancellationToken cancellationToken)
    {
        _waiting.Add(command);
        if (_waiting.Count == BatchSize) await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0) return;
        Command[] commands = [.. _waiting];
        _waiting.Clear();
        await using var batch = new NpgsqlBatch(session.Connection);
        foreach (var command in commands) batch.BatchCommands.Add(command.Sent);
        using var span = Telemetry.Message("postgresql", "script", commands.Length);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            var failed = (exception as NpgsqlException)?.BatchCommand is { } sent ? Array.Find(commands, c => ReferenceEquals(c.Sent, sent)) : null;
            if (failed is { IsCheck: true } && PostgresErrors.Find<PostgresException>(exception)?.SqlState == PostgresErrorCodes.DivisionByZero) throw PostgresTransaction.EndedInside(failed.Tag);
            throw PostgresErrors.OfStatement(exception, failed?.Sent.CommandText ?? "", failed?.Start, failed?.Prefix ?? 0);
        }
    }

    // Start: where a statement of a script begins in its text; null for one of our own. Prefix: the length of what is sent before it.
    private sealed record Command(NpgsqlBatchCommand Sent, int? Start = null, int Prefix = 0)
    {
        /// <summary>Whether it fails with a division by zero where a statement of the script has ended its transaction.</summary>
        public bool IsCheck { get; init; }

        /// <summary>Whose transaction a check is about.</summary>
        public ScriptTag? Tag { get; init; }
    }
}
