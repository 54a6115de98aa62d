using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>
/// A transaction that has the file from its beginning. One for a script switches foreign keys off before, where the pragma still works,
/// and proves before the commit that no row refers to one that is gone (https://www.sqlite.org/lang_altertable.html#otheralter).
/// </summary>
internal sealed class SqliteTransaction : ISessionTransaction
{
    private readonly SqliteSession _session;
    private readonly bool _restoresForeignKeys;
    private readonly ForeignKeyCheck? _check;
    private bool _endedInside;
    private bool _ended;

    private SqliteTransaction(SqliteSession session, bool restoresForeignKeys, ForeignKeyCheck? check) =>
        (_session, _restoresForeignKeys, _check) = (session, restoresForeignKeys, check);

    /// <summary>Begins one.</summary>
    public static async ValueTask<SqliteTransaction> BeginAsync(SqliteSession session, TransactionPurpose purpose, CancellationToken cancellationToken)
    {
        if (purpose == TransactionPurpose.Rows)
        {
            session.Run("BEGIN IMMEDIATE", cancellationToken);
            return new SqliteTransaction(session, restoresForeignKeys: false, check: null);
        }

        return await BeginForScriptAsync(session, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Begins one for a script that changes rows and makes no table anew: what is deleted takes along what refers to it, as the tables say. Keys are looked
    /// at when the script is done, whatever order it writes in (https://www.sqlite.org/pragma.html#pragma_defer_foreign_keys).
    /// </summary>
    public static async ValueTask<SqliteTransaction> BeginForRowsOfScriptAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        session.Run("BEGIN IMMEDIATE", cancellationToken);
        try
        {
            var check = await ForeignKeyCheck.BeginAsync(session, cancellationToken).ConfigureAwait(false);
            if (check.IsPossible)
            {
                session.Run("PRAGMA defer_foreign_keys=ON", cancellationToken);
                return new SqliteTransaction(session, restoresForeignKeys: false, check);
            }
        }
        catch
        {
            if (session.IsInTransaction) session.Run("ROLLBACK", CancellationToken.None);
            throw;
        }

        // A key that is none stops every change of its tables while keys hold.
        session.Run("ROLLBACK", cancellationToken);
        return await BeginForScriptAsync(session, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<SqliteTransaction> BeginForScriptAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        var wereOn = await AreForeignKeysOnAsync(session, cancellationToken).ConfigureAwait(false);
        try
        {
            session.Run("PRAGMA foreign_keys=OFF", cancellationToken);
            if (await AreForeignKeysOnAsync(session, cancellationToken).ConfigureAwait(false))
            {
                throw new PloyException(
                    "PLOY2321", $"Foreign keys of the database `{session.Address.Database}` cannot be switched off, so that a rebuilt table would lose the rows that refer to it.",
                    "Use the SQLite library that comes with Ploy.");
            }

            session.Run("BEGIN IMMEDIATE", cancellationToken);
            return new SqliteTransaction(session, wereOn, await ForeignKeyCheck.BeginAsync(session, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            if (session.IsInTransaction) session.Run("ROLLBACK", CancellationToken.None);
            if (wereOn) session.Run("PRAGMA foreign_keys=ON", CancellationToken.None);
            throw;
        }
    }

    /// <summary>Whether it is for a script.</summary>
    internal bool IsForScript => _check is not null;

    /// <summary>A statement of a script inside ended the transaction.</summary>
    internal void EndedInside() => _endedInside = true;

    /// <inheritdoc />
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_ended) throw new InvalidOperationException("The transaction is over.");
        if (_endedInside || !_session.IsInTransaction)
        {
            throw EndedInside(null);
        }

        if (_check is not null) await _check.EndAsync(cancellationToken).ConfigureAwait(false);
        _session.Run("COMMIT", cancellationToken);
        End();
    }

    /// <summary>PLOY2310.</summary>
    /// <param name="tag">Whose script it is; null where nobody has said so.</param>
    internal static PloyException EndedInside(ScriptTag? tag) => new(
        "PLOY2310",
        $"A statement of {(tag is null ? "the script" : $"the migration `{tag.Migration}`")} ended the transaction that the script runs in, so that script and history cannot be one.",
        "Take COMMIT and ROLLBACK out of the script.");

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (_ended) return ValueTask.CompletedTask;
        try
        {
            // Some errors have rolled back by themselves.
            if (_session.IsInTransaction) _session.Run("ROLLBACK", CancellationToken.None);
            End();
        }
        catch (Exception exception) when (exception is StatementException or PloyException or OperationCanceledException or ObjectDisposedException)
        {
            _ended = true;
            _session.TransactionEnded();
        }

        return ValueTask.CompletedTask;
    }

    private static async ValueTask<bool> AreForeignKeysOnAsync(SqliteSession session, CancellationToken cancellationToken) =>
        await session.QueryNumberAsync("PRAGMA foreign_keys", cancellationToken).ConfigureAwait(false) == 1;

    private void End()
    {
        _ended = true;
        _session.TransactionEnded();
        if (_restoresForeignKeys) _session.Run("PRAGMA foreign_keys=ON", CancellationToken.None);
    }
}
