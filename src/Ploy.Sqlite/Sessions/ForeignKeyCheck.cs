using System.Globalization;
using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>Whether a script leaves rows that refer to rows which are not there. What was so before it is not its fault.</summary>
internal sealed class ForeignKeyCheck
{
    private const int MaxRowsNamed = 5;

    private readonly SqliteSession _session;
    private readonly Dictionary<(string Child, string Parent), List<long?>>? _before;

    private ForeignKeyCheck(SqliteSession session, Dictionary<(string Child, string Parent), List<long?>>? before) => (_session, _before) = (session, before);

    /// <summary>Whether the keys can be checked at all.</summary>
    public bool IsPossible => _before is not null;

    /// <summary>Counts what is wrong already.</summary>
    public static async ValueTask<ForeignKeyCheck> BeginAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        try
        {
            return new ForeignKeyCheck(session, await ReadAsync(session, cancellationToken).ConfigureAwait(false));
        }
        catch (SqliteException)
        {
            // A key that refers to columns which are not unique cannot be checked at all.
            return new ForeignKeyCheck(session, null);
        }
    }

    /// <exception cref="StatementException">There are more than before; the message names tables and rows.</exception>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await ReadAsync(_session, cancellationToken).ConfigureAwait(false);
            var problems = found.Where(f => f.Value.Count > (_before?.GetValueOrDefault(f.Key)?.Count ?? 0)).Select(f => Describe(f.Key.Child, f.Key.Parent, f.Value)).ToList();
            if (problems.Count == 0) return;
            const int foreignKeyViolation = 787;
            var message = "FOREIGN KEY constraint failed: " + string.Join("; ", problems);
            throw new StatementException(
                message, foreignKeyViolation.ToString(CultureInfo.InvariantCulture), null, new SqliteException(message, foreignKeyViolation & 0xff, foreignKeyViolation));
        }
        catch (SqliteException exception) when (_before is not null)
        {
            throw SqliteErrors.OfStatement(_session.Address, exception, null);
        }
        catch (SqliteException)
        {
            // As it was before.
        }
    }

    private static string Describe(string child, string parent, List<long?> rows)
    {
        var named = rows.OfType<long>().Take(MaxRowsNamed).Select(r => r.ToString(CultureInfo.InvariantCulture)).ToList();
        var more = rows.Count - named.Count;
        var list = named.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{rows.Count} rows")
            : $"rowid {string.Join(", ", named)}{(more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "")}";
        return $"rows of `{child}` refer to rows of `{parent}` that do not exist ({list})";
    }

    private static async ValueTask<Dictionary<(string Child, string Parent), List<long?>>> ReadAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<(string Child, string Parent), List<long?>>();
        await using var command = session.NewCommand("SELECT \"table\", parent, rowid FROM pragma_foreign_key_check ORDER BY 1, 2, 3");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var key = (reader.GetString(0), reader.GetString(1));
            if (!rows.TryGetValue(key, out var list)) rows.Add(key, list = []);
            list.Add(await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? null : reader.GetInt64(2));
        }

        return rows;
    }
}
