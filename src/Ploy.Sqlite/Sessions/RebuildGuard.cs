using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Sessions;

/// <summary>
/// Keeps triggers, views and indexes over expressions where a script makes a table anew without knowing of them: the engine's scripts do, and
/// ours where the objects were not made by a migration. They are put aside when the old table goes, and made again at the end where they
/// are still missing.
/// </summary>
internal sealed class RebuildGuard
{
    private const string Dependents = "SELECT type, name, sql FROM main.sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY type DESC, rowid";

    private const string Indexes =
        """
        SELECT s.type, s.name, s.sql FROM main.sqlite_schema s
        WHERE s.type = 'index' AND s.sql IS NOT NULL AND s.tbl_name = @table COLLATE NOCASE
          AND EXISTS (SELECT 1 FROM pragma_index_xinfo(s.name) x WHERE x.key = 1 AND x.cid = -2)
        """;

    private readonly Dictionary<ScriptStatement, string> _drops;
    private readonly HashSet<string> _meantToGo;
    private readonly List<Kept> _kept = [];

    private RebuildGuard(Dictionary<ScriptStatement, string> drops, HashSet<string> meantToGo) => (_drops, _meantToGo) = (drops, meantToGo);

    /// <summary>The guard of a script; null where the script makes no table anew.</summary>
    public static RebuildGuard? Of(string sql, IReadOnlyList<ScriptStatement> statements)
    {
        var replaced = statements.Where(s => Starts(s, "ALTER", "TABLE")).Select(s => RenameTarget(s.TextIn(sql))).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (replaced.Count == 0) return null;
        var drops = new Dictionary<ScriptStatement, string>(ReferenceEqualityComparer.Instance);
        var meantToGo = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in statements.Where(s => s.Words.Count > 1 && s.Words[0] == "DROP"))
        {
            var name = LastName(statement.TextIn(sql));
            if (statement.Words[1] != "TABLE") meantToGo.Add(name);
            else if (replaced.Contains(name)) drops.Add(statement, name);
        }

        return drops.Count == 0 ? null : new RebuildGuard(drops, meantToGo);
    }

    /// <summary>Puts aside what depends on a table that the statement drops.</summary>
    public async ValueTask BeforeAsync(SqliteSession session, ScriptStatement statement, CancellationToken cancellationToken)
    {
        if (!_drops.TryGetValue(statement, out var table)) return;
        _kept.AddRange(await ReadAsync(session, Indexes, table, cancellationToken).ConfigureAwait(false));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { table };
        var rest = await ReadAsync(session, Dependents, table, cancellationToken).ConfigureAwait(false);

        // Views come first; one over another view of the table counts too, and so do the triggers of both.
        while (rest.FindIndex(o => SqliteLexer.Mentions(o.Sql, names)) is >= 0 and var next)
        {
            var item = rest[next];
            rest.RemoveAt(next);
            if (item.Type == "view") names.Add(item.Name);
            _kept.Add(item);
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
            catch (StatementException) when (item.Type == "index")
            {
                // It was over a column that is gone, and goes with it.
            }
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

    private static async ValueTask<List<Kept>> ReadAsync(SqliteSession session, string query, string table, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = session.NewCommand(query);
            command.Parameters.Add(new SqliteParameter("@table", table));
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

    private sealed record Kept(string Type, string Name, string Sql);
}
