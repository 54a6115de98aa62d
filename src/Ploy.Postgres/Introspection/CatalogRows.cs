using Npgsql;
using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Introspection;

/// <summary>A column as the catalogue has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRequired">NOT NULL.</param>
/// <param name="PrintedType">With arguments and brackets.</param>
/// <param name="TypeNamespace">Of the type, or of an array's element.</param>
/// <param name="TypeName">Of the type, or of an array's element: <c>int4</c>.</param>
/// <param name="IsEnum">Whether that type is an enum.</param>
/// <param name="IsBase">Whether that type is a base type, not a domain or a composite.</param>
/// <param name="IsArray">Whether it is an array of that type.</param>
/// <param name="Default">The default, or the expression of a generated column; null for none.</param>
/// <param name="IsIdentity">GENERATED ... AS IDENTITY.</param>
/// <param name="IsGenerated">GENERATED ALWAYS AS (...).</param>
/// <param name="DeclaredType">As <paramref name="PrintedType"/>, but for a domain its name in place of what it is made of.</param>
internal sealed record CatalogColumn(
    string Name, bool IsRequired, string PrintedType, string TypeNamespace, string TypeName, bool IsEnum, bool IsBase, bool IsArray, string? Default,
    bool IsIdentity, bool IsGenerated, string DeclaredType);

/// <summary>An index as the catalogue has it.</summary>
/// <param name="Index">The index itself.</param>
/// <param name="IsPrimary">Whether it is the primary key's.</param>
internal sealed record CatalogIndex(TableIndex Index, bool IsPrimary);

/// <summary>What the catalogue queries returned, grouped by the tables' numbers.</summary>
internal sealed class CatalogRows
{
    /// <summary>The namespaces that exist.</summary>
    public List<string> Namespaces { get; } = [];

    /// <summary>Extensions of the database.</summary>
    public List<Extension> Extensions { get; } = [];

    /// <summary>Enums.</summary>
    public List<EnumType> Enums { get; } = [];

    /// <summary>Sequences that no column owns.</summary>
    public List<Sequence> Sequences { get; } = [];

    /// <summary>Tables in order, with their numbers.</summary>
    public List<(long Id, QualifiedName Name)> Tables { get; } = [];

    /// <summary>Columns by table.</summary>
    public Dictionary<long, List<CatalogColumn>> Columns { get; } = [];

    /// <summary>Indexes by table.</summary>
    public Dictionary<long, List<CatalogIndex>> Indexes { get; } = [];

    /// <summary>Foreign keys by table.</summary>
    public Dictionary<long, List<ForeignKey>> ForeignKeys { get; } = [];

    /// <summary>Views with their numbers, by which their columns are among <see cref="Columns"/>.</summary>
    public List<(long Id, View View)> Views { get; } = [];

    /// <summary>The rest.</summary>
    public List<UnmanagedObject> Unmanaged { get; } = [];

    /// <summary>What is beyond the language, with its numbers, and whether it belongs to a table of the language.</summary>
    public List<(SchemaObject Object, (long Catalogue, long Id) Number, bool IsOfTable)> Objects { get; } = [];

    /// <summary>What objects use, by their numbers.</summary>
    public Dictionary<(long Catalogue, long Id), List<ObjectUse>> Uses { get; } = [];

    /// <summary>Reads a row of <see cref="ObjectQueries.Objects"/>.</summary>
    public void AddObject(NpgsqlDataReader row)
    {
        var kind = ObjectKinds.Parse(row.GetString(0)) ?? throw new InvalidOperationException($"There is no kind `{row.GetString(0)}`.");
        var (text, canonical) = (row.GetString(8), TextAt(row, 9));
        var item = new SchemaObject
        {
            Kind = kind,
            Name = new QualifiedName(TextAt(row, 3), row.GetString(4)),
            Table = row.IsDBNull(6) ? null : NameAt(row, 5),
            Definition = new SqlExpression(text, canonical ?? text),
        };
        Objects.Add((item, (row.GetInt64(1), row.GetInt64(2)), row.GetBoolean(7) && kind.IsTablePart()));
    }

