using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Sessions;

/// <summary>
/// Keeps triggers, views, indexes over expressions and of some rows only, and the counter of AUTOINCREMENT, where a script makes a table anew without
/// knowing of them: the engine's scripts do, and ours where the objects were not made by a migration. They are put aside when the old table goes, and
/// made again at the end where they are still missing. A table of which the script has copied some rows and not all does not go, and where it holds
/// rows and the script is a migration's, neither does <see cref="LostParts">what cannot be made again</see>.
/// </summary>
internal sealed class RebuildGuard
{
    private const string Dependents = "SELECT type, name, sql FROM main.sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY type DESC, rowid";

    private const string Indexes =
        """
        SELECT s.type, s.name, s.sql FROM main.sqlite_schema s
        WHERE s.type = 'index' AND s.sql IS NOT NULL AND s.tbl_name = @table COLLATE NOCASE
          AND (EXISTS (SELECT 1 FROM pragma_index_xinfo(s.name) x WHERE x.key = 1 AND x.cid = -2)
              OR (@partial AND EXISTS (SELECT 1 FROM pragma_index_list(s.tbl_name) l WHERE l.name = s.name AND l.partial = 1)))
        """;

    private readonly Dictionary<ScriptStatement, Replaced> _drops;
    private readonly HashSet<string> _meantToGo;

    // A script that says which rows indexes are of says it of all of them.
    private readonly bool _knowsPartialIndexes;
    private readonly List<Kept> _kept = [];
    private readonly List<Counter> _counters = [];
    private readonly LostParts? _lost;

    private RebuildGuard(Dictionary<ScriptStatement, Replaced> drops, HashSet<string> meantToGo, bool knowsPartialIndexes, LostParts? lost) =>
        (_drops, _meantToGo, _knowsPartialIndexes, _lost) = (drops, meantToGo, knowsPartialIndexes, lost);

    /// <summary>The guard of a script; null where the script makes no table anew.</summary>
    /// <param name="sql">The script.</param>
    /// <param name="statements">Its statements.</param>
    /// <param name="isMigration">Whether it is a migration on a database of the user's: a replay shows what a history leads to, whatever it loses.</param>
    public static RebuildGuard? Of(string sql, IReadOnlyList<ScriptStatement> statements, bool isMigration)
    {
        var (drops, meantToGo) = Find(sql, statements);
        var knowsPartialIndexes = statements.Any(s => s.Words.Count > 1 && s.Words[0] == "CREATE" && s.Words[1] is "INDEX" or "UNIQUE" && Tokens(s.TextIn(sql)).Any(t => IsWord(s.TextIn(sql), t, "WHERE")));
        return drops.Count == 0 ? null : new RebuildGuard(drops, meantToGo, knowsPartialIndexes, isMigration ? new LostParts(sql, meantToGo) : null);
    }

    /// <summary>The statements that drop a table which the script makes again, and the names of what else it drops.</summary>
    internal static (Dictionary<ScriptStatement, Replaced> Drops, HashSet<string> MeantToGo) Find(string sql, IReadOnlyList<ScriptStatement> statements)
    {
        var replaced = Replacements(sql, statements);
        var drops = new Dictionary<ScriptStatement, Replaced>(ReferenceEqualityComparer.Instance);
        var meantToGo = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in statements.Where(s => s.Words.Count > 1 && s.Words[0] == "DROP"))
        {
            var name = LastName(statement.TextIn(sql));
            if (statement.Words[1] != "TABLE") meantToGo.Add(name);
            else if (replaced.TryGetValue(name, out var interim)) drops.Add(statement, new Replaced(name, interim));
        }

