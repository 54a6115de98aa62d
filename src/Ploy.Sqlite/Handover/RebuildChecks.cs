using System.Collections.Immutable;
using Ploy.Relational.Sql;
using Ploy.Sqlite.Scripts;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Handover;

/// <summary>
/// What <see cref="RebuildGuard"/> keeps or refuses in a deploy, as checks in a file for the shell, which cannot make anything again: a table that is made anew keeps its
/// rows, triggers, and indexes over expressions or of some rows, or the transaction fails.
/// </summary>
internal sealed class RebuildChecks
{
    private const string Guard = "temp.\"_ploy_keeps\"";
    private const string Kept = "temp.\"_ploy_kept\"";
    private const string Gone = "FROM " + Kept + " AS k WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema AS s WHERE s.type = k.type AND s.name = k.name COLLATE NOCASE)";

    private readonly string _sql;
    private readonly ImmutableArray<ScriptStatement> _statements;
    private readonly Dictionary<ScriptStatement, RebuildGuard.Replaced> _drops;
    private readonly string _missing;

    private RebuildChecks(string sql, ImmutableArray<ScriptStatement> statements, Dictionary<ScriptStatement, RebuildGuard.Replaced> drops, IEnumerable<string> meantToGo)
    {
        (_sql, _statements, _drops) = (sql, statements, drops);
        _missing = $"name COLLATE NOCASE NOT IN ({List(meantToGo)}) AND tbl_name COLLATE NOCASE IN ({List(drops.Values.Select(d => d.Table))})";
    }

    /// <summary>What all checks of a file need.</summary>
    public static string Prelude { get; } =
        $"""
         CREATE TEMP TABLE "_ploy_keeps" ("so" INTEGER, CONSTRAINT "a table that is made anew keeps its rows, triggers and indexes" CHECK ("so"));
         CREATE TEMP TABLE "_ploy_kept" ("type" TEXT, "name" TEXT);

         """.ReplaceLineEndings("\n");

    /// <summary>Takes it away again.</summary>
    public static string End { get; } = $"DROP TABLE {Kept};\nDROP TABLE {Guard};\n";

    /// <summary>The checks of statements that share a transaction; null where they make no table anew.</summary>
    /// <param name="texts">The statements without terminators.</param>
    public static RebuildChecks? Of(ImmutableArray<string> texts)
    {
        var sql = string.Concat(texts.Select(t => t + ";\n"));
        var statements = SqliteScriptScanner.Split(sql);
        var (drops, meantToGo) = RebuildGuard.Find(sql, statements);
        return drops.Count == 0 ? null : new RebuildChecks(sql, statements, drops, meantToGo);
    }

    /// <summary>Notes what is there.</summary>
    public string Before =>
        $"""
         DELETE FROM {Kept};
         INSERT INTO {Kept} SELECT type, name FROM main.sqlite_schema AS s WHERE {_missing} AND (type = 'trigger' OR (type = 'index' AND sql IS NOT NULL
             AND (EXISTS (SELECT 1 FROM pragma_index_xinfo(s.name) WHERE key = 1 AND cid = -2) OR EXISTS (SELECT 1 FROM pragma_index_list(s.tbl_name) AS l WHERE l.name = s.name AND l.partial = 1))));

         """.ReplaceLineEndings("\n");

    /// <summary>What to look at before a statement; empty for nothing.</summary>
    /// <param name="index">Its place.</param>
    public string BeforeStatement(int index)
    {
        // One that may be missing cannot be counted.
        if (!_drops.TryGetValue(_statements[index], out var dropped) || dropped.Interim is not { } interim || _statements[index].Words.Contains("IF")) return "";
        if (!_statements.Take(index).Any(s => RebuildGuard.Fills(_sql, s, interim))) return "";
        return $"INSERT INTO {Guard} SELECT (SELECT count(*) FROM main.{SqliteNames.Quote(interim)}) >= (SELECT count(*) FROM main.{SqliteNames.Quote(dropped.Table)});\n";
    }

    /// <summary>Looks whether it still is, and says what is not.</summary>
    public string After { get; } =
        $"""
         SELECT k.type || ' ' || k.name || ' would be lost' {Gone};
         INSERT INTO {Guard} SELECT NOT EXISTS (SELECT 1 {Gone});

         """.ReplaceLineEndings("\n");

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(SqliteNames.Literal));
}
