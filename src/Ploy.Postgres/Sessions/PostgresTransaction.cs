using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// A transaction that notices when a statement inside ended it: the number of the transaction at the end must be that of the beginning.
/// </summary>
internal sealed class PostgresTransaction : ISessionTransaction
{
    private const string Number = "SELECT pg_current_xact_id()::text::bigint";

    private readonly PostgresSession _session;
    private readonly long? _number;
    private bool _ended;

    private PostgresTransaction(PostgresSession session, long? number) => (_session, _number) = (session, number);

    /// <summary>Begins one at READ COMMITTED.</summary>
    public static async ValueTask<PostgresTransaction> BeginAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await session.RunAsync("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED", cancellationToken).ConfigureAwait(false);
        return new PostgresTransaction(session, await session.QueryNumberAsync(Number, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_ended) throw new InvalidOperationException("The transaction is over.");
        if (await _session.QueryNumberAsync(Number, cancellationToken).ConfigureAwait(false) != _number)
            throw EndedInside();

        await _session.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        _ended = true;
        _session.TransactionEnded();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_ended) return;
        _ended = true;
        _session.TransactionEnded();
        await _session.RollBackAsync().ConfigureAwait(false);
    }

    /// <summary>PLOY2310.</summary>
    /// <param name="tag">Whose script it is; null where nobody has said so.</param>
    public static PloyException EndedInside(ScriptTag? tag = null) => new(
        "PLOY2310",
        $"A statement of {(tag is null ? "the script" : $"the migration `{tag.Migration}`")} ended the transaction that the script runs in, so that script and history cannot be one.",
        "Take COMMIT and ROLLBACK out of the script's functions and DO blocks.");
}
