using System.Text.Json.Serialization;
using Ploy.Core;

namespace Ploy.Relational.Model;

/// <summary>A name and the namespace it stands in.</summary>
/// <param name="Namespace">The SQL schema; null where the product has none or the default is meant.</param>
/// <param name="Name">The name itself, never quoted.</param>
public readonly record struct QualifiedName(string? Namespace, string Name)
{
    /// <inheritdoc />
    public override string ToString() => Namespace is null ? Name : Namespace + "." + Name;
}

/// <summary>The whole shape of a database. A value: two are equal where all their parts are.</summary>
public sealed record DatabaseSchema
{
    /// <summary>A database with nothing in it.</summary>
    public static DatabaseSchema Empty { get; } = new();

    /// <summary>Namespaces that the schema declares or the database has, in order.</summary>
    public EquatableArray<string> Namespaces { get; init; }

    /// <summary>
    /// What a name without a namespace means, in a schema made from files: <c>public</c>, or the connection's <c>?schema=</c>. Objects in it are
    /// written without it. Null for a live database, where every name says its namespace, and where the product has none.
    /// </summary>
    public string? DefaultNamespace { get; init; }

    /// <summary>Extensions.</summary>
    public EquatableArray<Extension> Extensions { get; init; }

    /// <summary>Enums in the order of their producer, which is also the order in which they are created.</summary>
    public EquatableArray<EnumType> Enums { get; init; }

    /// <summary>Sequences that back no column.</summary>
    public EquatableArray<Sequence> Sequences { get; init; }

    /// <summary>Tables in the order of their producer, which is also the order in which they are created.</summary>
    public EquatableArray<Table> Tables { get; init; }

    /// <summary>Views.</summary>
    public EquatableArray<View> Views { get; init; }

    /// <summary>
    /// Views, functions, triggers and the like: in a schema made from files those of the object files, in a live database all, in the order in which they can be made.
    /// </summary>
    public EquatableArray<SchemaObject> Objects { get; init; }

    /// <summary>What the database has and neither the language nor a directive of ours says: left alone and named.</summary>
    public EquatableArray<UnmanagedObject> Unmanaged { get; init; }
}

/// <summary>An extension.</summary>
/// <param name="Name">The name in the database.</param>
/// <param name="Namespace">The namespace; null for the default.</param>
/// <param name="Version">The version; null for any.</param>
public sealed record Extension(string Name, string? Namespace, string? Version);

/// <summary>An enum type.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">The labels in order.</param>
public sealed record EnumType(QualifiedName Name, EquatableArray<string> Labels);

/// <summary>A sequence.</summary>
/// <param name="Name">Its name.</param>
public sealed record Sequence(QualifiedName Name);

/// <summary>A view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">The query, on SQLite the whole statement that made it; null where only the language declares the view.</param>
public sealed record View(QualifiedName Name, string? Definition)
{
    /// <summary>Its columns in order; empty where nobody asked (<c>IntrospectionScope.WithViewColumns</c>).</summary>
    public EquatableArray<Column> Columns { get; init; }
}

/// <summary>Something left alone, with what the user calls it.</summary>
/// <param name="Kind">What it is, in words: <c>trigger</c>, <c>check constraint</c>, <c>policy</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table it belongs to; null where to none.</param>
/// <param name="Definition">What makes it again where its table, or what a comment is on, is made anew; null where the product never does that.</param>
/// <param name="Index">What it is where it is an index that could be said, were it not partial or over a column that is not seen; null elsewhere.</param>
/// <param name="Column">What it is where it is a generated column that the product's own catalogue does not show to the engine; null elsewhere.</param>
public sealed record UnmanagedObject(string Kind, QualifiedName Name, QualifiedName? Table, string? Definition = null, TableIndex? Index = null, Column? Column = null)
{
    /// <summary>The kind of a generated column.</summary>
    public const string GeneratedColumn = "generated column";

    /// <summary>The kind of an index over a generated column that is not seen.</summary>
    public const string GeneratedIndex = "index on a generated column";

