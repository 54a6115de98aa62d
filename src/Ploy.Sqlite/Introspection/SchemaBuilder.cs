using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Introspection;

/// <summary>Makes the schema of what the catalogue queries returned.</summary>
/// <param name="rows">The rows.</param>
/// <param name="leavesPartialIndexes">Whether partial indexes are unmanaged.</param>
internal sealed class SchemaBuilder(CatalogRows rows, bool leavesPartialIndexes)
{
    // The history is nobody's table: neither a difference nor an object to name.
    private const string History = "_prisma_migrations";

    private readonly List<UnmanagedObject> _unmanaged = [];
    private readonly Dictionary<string, string> _indexTexts = rows.Objects.Where(o => o is { Type: "index", Sql: not null })
        .ToDictionary(o => o.Name, o => o.Sql!, StringComparer.Ordinal);

    private readonly Dictionary<string, string> _tableNames = rows.Columns.Keys.DistinctBy(t => t, StringComparer.OrdinalIgnoreCase).ToDictionary(t => t, StringComparer.OrdinalIgnoreCase);

    /// <summary>The schema.</summary>
    public DatabaseSchema Build()
    {
        var tables = rows.Objects.Where(o => o.Type == "table" && o.Name != History).Select(Table).ToList();
        foreach (var item in rows.Objects)
        {
            if (item.Type == "virtual") _unmanaged.Add(new UnmanagedObject("virtual table", new QualifiedName(null, item.Name), null, item.Sql));
            if (item.Type == "trigger") Leave("trigger", item.Name, item.Table, item.Sql);
        }

        return new DatabaseSchema
        {
            Tables = tables.ToEquatableArray(),
            Views = rows.Objects.Where(o => o.Type == "view").Select(View).ToEquatableArray(),
            Objects = rows.Objects.Where(o => o is { Type: "view" or "trigger", Sql: not null }).Select(Whole).ToEquatableArray(),
            Unmanaged = _unmanaged.OrderBy(u => u.Table?.Name ?? "\uffff", StringComparer.Ordinal).ThenBy(u => u.Kind, StringComparer.Ordinal)
                .ThenBy(u => u.Name.Name, StringComparer.Ordinal).ToEquatableArray(),
        };
    }

    private Table Table(CatalogObject table)
    {
        var text = TableText.Parse(table.Sql ?? "");
        var all = rows.Columns.GetValueOrDefault(table.Name, []);
        var columns = all.Where(c => !c.IsGenerated).ToList();
        LeaveParts(table.Name, text, all);
        var key = KeyOf(all);
        return new Table
        {
            Name = new QualifiedName(null, table.Name),
            Columns = columns.Select(c => Column(c, key)).ToEquatableArray(),
            PrimaryKey = key.Count == 0 ? null : new PrimaryKey(null, key.Select(c => new IndexPart { Column = c.Name }).ToEquatableArray()),
            Indexes = rows.Indexes.GetValueOrDefault(table.Name, []).Select(i => Index(table.Name, i, all)).OfType<TableIndex>().ToEquatableArray(),
            ForeignKeys = rows.ForeignKeys.GetValueOrDefault(table.Name, []).Select(ForeignKey).ToEquatableArray(),
            Objects = PartsOf(table.Name, text, all).ToEquatableArray(),
        };
    }

    private static SchemaObject Whole(CatalogObject item) => new()
    {
        Kind = item.Type == "view" ? ObjectKind.View : ObjectKind.Trigger,
        Name = new QualifiedName(null, item.Name),
        Table = item.Type == "view" ? null : new QualifiedName(null, item.Table),
        Definition = new SqlExpression(item.Sql!, SqliteWords.Normalize(item.Sql!)), // those without a text were left out
    };

