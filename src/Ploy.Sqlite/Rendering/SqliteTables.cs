using System.Text;
using Ploy.Relational.Model;
using Ploy.Sqlite.Scripts;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>Writes tables, columns and indexes.</summary>
internal static class SqliteTables
{
    private const string Indent = "    ";

    /// <summary>CREATE TABLE under another name; foreign keys stand inside.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="kept">What it has besides.</param>
    public static string Create(Table table, string name, KeptParts kept)
    {
        var rowKey = KeyColumn(table);
        var text = new StringBuilder("CREATE TABLE ").Append(SqliteNames.Quote(name)).Append(" (\n");
        text.AppendJoin(",\n", table.Columns.Select(c => Indent + (kept.TextOf(c) ?? Define(c, c.Name == rowKey) + kept.CollationOf(c))));
        foreach (var column in kept.GeneratedColumns.Where(c => table.FindColumn(c.Name) is null).Select(c => c.Text)) text.Append(",\n").Append(Indent).Append(column);
        if (table.PrimaryKey is { } key && rowKey is null) text.Append(",\n\n").Append(Indent).Append($"PRIMARY KEY ({Names(key.Parts.Select(p => p.Column))})");
        foreach (var foreignKey in table.ForeignKeys) text.Append(",\n").Append(Indent).Append(Constraint(foreignKey)).Append(Time(table, foreignKey, kept));
        foreach (var index in table.Indexes.Where(IsInline)) text.Append(",\n").Append(Indent).Append($"UNIQUE ({string.Join(", ", index.Parts.Select(Part))})");
        foreach (var check in kept.Checks) text.Append(",\n").Append(Indent).Append(check);
        foreach (var check in table.Objects.Where(o => o.Kind == ObjectKind.Check))
            text.Append(",\n").Append(Indent).Append("CONSTRAINT ").Append(SqliteNames.Quote(check.Name.Name)).Append(' ').Append(check.Definition.Text);
        return text.Append("\n)").Append(kept.Options).ToString();
    }

    /// <summary>The column as ADD COLUMN takes it.</summary>
    public static string Define(Column column) => Define(column, isKey: false);

    /// <summary>
    /// Whether an index has a name that only SQLite itself may give, so that UNIQUE inside the table has to make it: files that were read from a
    /// database with such constraints say these names.
    /// </summary>
    public static bool IsInline(TableIndex index) => index.IsUnique && index.Name.StartsWith("sqlite_autoindex_", StringComparison.OrdinalIgnoreCase);

    /// <summary>CREATE INDEX.</summary>
    public static string Create(Table table, TableIndex index)
    {
        var unique = index.IsUnique ? "UNIQUE " : "";
        var predicate = index.Predicate is { } where ? $" WHERE {where.Text}" : "";
        return $"CREATE {unique}INDEX {SqliteNames.Quote(index.Name)} ON {SqliteNames.Quote(table.Name.Name)}({string.Join(", ", index.Parts.Select(Part))}){predicate}";
    }

    private static string Define(Column column, bool isKey)
    {
        var text = new StringBuilder(SqliteNames.Quote(column.Name)).Append(' ').Append(column.Type.StoreType);
        if (column.Type.Arity == ColumnArity.Required) text.Append(" NOT NULL");
        if (isKey) text.Append(" PRIMARY KEY");
        if (isKey && column.IsAutoIncrement) text.Append(" AUTOINCREMENT");
        if (column.Generated is { } generated) text.Append($" GENERATED ALWAYS AS ({SqliteExpressions.Bare(generated.Text)}) STORED");
        if (column.Default is { } value && SqliteValues.Default(value, column.Type.Family) is { } written) text.Append(" DEFAULT ").Append(written);
        return text.ToString();
    }

    // A key of one column stands with the column, which is the only place for AUTOINCREMENT.
    private static string? KeyColumn(Table table) => table.PrimaryKey is { Parts: [var only] } ? only.Column : null;

    private static string Part(IndexPart part) =>
        SqliteNames.Quote(part.Column) + (part.IsDescending ? " DESC" : part.IsAscendingWritten ? " ASC" : "");

    private static string Constraint(ForeignKey key)
    {
        var name = key.Name is null ? "" : $"CONSTRAINT {SqliteNames.Quote(key.Name)} ";
        return $"{name}FOREIGN KEY ({Names(key.Columns)}) REFERENCES {SqliteNames.Quote(key.Target.Name)} ({Names(key.TargetColumns)})"
            + $" ON DELETE {Action(key.OnDelete)} ON UPDATE {Action(key.OnUpdate)}";
    }

    // Ours where a directive says it, else what was there.
    private static string Time(Table table, ForeignKey key, KeptParts kept) =>
        table.Objects.FirstOrDefault(o => o.Kind == ObjectKind.Deferrable && o.Name.Name == key.ImpliedName(table.Name)) is { } said ? " " + said.Definition.Text : kept.TimeOf(key);

    private static string Names(IEnumerable<string> columns) => string.Join(", ", columns.Select(SqliteNames.Quote));

    private static string Action(ReferentialAction action) => action switch
    {
        ReferentialAction.NoAction => "NO ACTION",
        ReferentialAction.Restrict => "RESTRICT",
        ReferentialAction.Cascade => "CASCADE",
        ReferentialAction.SetNull => "SET NULL",
        ReferentialAction.SetDefault => "SET DEFAULT",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