    /// <summary>The kind of an index that a schema without the preview feature <c>partialIndexes</c> cannot say.</summary>
    public const string PartialIndex = "partial index";

    /// <summary>The kind of a column that counts by itself without a default, which the language takes for one that counts by a sequence.</summary>
    public const string IdentityColumn = "identity column";

    /// <summary>What the kinds of comments begin with; what they are on is behind it. Their definition is the literal.</summary>
    public const string CommentOn = "comment on ";

    /// <summary>Whether it is a comment.</summary>
    [JsonIgnore]
    public bool IsComment => Kind.StartsWith(CommentOn, StringComparison.Ordinal);
}

/// <summary>A table.</summary>
public sealed record Table
{
    /// <summary>Its name.</summary>
    public required QualifiedName Name { get; init; }

    /// <summary>Columns in order; the order is for printing and never a difference.</summary>
    public required EquatableArray<Column> Columns { get; init; }

    /// <summary>The primary key; null without one.</summary>
    public PrimaryKey? PrimaryKey { get; init; }

    /// <summary>Indexes and unique constraints, without the primary key's.</summary>
    public EquatableArray<TableIndex> Indexes { get; init; }

    /// <summary>Foreign keys.</summary>
    public EquatableArray<ForeignKey> ForeignKeys { get; init; }

    /// <summary>Checks, policies, comments and the like: in a schema made from files those of directives, in a live database all.</summary>
    public EquatableArray<SchemaObject> Objects { get; init; }

    /// <summary>The column of that name; null where there is none.</summary>
    public Column? FindColumn(string name)
    {
        foreach (var column in Columns)
            if (column.Name == name)
                return column;
        return null;
    }
}

/// <summary>What kind of value a column holds, which decides casts and defaults.</summary>
public enum TypeFamily
{
    /// <summary>32 bits and less.</summary>
    Int,

    /// <summary>64 bits.</summary>
    BigInt,

    /// <summary>Floating point.</summary>
    Float,

    /// <summary>Exact decimal.</summary>
    Decimal,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>Text.</summary>
    String,

    /// <summary>Date, time, or both.</summary>
    DateTime,

    /// <summary>Binary.</summary>
    Binary,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>UUID.</summary>
    Uuid,

    /// <summary>An enum.</summary>
    Enum,

    /// <summary>Anything else.</summary>
    Unsupported,
}

/// <summary>How many values a column holds.</summary>
public enum ColumnArity
{
    /// <summary>NOT NULL.</summary>
    Required,

    /// <summary>NULL.</summary>
    Nullable,

    /// <summary>An array; the engine treats its nullability apart.</summary>
    List,
}

/// <summary>A column's type.</summary>
public sealed record ColumnType
{
    /// <summary>What kind of value.</summary>
    public required TypeFamily Family { get; init; }

    /// <summary>
    /// The store type as the dialect writes it in DDL, without arguments and array marks: <c>TEXT</c>, <c>VARCHAR</c>,
    /// <c>TIMESTAMP</c>; for an unsupported type the whole text as given.
    /// </summary>
    public required string StoreType { get; init; }

    /// <summary>The arguments behind it, each as written: <c>65</c>, <c>30</c>.</summary>
    public EquatableArray<string> Arguments { get; init; }

    /// <summary>The enum; null where <see cref="Family"/> is not <see cref="TypeFamily.Enum"/>.</summary>
    public QualifiedName? Enum { get; init; }

    /// <summary>Required, nullable or list.</summary>
    public required ColumnArity Arity { get; init; }
}

/// <summary>A column.</summary>
public sealed record Column
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>What the database fills in; null for nothing.</summary>
    public DefaultValue? Default { get; init; }

    /// <summary>Whether the database counts it up (serial, identity, SQLite's rowid).</summary>
    public bool IsAutoIncrement { get; init; }

    /// <summary>
    /// Whether a client fills in a value where the database does not (<c>cuid()</c>, <c>uuid()</c>, ...). Never a difference; it changes what is
    /// said of a required column that a table with rows gains.
    /// </summary>
    public bool HasClientDefault { get; init; }

    /// <summary>
    /// What a generated column is computed from, as the database prints it; null for an ordinary one. Such a column has no default, and where
    /// the schema after does not say that it is generated, it stays so.
    /// </summary>
    public SqlExpression? Generated { get; init; }

    /// <summary>How the database prints the column; empty where it was never asked. Never a difference by itself.</summary>
    public PrintedColumn Printed { get; init; }
}

