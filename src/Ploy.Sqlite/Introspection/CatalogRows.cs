using Microsoft.Data.Sqlite;

namespace Ploy.Sqlite.Introspection;

/// <summary>Something with a name.</summary>
/// <param name="Type"><c>table</c>, <c>virtual</c>, <c>shadow</c>, <c>view</c>, <c>index</c> or <c>trigger</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table it belongs to; its own name for tables and views.</param>
/// <param name="Sql">The statement that made it; null for what a constraint made.</param>
internal sealed record CatalogObject(string Type, string Name, string Table, string? Sql);

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As declared; may be empty.</param>
/// <param name="IsRequired">NOT NULL.</param>
/// <param name="Default">The text of its default; null for none.</param>
/// <param name="KeyPlace">Its place in the primary key from 1; 0 where it is not in it.</param>
/// <param name="IsGenerated">GENERATED ALWAYS AS (...).</param>
internal sealed record CatalogColumn(string Name, string Type, bool IsRequired, string? Default, int KeyPlace, bool IsGenerated);

/// <summary>An index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="IsConstraint">Whether UNIQUE inside the table made it.</param>
/// <param name="IsPartial">Whether it has a WHERE.</param>
internal sealed record CatalogIndex(string Name, bool IsUnique, bool IsConstraint, bool IsPartial)
{
    /// <summary>Columns in order, null for an expression, and whether each descends.</summary>
    public List<(string? Column, bool IsDescending)> Parts { get; } = [];
}

/// <summary>A foreign key.</summary>
/// <param name="Target">The table referred to, as written.</param>
/// <param name="OnUpdate">The action in words.</param>
/// <param name="OnDelete">The action in words.</param>
internal sealed record CatalogForeignKey(string Target, string OnUpdate, string OnDelete)
{
    /// <summary>Columns in order, each with the one it refers to; null for the target's primary key.</summary>
    public List<(string Column, string? Target)> Columns { get; } = [];
}

/// <summary>What the catalogue queries returned, by table.</summary>
internal sealed class CatalogRows
{
    /// <summary>Everything with a name, by name.</summary>
    public List<CatalogObject> Objects { get; } = [];

    /// <summary>Columns by table.</summary>
    public Dictionary<string, List<CatalogColumn>> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Indexes by table.</summary>
    public Dictionary<string, List<CatalogIndex>> Indexes { get; } = new(StringComparer.Ordinal);

    /// <summary>Foreign keys by table.</summary>
    public Dictionary<string, List<CatalogForeignKey>> ForeignKeys { get; } = new(StringComparer.Ordinal);

    private (string Table, long Id)? _lastKey;

    /// <summary>Reads a row of <see cref="CatalogQueries.Objects"/>.</summary>
    public void AddObject(SqliteDataReader row) => Objects.Add(new CatalogObject(row.GetString(0), row.GetString(1), row.GetString(2), Text(row, 3)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Columns"/>.</summary>
    public void AddColumn(SqliteDataReader row) =>
        Of(Columns, row).Add(new CatalogColumn(row.GetString(1), Text(row, 2) ?? "", row.GetBoolean(3), Text(row, 4), row.GetInt32(5), row.GetInt32(6) is 2 or 3));

    /// <summary>Reads a row of <see cref="CatalogQueries.Indexes"/>.</summary>
    public void AddIndex(SqliteDataReader row)
    {
        var indexes = Of(Indexes, row);
        var name = row.GetString(1);
        if (indexes.Count == 0 || indexes[^1].Name != name) indexes.Add(new CatalogIndex(name, row.GetBoolean(2), row.GetString(3) == "u", row.GetBoolean(4)));
        indexes[^1].Parts.Add((Text(row, 5), row.GetBoolean(6)));
    }

    /// <summary>Reads a row of <see cref="CatalogQueries.ForeignKeys"/>.</summary>
    public void AddForeignKey(SqliteDataReader row)
    {
        var keys = Of(ForeignKeys, row);
        var id = (row.GetString(0), row.GetInt64(1));
        if (_lastKey != id) keys.Add(new CatalogForeignKey(row.GetString(2), row.GetString(5), row.GetString(6)));
        _lastKey = id;
        keys[^1].Columns.Add((row.GetString(3), Text(row, 4)));
    }

    private static List<T> Of<T>(Dictionary<string, List<T>> rows, SqliteDataReader row)
    {
        var table = row.GetString(0);
        if (!rows.TryGetValue(table, out var list)) rows.Add(table, list = []);
        return list;
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
