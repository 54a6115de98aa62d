using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Sessions;

/// <summary>
/// Refuses a migration that makes a table with rows anew and thereby loses what hangs on it and cannot be put back without asking: an ordinary index that it
/// leaves out, an index over a column that is gone, a key that was looked at when the transaction ends. <c>DROP INDEX</c> and <c>NOT DEFERRABLE</c> in the
/// script say that it is meant. Ordinary indexes are left to the scripts of Prisma's engine, which drops them so: those begin with a comment of its own.
/// </summary>
/// <param name="script">The script.</param>
/// <param name="meantToGo">Names that it drops itself.</param>
internal sealed class LostParts(string script, HashSet<string> meantToGo)
{
    private const string Ordinary =
        """
        SELECT l.name, (SELECT group_concat(i.name) FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i)
        FROM pragma_index_list(@table) l
        WHERE l.origin = 'c' AND l.partial = 0 AND NOT EXISTS (SELECT 1 FROM pragma_index_info(l.name) i WHERE i.name IS NULL)
        """;

    private const string Keys = "SELECT lower(group_concat(\"from\")), '' FROM (SELECT id, \"from\" FROM pragma_foreign_key_list(@table) ORDER BY id, seq) GROUP BY id";

    private readonly bool _isOfEngine = script.Contains("-- RedefineTables", StringComparison.Ordinal);
    private readonly List<(string Table, string Index, string Columns)> _indexes = [];
    private readonly List<(string Table, string Columns)> _deferred = [];
    private StatementException? _failure;
    private readonly HashSet<string> _filled = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers what a table has that the next statement drops; nothing where it holds no row.</summary>
    public async ValueTask BeforeAsync(SqliteSession session, string table, CancellationToken cancellationToken)
    {
        var text = await TextOfAsync(session, table, cancellationToken).ConfigureAwait(false);
        if (text is null || await session.QueryNumberAsync($"SELECT EXISTS (SELECT 1 FROM main.{SqliteNames.Quote(table)})", cancellationToken).ConfigureAwait(false) != 1) return;
        _filled.Add(table);
        if (!_isOfEngine) foreach (var (name, columns) in await IndexesOfAsync(session, table, cancellationToken).ConfigureAwait(false)) _indexes.Add((table, name, columns));
        foreach (var key in text.KeyTimes.Where(k => k.Value == TableText.Deferred)) _deferred.Add((table, key.Key));
    }

    /// <summary>An index that was put aside cannot be made again.</summary>
    public void Fail(string index, StatementException failure)
    {
        if (_filled.Count == 0) return;
        _failure ??= Refused($"The index `{index}` cannot be made again on the table that was made anew: {failure.Message}. Where it is meant to go, write `DROP INDEX {SqliteNames.Quote(index)}` before the table is dropped.");
    }

    /// <summary>Compares with what is there now.</summary>
    /// <exception cref="StatementException">Something is lost.</exception>
    public async ValueTask EndAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        if (_failure is not null) throw _failure;
        foreach (var table in _filled)
        {
            if (await TextOfAsync(session, table, cancellationToken).ConfigureAwait(false) is not { } text) continue;
            var made = (await IndexesOfAsync(session, table, cancellationToken).ConfigureAwait(false)).ToList();
            var columns = await ColumnsOfAsync(session, table, cancellationToken).ConfigureAwait(false);
            foreach (var lost in _indexes.Where(i => i.Table == table && !meantToGo.Contains(i.Index) && i.Columns.Split(',').All(columns.Contains) && !made.Exists(m => m.Columns == i.Columns)))
                throw Refused($"The script makes `{table}` anew without its index `{lost.Index}` ({lost.Columns}). Make it again at the end, or, where it is meant to go, write `DROP INDEX {SqliteNames.Quote(lost.Index)}` before the table is dropped.");
            var keys = (await ReadAsync(session, Keys, table, cancellationToken).ConfigureAwait(false)).Select(k => k.First).ToHashSet(StringComparer.Ordinal);
            foreach (var lost in _deferred.Where(k => k.Table == table && keys.Contains(k.Columns) && !text.KeyTimes.ContainsKey(k.Columns)))
                throw Refused($"The script makes `{table}` anew with a foreign key on ({lost.Columns}) that is looked at at once; it was `{TableText.Deferred}`. Write that behind it, or `NOT DEFERRABLE` where it is meant so.");
        }
    }

    private static StatementException Refused(string message) => new(message, null, null, new InvalidOperationException(message));

    private static async ValueTask<TableText?> TextOfAsync(SqliteSession session, string table, CancellationToken cancellationToken) =>
        await ReadAsync(session, "SELECT sql, '' FROM main.sqlite_schema WHERE type = 'table' AND name = @table COLLATE NOCASE", table, cancellationToken).ConfigureAwait(false) is [var (sql, _), ..]
            ? TableText.Parse(sql)
            : null;

    private static async ValueTask<List<(string Name, string Columns)>> IndexesOfAsync(SqliteSession session, string table, CancellationToken cancellationToken) =>
        await ReadAsync(session, Ordinary, table, cancellationToken).ConfigureAwait(false);

    private static async ValueTask<HashSet<string>> ColumnsOfAsync(SqliteSession session, string table, CancellationToken cancellationToken) =>
        (await ReadAsync(session, "SELECT name, '' FROM pragma_table_xinfo(@table)", table, cancellationToken).ConfigureAwait(false)).Select(c => c.First).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static async ValueTask<List<(string First, string Second)>> ReadAsync(SqliteSession session, string query, string table, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = session.NewCommand(query);
            command.Parameters.Add(new SqliteParameter("@table", table));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var rows = new List<(string, string)>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) rows.Add((reader.GetString(0), reader.GetString(1)));
            return rows;
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(session.Address, exception, null);
        }
    }
}