/// <summary>
/// How a database prints a column: filled in by introspectors, and for schema files by <c>IExpressionCanonicalizer</c>. Two columns whose
/// prints are both known and the same are the same, however they were written. All values are equal, so that columns compare by what they say.
/// </summary>
/// <param name="Type">The type with its arguments (<c>numeric(7,3)</c>); null where it was never asked.</param>
/// <param name="Default">The default's expression; null without a default, or where it was never asked.</param>
public readonly record struct PrintedColumn(string? Type, string? Default)
{
    /// <inheritdoc />
    public bool Equals(PrintedColumn other) => true;

    /// <inheritdoc />
    public override int GetHashCode() => 0;

    /// <summary>Whether both were asked and answer with the same type.</summary>
    public bool SameType(PrintedColumn other) => Type is not null && Type == other.Type;

    /// <summary>Whether both were asked and answer with the same default, or with none.</summary>
    public bool SameDefault(PrintedColumn other) => Type is not null && other.Type is not null && Default == other.Default;
}

/// <summary>What a column's default is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DefaultValue.Literal), "literal")]
[JsonDerivedType(typeof(DefaultValue.Now), "now")]
[JsonDerivedType(typeof(DefaultValue.NextValue), "nextValue")]
[JsonDerivedType(typeof(DefaultValue.Expression), "expression")]
[JsonDerivedType(typeof(DefaultValue.Unknown), "unknown")]
public abstract record DefaultValue
{
    private DefaultValue() { }

    /// <summary>A literal, or a list of literals.</summary>
    public sealed record Literal(LiteralValue Value) : DefaultValue;

    /// <summary>The current time.</summary>
    public sealed record Now : DefaultValue;

    /// <summary>The next value of a sequence; the name is null where the dialect makes it.</summary>
    public sealed record NextValue(QualifiedName? Sequence) : DefaultValue;

    /// <summary>Any other expression.</summary>
    public sealed record Expression(SqlExpression Sql) : DefaultValue;

    /// <summary>
    /// <c>dbgenerated()</c>: there is one, and we do not know it. Equal to every default.
    /// </summary>
    public sealed record Unknown : DefaultValue;
}

/// <summary>A literal value.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LiteralValue.Text), "text")]
[JsonDerivedType(typeof(LiteralValue.Number), "number")]
[JsonDerivedType(typeof(LiteralValue.Boolean), "boolean")]
[JsonDerivedType(typeof(LiteralValue.Bytes), "bytes")]
[JsonDerivedType(typeof(LiteralValue.EnumLabel), "enumLabel")]
[JsonDerivedType(typeof(LiteralValue.List), "list")]
public abstract record LiteralValue
{
    private LiteralValue() { }

    /// <summary>Text; also DateTime, Json and UUID as text.</summary>
    public sealed record Text(string Value) : LiteralValue;

    /// <summary>A number in decimal digits, without plus, needless leading zeros and exponent. A database keeps zeros behind the point as they were written.</summary>
    public sealed record Number(string Value) : LiteralValue
    {
        /// <summary>Whether both are the same number, however many zeros end them.</summary>
        public bool IsSame(Number other)
        {
            ArgumentNullException.ThrowIfNull(other);
            return Value == other.Value || Trimmed(Value).SequenceEqual(Trimmed(other.Value));
        }

        private static ReadOnlySpan<char> Trimmed(string value)
        {
            var digits = value.Contains('.', StringComparison.Ordinal) ? value.AsSpan().TrimEnd('0').TrimEnd('.') : value;
            return digits is "-0" ? "0" : digits;
        }
    }