    /// <summary>Reads a row of <see cref="ObjectQueries.Uses"/>.</summary>
    public void AddUse(NpgsqlDataReader row) => Group(Uses, (row.GetInt64(0), row.GetInt64(1))).Add(new ObjectUse(NameAt(row, 2), TextAt(row, 4)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Namespaces"/>.</summary>
    public void AddNamespace(NpgsqlDataReader row) => Namespaces.Add(row.GetString(0));

    /// <summary>Reads a row of <see cref="CatalogQueries.Extensions"/>.</summary>
    public void AddExtension(NpgsqlDataReader row) => Extensions.Add(new Extension(row.GetString(0), row.GetString(1), row.GetString(2)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Enums"/>.</summary>
    public void AddEnum(NpgsqlDataReader row) => Enums.Add(new EnumType(NameAt(row, 0), TextsAt(row, 2)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Sequences"/>.</summary>
    public void AddSequence(NpgsqlDataReader row) => Sequences.Add(new Sequence(NameAt(row, 0)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Tables"/>.</summary>
    public void AddTable(NpgsqlDataReader row) => Tables.Add((row.GetInt64(0), NameAt(row, 1)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Columns"/>.</summary>
    public void AddColumn(NpgsqlDataReader row) => Group(Columns, row.GetInt64(0)).Add(new CatalogColumn(
        row.GetString(1),
        row.GetBoolean(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6) == "e",
        row.GetString(6) == "b",
        row.GetBoolean(7),
        row.IsDBNull(8) ? null : row.GetString(8),
        row.GetString(9).Length > 0,
        row.GetString(10).Length > 0,
        row.GetString(11)));

    /// <summary>Reads a row of <see cref="CatalogQueries.Indexes"/>.</summary>
    public void AddIndex(NpgsqlDataReader row)
    {
        var columns = row.GetFieldValue<string[]>(7);
        var descending = row.GetFieldValue<bool[]>(8);
        var classes = row.GetFieldValue<string[]>(9);
        var defaults = row.GetFieldValue<bool[]>(10);
        var method = row.GetString(5);
        var isPrimary = row.GetBoolean(3);
        var parts = columns.Select((column, i) => new IndexPart
        {
            Column = column,
            IsDescending = descending[i],

            // As the engine says an order that a database has; other methods than this one take none.
            IsAscendingWritten = method == "btree" && !isPrimary && !descending[i],
            OperatorClass = defaults[i] ? null : classes[i],
        });
        var index = new TableIndex
        {
            Name = row.GetString(1),
            Parts = parts.ToEquatableArray(),
            IsUnique = row.GetBoolean(2),
            IsConstraint = row.GetBoolean(4),
            Method = method == "btree" ? null : method,
            IncludedColumns = TextsAt(row, 11),
            Predicate = row.IsDBNull(6) ? null : new SqlExpression(row.GetString(6), row.GetString(6)),
        };
        Group(Indexes, row.GetInt64(0)).Add(new CatalogIndex(index, isPrimary));
    }

    /// <summary>Reads a row of <see cref="CatalogQueries.ForeignKeys"/>.</summary>
    public void AddForeignKey(NpgsqlDataReader row) => Group(ForeignKeys, row.GetInt64(0)).Add(new ForeignKey
    {
        Name = row.GetString(1),
        Columns = TextsAt(row, 2),
        Target = NameAt(row, 3),
        TargetColumns = TextsAt(row, 5),
        OnDelete = ActionOf(row.GetString(6)),
        OnUpdate = ActionOf(row.GetString(7)),
    });

    /// <summary>Reads a row of <see cref="CatalogQueries.Views"/>.</summary>
    public void AddView(NpgsqlDataReader row) => Views.Add((row.GetInt64(0), new View(NameAt(row, 1), row.GetString(3))));

    /// <summary>Reads a row of <see cref="UnmanagedQuery.Text"/>.</summary>
    public void AddUnmanaged(NpgsqlDataReader row) => Unmanaged.Add(new UnmanagedObject(
        row.GetString(0),
        new QualifiedName(row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2)),
        row.IsDBNull(4) ? null : NameAt(row, 3),
        TextAt(row, 5)));

    private static QualifiedName NameAt(NpgsqlDataReader row, int column) => new(row.GetString(column), row.GetString(column + 1));

    private static EquatableArray<string> TextsAt(NpgsqlDataReader row, int column) => row.GetFieldValue<string[]>(column).ToEquatableArray();

    private static string? TextAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static List<T> Group<TKey, T>(Dictionary<TKey, List<T>> groups, TKey id)
        where TKey : notnull
    {
        if (!groups.TryGetValue(id, out var group)) groups.Add(id, group = []);
        return group;
    }

    private static ReferentialAction ActionOf(string letter) => letter switch
    {
        "a" => ReferentialAction.NoAction,
        "r" => ReferentialAction.Restrict,
        "c" => ReferentialAction.Cascade,
        "n" => ReferentialAction.SetNull,
        "d" => ReferentialAction.SetDefault,
        _ => throw new InvalidOperationException($"PostgreSQL has no referential action `{letter}`."),
    };
}
