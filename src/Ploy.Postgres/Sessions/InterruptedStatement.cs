using Ploy.Postgres.Scripts;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// Finds out whether a statement that runs outside transactions took effect before everything ended. A concurrent build that was cut off
/// leaves an invalid index, which is dropped (https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY).
/// </summary>
internal sealed class InterruptedStatement(PostgresSession session)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>What became of it.</summary>
    public async ValueTask<InterruptedState> RecoverAsync(string statement, CancellationToken cancellationToken)
    {
        var words = new StatementWords(statement);
        return words switch
        {
            _ when words.Take("CREATE") => await CreateAsync(words, cancellationToken).ConfigureAwait(false),
            _ when words.Take("DROP") => await DropAsync(words, cancellationToken).ConfigureAwait(false),
            _ when words.Take("REINDEX") => await ReindexAsync(cancellationToken).ConfigureAwait(false),
            _ when words.Take("VACUUM") || words.Take("CLUSTER") => InterruptedState.RunAgain,
            _ when words.Take("ALTER") => words.Take("SYSTEM") ? InterruptedState.RunAgain : InterruptedState.Unknown,
            _ => InterruptedState.Unknown,
        };
    }

    private async ValueTask<InterruptedState> CreateAsync(StatementWords words, CancellationToken cancellationToken)
    {
        if (words.Take("DATABASE"))
            return words.TakeName() is { } database ? await ExistsAsync($"pg_catalog.pg_database WHERE datname = {PostgresNames.Literal(database.Name)}", cancellationToken).ConfigureAwait(false) : InterruptedState.Unknown;
        words.Take("UNIQUE");
        if (!words.Take("INDEX") || !words.Take("CONCURRENTLY")) return InterruptedState.Unknown;
        words.TakeAll("IF", "NOT", "EXISTS");
        // An index without a name of its own cannot be told from others on the same table.
        if (words.TakeName() is not { } name || name is { Schema: null, IsQuoted: false, Name: "on" } || !words.Take("ON")) return InterruptedState.Unknown;
        words.Take("ONLY");
        // It lives in its table's namespace; the statement cannot name another.
        if (words.TakeName() is not { } table) return InterruptedState.Unknown;
        var index = $"""
                     pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
                     WHERE i.relname = {PostgresNames.Literal(name.Name)} AND x.indrelid = to_regclass({PostgresNames.Literal(PostgresNames.Quote(table.Schema, table.Name))})
                     """;
        await WaitForBuildsAsync(index, cancellationToken).ConfigureAwait(false);
        if (await CountAsync(index + " AND x.indisvalid", cancellationToken).ConfigureAwait(false) > 0) return InterruptedState.TookEffect;
        await DropInvalidAsync(index + " AND NOT x.indisvalid", cancellationToken).ConfigureAwait(false);
        return InterruptedState.RunAgain;
    }

    private async ValueTask<InterruptedState> DropAsync(StatementWords words, CancellationToken cancellationToken)
    {
        var isDatabase = words.Take("DATABASE");
        if (!isDatabase && !(words.Take("INDEX") && words.Take("CONCURRENTLY"))) return InterruptedState.Unknown;
        words.TakeAll("IF", "EXISTS");
        if (words.TakeName() is not { } name) return InterruptedState.Unknown;
        var exists = isDatabase
            ? await CountAsync($"pg_catalog.pg_database WHERE datname = {PostgresNames.Literal(name.Name)}", cancellationToken).ConfigureAwait(false)
            : await CountAsync($"pg_catalog.pg_class WHERE oid = to_regclass({PostgresNames.Literal(PostgresNames.Quote(name.Schema, name.Name))}) AND relkind IN ('i', 'I')", cancellationToken).ConfigureAwait(false);
        return exists > 0 ? InterruptedState.RunAgain : InterruptedState.TookEffect;
    }

    // The new copies of a concurrent rebuild that was cut off end in _ccnew, the old ones of one that was nearly done in _ccold.
    private async ValueTask<InterruptedState> ReindexAsync(CancellationToken cancellationToken)
    {
        const string Leftovers = """
                                 pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
                                 WHERE i.relname ~ '_cc(new|old)[0-9]*$'
                                 """;
        await WaitForBuildsAsync(Leftovers, cancellationToken).ConfigureAwait(false);
        await DropInvalidAsync(Leftovers + " AND NOT x.indisvalid", cancellationToken).ConfigureAwait(false);
        return InterruptedState.RunAgain;
    }

    // A killed client leaves its server process at work until that looks at the connection again.
    private async ValueTask WaitForBuildsAsync(string index, CancellationToken cancellationToken)
    {
        var busy = $"pg_catalog.pg_stat_progress_create_index p WHERE p.datname = current_database() AND p.pid <> pg_backend_pid() AND p.index_relid IN (SELECT x.indexrelid FROM {index})";
        while (await CountAsync(busy, cancellationToken).ConfigureAwait(false) > 0)
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask DropInvalidAsync(string index, CancellationToken cancellationToken)
    {
        var names = await session.QueryTextsAsync($"SELECT i.oid::regclass::text FROM {index}", cancellationToken).ConfigureAwait(false);
        foreach (var name in names) await session.RunAsync($"DROP INDEX CONCURRENTLY IF EXISTS {name}", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<InterruptedState> ExistsAsync(string rows, CancellationToken cancellationToken) =>
        await CountAsync(rows, cancellationToken).ConfigureAwait(false) > 0 ? InterruptedState.TookEffect : InterruptedState.RunAgain;

    private async ValueTask<long> CountAsync(string rows, CancellationToken cancellationToken) =>
        await session.QueryNumberAsync($"SELECT count(*) FROM {rows}", cancellationToken).ConfigureAwait(false) ?? 0;
}
