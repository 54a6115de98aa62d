using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Testing.Generators;

/// <summary>
/// Makes random schemas that PostgreSQL could hold: every property of the model is varied, names come from a nasty alphabet. The same seed
/// makes the same schema.
/// </summary>
public sealed class SchemaGenerator(int seed)
{
    private static readonly string[] Words =
    [
        "user", "Order", "select", "with space", "it's", "say \"hi\"", "dotted.name", "ünïcode", "表", "😀", "A", "b_2", "UPPER", "semi;colon", "-- no",
        "x", "very_long_name_that_reaches_the_limit_of_63_bytes_in_identifiers",
    ];

    private static readonly (TypeFamily Family, string Store, string[] Arguments)[] Types =
    [
        (TypeFamily.Int, "INTEGER", []), (TypeFamily.Int, "SMALLINT", []), (TypeFamily.BigInt, "BIGINT", []), (TypeFamily.Float, "DOUBLE PRECISION", []),
        (TypeFamily.Decimal, "DECIMAL", ["10", "2"]), (TypeFamily.Boolean, "BOOLEAN", []), (TypeFamily.String, "TEXT", []),
        (TypeFamily.String, "VARCHAR", ["30"]), (TypeFamily.DateTime, "TIMESTAMP", ["3"]), (TypeFamily.Binary, "BYTEA", []),
        (TypeFamily.Json, "JSONB", []), (TypeFamily.Uuid, "UUID", []), (TypeFamily.Unsupported, "circle", []),
    ];

    private static readonly string[] AllLabels = ["a", "b", "it's", "C"];

    private readonly Random _random = new(seed);
    private int _number;

    /// <summary>A schema with up to five tables.</summary>
    public DatabaseSchema Schema()
    {
        var enums = Many(3, () => new EnumType(new QualifiedName(Maybe("other"), Name()), Labels()));
        var tables = new List<Table>();
        for (var i = _random.Next(6); i > 0; i--) tables.Add(Table(enums, tables));
        return new DatabaseSchema
        {
            Namespaces = ["other", "public"],
            DefaultNamespace = "public",
            Extensions = Many(2, () => new Extension(Name(), Maybe("public"), Maybe("1.0"))).ToEquatableArray(),
            Enums = enums.ToEquatableArray(),
            Tables = tables.ToEquatableArray(),
        };
    }

    /// <summary>The same schema with what has no order in another one: tables, columns and enums.</summary>
    public DatabaseSchema Shuffle(DatabaseSchema schema) => schema with
    {
        Enums = Shuffled(schema.Enums),
        Extensions = Shuffled(schema.Extensions),
        Tables = Shuffled(schema.Tables.Select(t => t with { Columns = Shuffled(t.Columns), Indexes = Shuffled(t.Indexes), ForeignKeys = Shuffled(t.ForeignKeys) }).ToEquatableArray()),
    };

    private EquatableArray<T> Shuffled<T>(EquatableArray<T> items)
        where T : IEquatable<T>
    {
        var array = items.ToArray();
        _random.Shuffle(array);
        return array.ToEquatableArray();
    }

    private Table Table(List<EnumType> enums, List<Table> others)
    {
        var columns = new List<Column> { new() { Name = Name(), Type = Type(TypeFamily.Int, "INTEGER", [], ColumnArity.Required), IsAutoIncrement = Chance() } };
        columns.AddRange(Many(5, () => Column(enums)));
        var key = Chance(5) ? new PrimaryKey(Name(), [Part(columns[0])]) : null;
        return new Table
        {
            Name = new QualifiedName(Maybe("other"), Name()),
            Columns = columns.ToEquatableArray(),
            PrimaryKey = key,
            Indexes = Many(3, () => Index(columns)).DistinctBy(i => string.Join('/', i.Parts.Select(p => p.Column))).ToEquatableArray(),
            ForeignKeys = others.Count > 0 && Chance() ? [ForeignKey(columns[0], others[_random.Next(others.Count)])] : [],
        };
    }

    private Column Column(List<EnumType> enums)
    {
        var arity = (ColumnArity)_random.Next(3);
        var (family, store, arguments) = Types[_random.Next(Types.Length)];
        var type = enums.Count > 0 && Chance(1)
            ? new ColumnType { Family = TypeFamily.Enum, StoreType = "", Enum = enums[_random.Next(enums.Count)].Name, Arity = arity }
            : Type(family, store, arguments, arity);
        return new Column { Name = Name(), Type = type, Default = Default(type), HasClientDefault = Chance(1) };
    }

    private DefaultValue? Default(ColumnType type) => type.Arity == ColumnArity.List || type.Family == TypeFamily.Unsupported || Chance(3)
        ? null
        : type.Family switch
        {
            TypeFamily.Boolean => new DefaultValue.Literal(new LiteralValue.Boolean(Chance())),
            TypeFamily.DateTime => new DefaultValue.Now(),
            TypeFamily.Binary => new DefaultValue.Literal(new LiteralValue.Bytes([1, 255])),
            TypeFamily.String => new DefaultValue.Literal(new LiteralValue.Text(Words[_random.Next(Words.Length)])),
            TypeFamily.Enum => new DefaultValue.Literal(new LiteralValue.EnumLabel("a")),
            TypeFamily.Json => new DefaultValue.Literal(new LiteralValue.Text("{\"a\": 1}")),
            TypeFamily.Uuid => new DefaultValue.Expression(new SqlExpression("gen_random_uuid()")),
            _ => new DefaultValue.Literal(new LiteralValue.Number("1")),
        };

    private TableIndex Index(List<Column> columns) => new()
    {
        Name = Name(),
        Parts = columns.OrderBy(_ => _random.Next()).Take(1 + _random.Next(2)).Select(Part).ToEquatableArray(),
        IsUnique = Chance(),
        Method = Maybe("hash"),
        Predicate = Chance(1) ? new SqlExpression("a IS NULL") : null,
    };

    private ForeignKey ForeignKey(Column column, Table target) => new()
    {
        Name = Name(),
        Columns = [column.Name],
        Target = target.Name,
        TargetColumns = [target.Columns[0].Name],
        OnDelete = (ReferentialAction)_random.Next(5),
        OnUpdate = (ReferentialAction)_random.Next(5),
    };

    private IndexPart Part(Column column) => new() { Column = column.Name, IsDescending = Chance(1), IsAscendingWritten = Chance(1), OperatorClass = null };

    private static ColumnType Type(TypeFamily family, string store, string[] arguments, ColumnArity arity) =>
        new() { Family = family, StoreType = store, Arguments = arguments.ToEquatableArray(), Arity = arity };

    private EquatableArray<string> Labels() => AllLabels.Take(1 + _random.Next(4)).ToEquatableArray();

    /// <summary>Never the same twice, and never the same in another letter case.</summary>
    private string Name() => Words[_random.Next(Words.Length)] + "_" + ++_number;

    private string? Maybe(string text) => Chance(1) ? text : null;

    private bool Chance(int outOfSix = 3) => _random.Next(6) < outOfSix;

    private List<T> Many<T>(int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make())];
}
