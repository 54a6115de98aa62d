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
            _ when words.Take("VACUUM") || words.Take("CLUSTER") || words.Take("DISCARD") => InterruptedState.RunAgain,
            _ when words.Take("ALTER") => await AlterAsync(words, cancellationToken).ConfigureAwait(false),
            _ => InterruptedState.Unknown,
        };
    }

    private async ValueTask<InterruptedState> CreateAsync(StatementWords words, CancellationToken cancellationToken)
    {
        if (TakeShared(words) is { } kind)
            return words.TakeName() is { } shared && await CountAsync(kind(shared.Name), cancellationToken).ConfigureAwait(false) > 0 ? InterruptedState.TookEffect : InterruptedState.RunAgain;
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
        var shared = TakeShared(words);
        if (shared is null && !(words.Take("INDEX") && words.Take("CONCURRENTLY"))) return InterruptedState.Unknown;
        words.TakeAll("IF", "EXISTS");
        if (words.TakeName() is not { } name) return InterruptedState.Unknown;
        var exists = shared is not null
            ? await CountAsync(shared(name.Name), cancellationToken).ConfigureAwait(false)
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

    // What a cluster or a database has one of by a name: the rows that say so.
    private static Func<string, string>? TakeShared(StatementWords words) =>
        words.Take("DATABASE") ? name => $"pg_catalog.pg_database WHERE datname = {PostgresNames.Literal(name)}"
        : words.Take("TABLESPACE") ? name => $"pg_catalog.pg_tablespace WHERE spcname = {PostgresNames.Literal(name)}"
        : words.Take("SUBSCRIPTION") ? name => $"pg_catalog.pg_subscription WHERE subname = {PostgresNames.Literal(name)} AND subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
        : null;

    private async ValueTask<InterruptedState> AlterAsync(StatementWords words, CancellationToken cancellationToken)
    {
        if (words.Take("SYSTEM")) return InterruptedState.RunAgain;
        // What is set or refreshed twice is the same; what is added or taken out is not told.
        if (words.Take("SUBSCRIPTION")) return words.TakeName() is not null && (words.Take("SET") || words.Take("REFRESH")) ? InterruptedState.RunAgain : InterruptedState.Unknown;
        // The server moves files only where they are not there yet.
        if (words.Take("DATABASE")) return InterruptedState.RunAgain;
        return words.Take("TABLE") ? await DetachAsync(words, cancellationToken).ConfigureAwait(false) : InterruptedState.Unknown;
    }

    // ALTER TABLE [IF EXISTS] parent DETACH PARTITION child CONCURRENTLY. One that was cut off between its two transactions is pending, and can only be
    // brought to its end (https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION).
    private async ValueTask<InterruptedState> DetachAsync(StatementWords words, CancellationToken cancellationToken)
    {
        words.TakeAll("IF", "EXISTS");
        if (words.TakeName() is not { } parent || !words.Take("DETACH") || !words.Take("PARTITION") || words.TakeName() is not { } child) return InterruptedState.Unknown;
        var (table, partition) = (PostgresNames.Quote(parent.Schema, parent.Name), PostgresNames.Quote(child.Schema, child.Name));
        var rows = $"pg_catalog.pg_inherits WHERE inhparent = to_regclass({PostgresNames.Literal(table)}) AND inhrelid = to_regclass({PostgresNames.Literal(partition)})";
        if (await CountAsync(rows, cancellationToken).ConfigureAwait(false) == 0) return InterruptedState.TookEffect;
        if (await CountAsync(rows + " AND inhdetachpending", cancellationToken).ConfigureAwait(false) == 0) return InterruptedState.RunAgain;
        await session.RunAsync($"ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE", cancellationToken).ConfigureAwait(false);
        return InterruptedState.TookEffect;
    }

    private async ValueTask<long> CountAsync(string rows, CancellationToken cancellationToken) =>
        await session.QueryNumberAsync($"SELECT count(*) FROM {rows}", cancellationToken).ConfigureAwait(false) ?? 0;
}
