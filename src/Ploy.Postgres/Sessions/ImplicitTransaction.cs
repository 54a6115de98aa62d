using System.Collections.Immutable;
using Ploy.Relational.Sql;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Runs a script as one message of the simple query protocol would: statements outside an explicit transaction share an implicit one,
/// <c>BEGIN</c> makes it explicit, <c>COMMIT</c> ends it and the next statement begins another.
/// </summary>
internal sealed class ImplicitTransaction(PostgresSession session, string script, int batchSize)
{
    private readonly List<ScriptStatement> _waiting = [];
    private bool _open;

    /// <param name="statements">Those of the script.</param>
    /// <param name="isInside">Whether the caller has a transaction open, which the script's control statements then act on.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask RunAsync(ImmutableArray<ScriptStatement> statements, bool isInside, CancellationToken cancellationToken)
    {
        _open = isInside;
        try
        {
            foreach (var statement in statements) await TakeAsync(statement, cancellationToken).ConfigureAwait(false);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            if (_open && !isInside) await session.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch when (!isInside)
        {
            await RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask TakeAsync(ScriptStatement statement, CancellationToken cancellationToken)
    {
        switch (statement.Control)
        {
            case TransactionControl.Begin when _open && statement.Words.Count == 1:
                // As on the server: the implicit transaction becomes an explicit one and keeps what was done.
                break;
            case TransactionControl.Begin:
                await FlushAsync(cancellationToken).ConfigureAwait(false);
                await session.SendAsync(script, [statement], cancellationToken).ConfigureAwait(false);
                _open = true;
                break;
            case TransactionControl.Commit or TransactionControl.Rollback or TransactionControl.Other:
                await FlushAsync(cancellationToken).ConfigureAwait(false);
                await session.SendAsync(script, [statement], cancellationToken).ConfigureAwait(false);
                _open = false;
                break;
            default:
                await OpenAsync(cancellationToken).ConfigureAwait(false);
                _waiting.Add(statement);
                if (_waiting.Count == batchSize) await FlushAsync(cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_open) return;
        await session.RunAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        _open = true;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0) return;
        await session.SendAsync(script, _waiting, cancellationToken).ConfigureAwait(false);
        _waiting.Clear();
    }

    private async ValueTask RollBackAsync()
    {
        try
        {
            await session.RunAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is Relational.Sessions.StatementException or Core.Diagnostics.PloyException)
        {
            // The connection is gone, and with it the transaction; the first failure is the one to tell.
        }
    }
}