    /// <summary>true or false.</summary>
    public sealed record Boolean(bool Value) : LiteralValue;

    /// <summary>Binary data.</summary>
    public sealed record Bytes(EquatableArray<byte> Value) : LiteralValue;

    /// <summary>An enum's label in the database.</summary>
    public sealed record EnumLabel(string Value) : LiteralValue;

    /// <summary>A list.</summary>
    public sealed record List(EquatableArray<LiteralValue> Items) : LiteralValue;
}

/// <summary>An expression in the database's language. Equal by <see cref="Canonical"/> where both have one, else by text.</summary>
/// <param name="Text">As written.</param>
/// <param name="Canonical">As the database prints it; null where it was never asked.</param>
public sealed record SqlExpression(string Text, string? Canonical = null)
{
    /// <inheritdoc />
    public bool Equals(SqlExpression? other) =>
        other is not null && (Canonical is { } mine && other.Canonical is { } theirs ? mine == theirs : Text == other.Text);

    /// <inheritdoc />
    public override int GetHashCode() => 0;
}

/// <summary>A primary key.</summary>
/// <param name="Name">The constraint's name; null where the product does not keep one.</param>
/// <param name="Parts">Columns in order.</param>
public sealed record PrimaryKey(string? Name, EquatableArray<IndexPart> Parts);

/// <summary>An index or unique constraint.</summary>
public sealed record TableIndex
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Parts in order.</summary>
    public required EquatableArray<IndexPart> Parts { get; init; }

    /// <summary>Whether it is unique.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether a constraint of the same name stands behind it.</summary>
    public bool IsConstraint { get; init; }

    /// <summary>The access method in lower case (<c>gin</c>); null for the product's default.</summary>
    public string? Method { get; init; }

    /// <summary>The predicate of a partial index; null where it is none.</summary>
    public SqlExpression? Predicate { get; init; }

    /// <summary>Columns that the index carries besides its parts (<c>INCLUDE</c>), in order; the language cannot say them.</summary>
    public EquatableArray<string> IncludedColumns { get; init; }
}

/// <summary>A column of a key or index.</summary>
public sealed record IndexPart
{
    /// <summary>The column's name.</summary>
    public required string Column { get; init; }

    /// <summary>Whether it descends.</summary>
    public bool IsDescending { get; init; }

    /// <summary>Whether ASC is written out where the column ascends. Never a difference.</summary>
    public bool IsAscendingWritten { get; init; }

    /// <summary>The operator class as the database calls it (<c>jsonb_path_ops</c>); null for the default.</summary>
    public string? OperatorClass { get; init; }
}

/// <summary>What happens to rows that refer to a row which goes or changes its key.</summary>
public enum ReferentialAction
{
    /// <summary>NO ACTION</summary>
    NoAction,

    /// <summary>RESTRICT</summary>
    Restrict,

    /// <summary>CASCADE</summary>
    Cascade,

    /// <summary>SET NULL</summary>
    SetNull,

    /// <summary>SET DEFAULT</summary>
    SetDefault,
}

/// <summary>A foreign key.</summary>
public sealed record ForeignKey
{
    /// <summary>The constraint's name; null where the product does not keep one.</summary>
    public required string? Name { get; init; }

    /// <summary>Columns in order.</summary>
    public required EquatableArray<string> Columns { get; init; }

    /// <summary>The table referred to.</summary>
    public required QualifiedName Target { get; init; }

    /// <summary>Its columns in order.</summary>
    public required EquatableArray<string> TargetColumns { get; init; }

    /// <summary>ON DELETE.</summary>
    public required ReferentialAction OnDelete { get; init; }

    /// <summary>ON UPDATE.</summary>
    public required ReferentialAction OnUpdate { get; init; }

    /// <summary>What objects and marks call it where the product keeps no names of keys.</summary>
    /// <param name="table">The table that has it.</param>
    public string ImpliedName(QualifiedName table) => $"{table.Name}_{string.Join('_', Columns)}_fkey";
}