        return (drops, meantToGo);
    }

    /// <summary>Whether a statement could lose rows that refer to others if foreign keys held while it runs: it drops or replaces a table.</summary>
    public static bool NeedsForeignKeysOff(string sql, ScriptStatement statement) =>
        Starts(statement, "DROP", "TABLE") || Starts(statement, "PRAGMA", "FOREIGN_KEYS") || (Starts(statement, "ALTER", "TABLE") && RenameTarget(statement.TextIn(sql)) is not null);

    /// <summary>Puts aside what depends on a table that the statement drops.</summary>
    public async ValueTask BeforeAsync(SqliteSession session, ScriptStatement statement, CancellationToken cancellationToken)
    {
        if (!_drops.TryGetValue(statement, out var dropped)) return;
        var table = dropped.Table;
        await RequireRowsAsync(session, dropped, statement, cancellationToken).ConfigureAwait(false);
        if (_lost is not null) await _lost.BeforeAsync(session, table, cancellationToken).ConfigureAwait(false);
        if (await CounterOfAsync(session, table, cancellationToken).ConfigureAwait(false) is { } last) _counters.Add(new Counter(table, last));
        _kept.AddRange(await ReadAsync(session, Indexes, table, cancellationToken).ConfigureAwait(false));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { table };
        var rest = await ReadAsync(session, Dependents, table, cancellationToken).ConfigureAwait(false);

        // Views come first; one over another view of the table counts too, and so do the triggers of both.
        while (rest.FindIndex(o => SqliteLexer.Mentions(o.Sql, names)) is >= 0 and var next)
        {
            var item = rest[next];
            rest.RemoveAt(next);
            if (item.Type == "view") names.Add(item.Name);
            _kept.Add(item.Type == "view" ? item with { Works = Works(session, item.Name, cancellationToken) is null } : item);
        }

        foreach (var trigger in _kept.Where(k => k.Type == "trigger")) session.Run($"DROP TRIGGER IF EXISTS main.{SqliteNames.Quote(trigger.Name)}", cancellationToken);
        foreach (var view in _kept.Where(k => k.Type == "view")) session.Run($"DROP VIEW IF EXISTS main.{SqliteNames.Quote(view.Name)}", cancellationToken);
    }

    /// <summary>Makes what is still missing, and was not dropped on purpose, as it was.</summary>
    public async ValueTask EndAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        foreach (var item in _kept.OrderBy(k => k.Type == "view" ? 0 : 1))
        {
            if (_meantToGo.Contains(item.Name) || await ExistsAsync(session, item.Name, cancellationToken).ConfigureAwait(false)) continue;
            try
            {
                session.Run(item.Sql, cancellationToken);
            }
            catch (StatementException exception) when (item.Type == "index")
            {
                // It was over a column that is gone.
                _lost?.Fail(item.Name, exception);
            }
        }

        foreach (var view in _kept.Where(k => k.Works && !_meantToGo.Contains(k.Name)))
            if (Works(session, view.Name, cancellationToken) is { } failure)
                throw new StatementException($"The view `{view.Name}` does not work any more: {failure.Message}. Change it in the script, or drop it there.", failure.SqlState, null, failure);

        if (_lost is not null) await _lost.EndAsync(session, cancellationToken).ConfigureAwait(false);
        foreach (var counter in _counters)
        {
            var (name, value) = (SqliteNames.Literal(counter.Table), counter.Last.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (await session.QueryNumberAsync($"SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = {name} COLLATE NOCASE AND sql LIKE '%AUTOINCREMENT%'", cancellationToken).ConfigureAwait(false) == 0) continue;
            session.Run(
                $"UPDATE main.sqlite_sequence SET seq = max(seq, {value}) WHERE name = {name} COLLATE NOCASE; INSERT INTO main.sqlite_sequence (name, seq) SELECT {name}, {value} WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = {name} COLLATE NOCASE)",
                cancellationToken);
        }
    }

    // Tables that the script drops and makes again, each with the table that is filled and then renamed to it; without one where it is made under its own name.
    private static Dictionary<string, string?> Replacements(string sql, IReadOnlyList<ScriptStatement> statements)
    {
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var dropped = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in statements)
        {
            var text = statement.TextIn(sql);
            var words = new SqliteWords(text);
            if (Starts(statement, "DROP", "TABLE"))
            {
                dropped.Add(LastName(text));
            }
            else if (Starts(statement, "CREATE", "TABLE"))
            {
                words.TakeAll("CREATE", "TABLE", "IF", "NOT", "EXISTS");
                if (words.TakeName() is { } made && dropped.Contains(made)) found.TryAdd(made, null);
            }
            else if (Starts(statement, "ALTER", "TABLE") && RenameTarget(text) is { } target)
            {
                words.TakeAll("ALTER", "TABLE");
                // Only where it was filled: a table that is replaced by an empty one shows in the script as what it is.
                var source = words.TakeName();
                found[target] = source is not null && statements.Any(s => Fills(sql, s, source)) ? source : null;
            }
        }

        return found;
    }

    /// <summary>Whether a statement inserts into a table.</summary>
    internal static bool Fills(string sql, ScriptStatement statement, string table)
    {
        if (statement.Words.Count == 0 || statement.Words[0] is not ("INSERT" or "REPLACE")) return false;
        var words = new SqliteWords(statement.TextIn(sql));
        while (!words.Take("INTO") && words.Skip())
        {
        }

        return table.Equals(words.TakeName(), StringComparison.OrdinalIgnoreCase);
    }

    private static async ValueTask RequireRowsAsync(SqliteSession session, Replaced dropped, ScriptStatement statement, CancellationToken cancellationToken)
    {
        if (dropped.Interim is not { } interim || !await ExistsAsync(session, interim, cancellationToken).ConfigureAwait(false) || !await ExistsAsync(session, dropped.Table, cancellationToken).ConfigureAwait(false)) return;
        var rows = await CountAsync(dropped.Table).ConfigureAwait(false);
        var copied = await CountAsync(interim).ConfigureAwait(false);
        if (copied >= rows) return;
        var message = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"`{dropped.Table}` has {rows} rows, of which the script has copied {copied} to `{interim}`: the others would be lost. Copy them all, or, where some are meant to go, delete them first with DELETE.");
        throw new StatementException(message, null, statement.Span.Start, new InvalidOperationException(message));

        async ValueTask<long> CountAsync(string table) =>
            await session.QueryNumberAsync($"SELECT count(*) FROM main.{SqliteNames.Quote(table)}", cancellationToken).ConfigureAwait(false) ?? 0;
    }

    private static async ValueTask<long?> CounterOfAsync(SqliteSession session, string table, CancellationToken cancellationToken) =>
        await ExistsAsync(session, "sqlite_sequence", cancellationToken).ConfigureAwait(false)
            ? await session.QueryNumberAsync($"SELECT seq FROM main.sqlite_sequence WHERE name = {SqliteNames.Literal(table)} COLLATE NOCASE", cancellationToken).ConfigureAwait(false)
            : null;

    // Null where the view can be read; it is not read.
    private static StatementException? Works(SqliteSession session, string view, CancellationToken cancellationToken)
    {
        try
        {
            session.Run($"SELECT 1 FROM main.{SqliteNames.Quote(view)} LIMIT 0", cancellationToken);
            return null;
        }
        catch (StatementException exception)
        {
            return exception;
        }
    }

    private static bool Starts(ScriptStatement statement, string first, string second) =>
        statement.Words.Count > 1 && statement.Words[0] == first && statement.Words[1] == second;

    // ALTER TABLE a RENAME TO b; null for any other.
    private static string? RenameTarget(string sql)
    {
        var tokens = Tokens(sql);
        return tokens.Count > 3 && IsWord(sql, tokens[^3], "RENAME") && IsWord(sql, tokens[^2], "TO") ? SqliteLexer.NameOf(sql, tokens[^1]) : null;
    }

    private static string LastName(string sql) => SqliteLexer.NameOf(sql, Tokens(sql)[^1]); // a statement has a token

    private static List<SqliteToken> Tokens(string sql)
    {
        var lexer = new SqliteLexer(sql);
        var tokens = new List<SqliteToken>();
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next()) tokens.Add(token);
        return tokens;
    }

    private static bool IsWord(string sql, SqliteToken token, string word) =>
        token.Kind == SqliteTokenKind.Word && sql.AsSpan(token.Start, token.End - token.Start).Equals(word, StringComparison.OrdinalIgnoreCase);

    private static async ValueTask<bool> ExistsAsync(SqliteSession session, string name, CancellationToken cancellationToken) =>
        await session.QueryNumberAsync($"SELECT count(*) FROM main.sqlite_schema WHERE name = {SqliteNames.Literal(name)} COLLATE NOCASE", cancellationToken).ConfigureAwait(false) > 0;

    private async ValueTask<List<Kept>> ReadAsync(SqliteSession session, string query, string table, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = session.NewCommand(query);
            command.Parameters.Add(new SqliteParameter("@table", table));
            command.Parameters.Add(new SqliteParameter("@partial", !_knowsPartialIndexes));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var found = new List<Kept>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) found.Add(new Kept(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
            return found;
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(session.Address, exception, null);
        }
    }

    internal sealed record Replaced(string Table, string? Interim);

    private sealed record Counter(string Table, long Last);

    // Works: a view that can be read, before its table went.
    private sealed record Kept(string Type, string Name, string Sql, bool Works = false);
}