    // Checks with a name, stored generated columns, deferrable keys, and indexes that a statement made.
    private IEnumerable<SchemaObject> PartsOf(string table, TableText text, List<CatalogColumn> columns)
    {
        foreach (var column in columns)
            if (column.IsGenerated && text.Generated.GetValueOrDefault(column.Name) is { IsStored: true } generated)
                yield return Part(ObjectKind.Generated, column.Name, table, generated.Expression);
        foreach (var (key, time) in KeyTimes(table, text))
            if (time != TableText.NotDeferrable)
                yield return Part(ObjectKind.Deferrable, key, table, time);
        foreach (var check in text.Checks.Where(c => c.Name is not null).DistinctBy(c => c.Name))
            yield return Part(ObjectKind.Check, check.Name!, table, check.Text[check.Text.IndexOf("CHECK", NameEnd(check.Text), StringComparison.OrdinalIgnoreCase)..]); // a named one
        foreach (var index in rows.Indexes.GetValueOrDefault(table, []))
        {
            if (_indexTexts.GetValueOrDefault(index.Name) is not { } sql) continue;
            var words = new SqliteWords(sql);
            words.Take("CREATE");
            words.Take("UNIQUE");
            words.Take("INDEX");
            words.TakeAll("IF", "NOT", "EXISTS");
            words.TakeName();
            words.Take("ON");
            words.TakeName();
            yield return Part(ObjectKind.Index, index.Name, table, (index.IsUnique ? "UNIQUE " : "") + sql[words.Start..]);
        }
    }

    // Behind CONSTRAINT and the name, which may hold anything.
    private static int NameEnd(string check)
    {
        var words = new SqliteWords(check);
        words.Take("CONSTRAINT");
        words.TakeName();
        return words.Start;
    }

    private static SchemaObject Part(ObjectKind kind, string name, string table, string text) => new()
    {
        Kind = kind,
        Name = new QualifiedName(null, name),
        Table = new QualifiedName(null, table),
        Definition = new SqlExpression(text, SqliteWords.Normalize(text)),
    };

    private View View(CatalogObject view) => new(new QualifiedName(null, view.Name), view.Sql)
    {
        Columns = rows.Columns.GetValueOrDefault(view.Name, []).Select(c => Column(c, [])).ToEquatableArray(),
    };

    // What pragmas do not show, and what the language cannot say.
    private void LeaveParts(string table, TableText text, List<CatalogColumn> columns)
    {
        foreach (var check in text.Checks) Leave("check constraint", check.Name ?? check.Text, table, check.Text);
        foreach (var column in columns)
        {
            if (column.IsGenerated) Leave(column, table, text.Generated.GetValueOrDefault(column.Name));
            else if (text.Collations.TryGetValue(column.Name, out var collation)) Leave("collation", column.Name, table, collation);
        }

        foreach (var (key, time) in KeyTimes(table, text))
            if (time == TableText.Deferred)
                Leave(TableText.DeferrableKey, key, table, time);
        if (text.Options.Length > 0) Leave("table option", text.Options, table, text.Options);
    }

