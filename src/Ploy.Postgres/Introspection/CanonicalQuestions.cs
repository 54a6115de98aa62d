using System.Globalization;
using Ploy.Core;
using Ploy.Postgres.Rendering;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Introspection;

/// <summary>A column to ask for.</summary>
/// <param name="Name">Its name in the temporary table.</param>
/// <param name="Definition">Type and default.</param>
internal sealed record ColumnQuestion(string Name, string Definition);

/// <summary>The predicates of one table's indexes to ask for.</summary>
/// <param name="Table">CREATE TABLE.</param>
/// <param name="Indexes">CREATE INDEX for each.</param>
internal sealed record PredicateQuestion(string Table, IReadOnlyList<string> Indexes);

/// <summary>What is asked about a schema, and its answers.</summary>
internal sealed class CanonicalQuestions
{
    /// <summary>How many columns are asked with one table; a server takes up to 1,600.</summary>
    public const int ColumnsOfTable = 400;

    /// <summary>Name, type and default of the columns that were taken.</summary>
    public const string ColumnQuery =
        """
        SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'r' AND c.relname LIKE 'ploy\_ask\_%' AND a.attnum > 0
        """;

    /// <summary>Name and predicate of the indexes that were taken.</summary>
    public const string PredicateQuery =
        """
        SELECT c.relname::text, pg_get_expr(i.indpred, i.indrelid)
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = pg_my_temp_schema() AND i.indpred IS NOT NULL AND c.relname LIKE 'ploy\_where\_%'
        """;

    private readonly DatabaseSchema _schema;
    private readonly string _namespace;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PrintedColumn> _printed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _predicates = new(StringComparer.Ordinal);

    public CanonicalQuestions(DatabaseSchema schema, string defaultNamespace)
    {
        (_schema, _namespace) = (schema, defaultNamespace);
        var columns = new List<ColumnQuestion>();
        foreach (var column in schema.Tables.SelectMany(t => t.Columns))
        {
            var definition = Define(column, withDefault: true);
            var name = string.Create(CultureInfo.InvariantCulture, $"c{columns.Count}");
            if (_names.TryAdd(definition, name)) columns.Add(new ColumnQuestion(name, definition));
        }

        Columns = [.. columns];
        Predicates = [.. schema.Tables.Select(PredicatesOf).OfType<PredicateQuestion>()];
        Types = [.. TypesOf(schema)];
    }

    /// <summary>Whether there is nothing to ask.</summary>
    public bool IsEmpty => Columns.Length == 0;

    /// <summary>Makes the namespaces and enums that columns need; most exist already, and then the statement is refused.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Columns, each different one once.</summary>
    public ColumnQuestion[] Columns { get; }

    /// <summary>Predicates by table.</summary>
    public IReadOnlyList<PredicateQuestion> Predicates { get; }

    /// <summary>The statement that asks for some columns.</summary>
    public static string TableOf(IReadOnlyList<ColumnQuestion> columns) =>
        $"CREATE TEMPORARY TABLE \"ploy_ask_{columns[0].Name}\" (\n{string.Join(",\n", columns.Select(c => c.Name + " " + c.Definition))}\n)";

    /// <summary>Takes an answer about a column.</summary>
    public void Printed(string name, PrintedColumn printed) => _printed[name] = printed;

    /// <summary>Takes an answer about a predicate.</summary>
    public void Predicate(string index, string printed) => _predicates[index] = printed;

    /// <summary>The schema with what was learnt.</summary>
    public DatabaseSchema Answer() => _schema with
    {
        Tables = _schema.Tables.Select((table, at) => table with
        {
            Columns = table.Columns.Select(c => c with { Printed = _printed.GetValueOrDefault(_names[Define(c, withDefault: true)], c.Printed) }).ToEquatableArray(),
            Indexes = table.Indexes.Select((index, i) => index.Predicate is { } predicate && _predicates.TryGetValue(IndexName(at, i), out var printed)
                ? index with { Predicate = predicate with { Canonical = printed } }
                : index).ToEquatableArray(),
        }).ToEquatableArray(),
    };

    private static string IndexName(int table, int index) => string.Create(CultureInfo.InvariantCulture, $"ploy_where_{table}_{index}");

    private IEnumerable<string> TypesOf(DatabaseSchema schema)
    {
        var used = schema.Tables.SelectMany(t => t.Columns).Select(c => c.Type.Enum).OfType<QualifiedName>().ToHashSet();
        var enums = schema.Enums.Where(e => used.Contains(e.Name)).ToList();
        foreach (var name in enums.Select(e => e.Name.Namespace ?? _namespace).Distinct(StringComparer.Ordinal)) yield return "CREATE SCHEMA IF NOT EXISTS " + PostgresNames.Quote(name);
        foreach (var item in enums) yield return $"CREATE TYPE {NameOf(item.Name)} AS ENUM ({string.Join(", ", item.Labels.Select(PostgresNames.Literal))})";
    }

    // A predicate may write the table's name before a column's; only then does the temporary table need it, for two namespaces may have
    // a table of that name.
    private PredicateQuestion? PredicatesOf(Table table, int at)
    {
        var indexes = new List<string>();
        var isNamed = table.Indexes.Any(i => i.Predicate is { } p && p.Text.Contains('.', StringComparison.Ordinal) && p.Text.Contains(table.Name.Name, StringComparison.Ordinal));
        var name = PostgresNames.Quote(isNamed ? table.Name.Name : string.Create(CultureInfo.InvariantCulture, $"ploy_where_{at}"));
        for (var i = 0; i < table.Indexes.Count; i++)
        {
            if (table.Indexes[i] is not { Predicate: { } predicate } index) continue;
            indexes.Add($"CREATE INDEX \"{IndexName(at, i)}\" ON pg_temp.{name} ({PostgresNames.Quote(index.Parts[0].Column)}) WHERE {PredicateText.InParentheses(predicate.Text)}");
        }

        if (indexes.Count == 0) return null;
        var columns = table.Columns.Select(c => PostgresNames.Quote(c.Name) + " " + Define(c, withDefault: false));
        return new PredicateQuestion($"CREATE TEMPORARY TABLE {name} (\n{string.Join(",\n", columns)}\n)", indexes);
    }

    private string Define(Column column, bool withDefault)
    {
        var type = column.Type;
        var text = (type.Enum is { } name ? NameOf(name) : type.StoreType)
            + (type.Arguments.IsEmpty ? "" : "(" + string.Join(',', type.Arguments) + ")")
            + (type.Arity == ColumnArity.List ? "[]" : "");
        return withDefault && column.Default is { } value && PostgresValues.Default(value, text) is { } written ? text + " DEFAULT " + written : text;
    }

    private string NameOf(QualifiedName name) => PostgresNames.Quote(name.Namespace ?? _namespace, name.Name);
}