    // SQLite keeps no names of keys that a pragma would show: they are called by their columns.
    private IEnumerable<(string Name, string Time)> KeyTimes(string table, TableText text)
    {
        if (text.KeyTimes.Count == 0) yield break;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in rows.ForeignKeys.GetValueOrDefault(table, []).Select(ForeignKey))
            if (text.KeyTimes.TryGetValue(string.Join(',', key.Columns).ToLowerInvariant(), out var time) && seen.Add(key.ImpliedName(new QualifiedName(null, table))))
                yield return (key.ImpliedName(new QualifiedName(null, table)), time);
    }

    // One whose values are not kept is no column that a directive makes: it is never the same.
    private void Leave(CatalogColumn column, string table, GeneratedText? text) => _unmanaged.Add(new UnmanagedObject(
        UnmanagedObject.GeneratedColumn, new QualifiedName(null, column.Name), new QualifiedName(null, table), text?.Text,
        Column: text is null ? null : Column(column, []) with { Default = null, Generated = SqliteCanonicalizer.Print(new SqlExpression(text.IsStored ? text.Expression : text.Expression + " VIRTUAL")) }));

    private static List<CatalogColumn> KeyOf(List<CatalogColumn> columns) => [.. columns.Where(c => c.KeyPlace > 0).OrderBy(c => c.KeyPlace)];

    private static Column Column(CatalogColumn column, List<CatalogColumn> key)
    {
        // The one INTEGER of a key is the row's own number: never null, always counted.
        var isRowId = key is [var only] && only == column && column.Type.Equals("integer", StringComparison.OrdinalIgnoreCase);
        var type = CatalogTypes.Parse(column.Type, column.IsRequired || isRowId ? ColumnArity.Required : ColumnArity.Nullable);
        return new Column
        {
            Name = column.Name,
            Type = type,
            Default = column.Default is { } written ? DefaultParser.Parse(written, type.Family) : null,
            IsAutoIncrement = isRowId,
            Printed = new PrintedColumn(column.Type.ToLowerInvariant(), column.Default is { } text ? SqliteExpressions.Bare(text) : null),
        };
    }

    // Null where the language cannot say it.
    private TableIndex? Index(string table, CatalogIndex index, List<CatalogColumn> columns)
    {
        var text = _indexTexts.GetValueOrDefault(index.Name);
        var odd = index.Parts.Any(p => p.Column is null) ? "expression index"
            : index.IsPartial && leavesPartialIndexes ? UnmanagedObject.PartialIndex
            : null;
        if (odd is not null)
        {
            Leave(odd, index.Name, table, text);
            return null;
        }

        var predicate = index.IsPartial && text is not null ? PredicateOf(text) : null;
        var read = new TableIndex
        {
            Name = index.Name,
            IsUnique = index.IsUnique,
            IsConstraint = index.IsConstraint,
            Parts = index.Parts.Select(p => new IndexPart { Column = p.Column!, IsDescending = p.IsDescending, IsAscendingWritten = !p.IsDescending }).ToEquatableArray(), // expressions were left above
            Predicate = predicate is null ? null : new SqlExpression(predicate, predicate),
        };
        if (!index.Parts.Any(p => columns.Any(c => c.Name == p.Column && c.IsGenerated))) return read;
        _unmanaged.Add(new UnmanagedObject(UnmanagedObject.GeneratedIndex, new QualifiedName(null, index.Name), new QualifiedName(null, table), text, read));
        return null;
    }

    private ForeignKey ForeignKey(CatalogForeignKey key)
    {
        // Names are compared without case; the target's own spelling is the one to keep.
        var target = _tableNames.GetValueOrDefault(key.Target) ?? key.Target;
        var columns = rows.Columns.GetValueOrDefault(target, []);
        var implied = KeyOf(columns);
        return new ForeignKey
        {
            Name = null,
            Columns = key.Columns.Select(c => c.Column).ToEquatableArray(),
            Target = new QualifiedName(null, target),
            TargetColumns = key.Columns.Select((c, i) => c.Target is { } name ? columns.Find(x => x.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name ?? name
                : i < implied.Count ? implied[i].Name : "").ToEquatableArray(),
            OnDelete = Action(key.OnDelete),
            OnUpdate = Action(key.OnUpdate),
        };
    }

    private static ReferentialAction Action(string words) => words switch
    {
        "RESTRICT" => ReferentialAction.Restrict,
        "CASCADE" => ReferentialAction.Cascade,
        "SET NULL" => ReferentialAction.SetNull,
        "SET DEFAULT" => ReferentialAction.SetDefault,
        _ => ReferentialAction.NoAction,
    };

    /// <summary>What stands behind WHERE, which no index has but once.</summary>
    private static string? PredicateOf(string sql)
    {
        var lexer = new SqliteLexer(sql);
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next())
            if (token.Kind == SqliteTokenKind.Word && sql.AsSpan(token.Start, token.End - token.Start).Equals("WHERE", StringComparison.OrdinalIgnoreCase))
                return sql[token.End..].Trim();
        return null;
    }

    private void Leave(string kind, string name, string table, string? definition) =>
        _unmanaged.Add(new UnmanagedObject(kind, new QualifiedName(null, name), new QualifiedName(null, table), definition));
}
