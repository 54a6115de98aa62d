using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Directives;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics;

/// <summary>The database product a schema is for.</summary>
public enum Provider
{
    /// <summary><c>postgresql</c>, also written <c>postgres</c>.</summary>
    PostgreSql,

    /// <summary><c>sqlite</c></summary>
    Sqlite,
}

/// <summary>Who looks after foreign keys.</summary>
public enum RelationMode
{
    /// <summary>The database, by foreign keys.</summary>
    ForeignKeys,

    /// <summary>The client; no foreign keys are made.</summary>
    Prisma,
}

/// <summary>The scalar types of the language.</summary>
public enum ScalarKind
{
    /// <summary>Text.</summary>
    String,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>32 bits.</summary>
    Int,

    /// <summary>64 bits.</summary>
    BigInt,

    /// <summary>Double precision.</summary>
    Float,

    /// <summary>Exact decimal.</summary>
    Decimal,

    /// <summary>Instant, date or time, as the native type says.</summary>
    DateTime,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>Binary.</summary>
    Bytes,
}

/// <summary>A valid schema: every name is resolved, every attribute understood. Its models are put together when first asked for: a check of the files needs none.</summary>
public sealed record SchemaModel
{
    private readonly Lazy<Assembled> _assembled;

    /// <param name="assembled">Gives models, enums and relations.</param>
    internal SchemaModel(Lazy<Assembled> assembled) => _assembled = assembled;

    /// <summary>The datasource; null where no file has one.</summary>
    public required Datasource? Datasource { get; init; }

    /// <summary>Generators in the order of the files.</summary>
    public required ImmutableArray<Generator> Generators { get; init; }

    /// <summary>How many models and views there are.</summary>
    public required int ModelCount { get; init; }

    /// <summary>How many enums there are.</summary>
    public required int EnumCount { get; init; }

    /// <summary>Models and views in the order of the files.</summary>
    public ImmutableArray<Model> Models => _assembled.Value.Models;

    /// <summary>Enums in the order of the files.</summary>
    public ImmutableArray<EnumModel> Enums => _assembled.Value.Enums;

    /// <summary>Relations, each once, ordered by the model and field that come first.</summary>
    public ImmutableArray<Relation> Relations => _assembled.Value.Relations;

    /// <summary>All preview features of all generators, as written.</summary>
    public ImmutableArray<string> PreviewFeatures { get; init; } = [];

    /// <summary>What <c>/// @ploy.…</c> lines say of models and fields.</summary>
    public SchemaDirectives Directives { get; init; } = SchemaDirectives.Empty;

    /// <summary>The model or view of that name; null where there is none.</summary>
    public Model? FindModel(string name) => ModelsByName.GetValueOrDefault(name);

    /// <summary>The enum of that name; null where there is none.</summary>
    public EnumModel? FindEnum(string name) => EnumsByName.GetValueOrDefault(name);

    private Dictionary<string, Model> ModelsByName => field ??= Models.ToDictionary(m => m.Name, StringComparer.Ordinal);

    private Dictionary<string, EnumModel> EnumsByName => field ??= Enums.ToDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>What is put together of what the passes found.</summary>
    internal sealed record Assembled(ImmutableArray<Model> Models, ImmutableArray<EnumModel> Enums, ImmutableArray<Relation> Relations);
}

/// <summary>A string in a configuration block: a literal, or the name of an environment variable.</summary>
/// <param name="Literal">The text; null for <c>env("X")</c>.</param>
/// <param name="Variable">The variable's name; null for a literal.</param>
public sealed record ConfiguredString(string? Literal, string? Variable);

/// <summary>An extension as the datasource lists it.</summary>
/// <param name="Name">The name in the language.</param>
/// <param name="DatabaseName">The name in the database: <c>map:</c>, else <paramref name="Name"/>.</param>
/// <param name="Schema">The namespace; null for the default.</param>
/// <param name="Version">The version; null for any.</param>
public sealed record ExtensionModel(string Name, string DatabaseName, string? Schema, string? Version);

/// <summary>The <c>datasource</c> block.</summary>
public sealed record Datasource
{
    /// <summary>The block's name.</summary>
    public required string Name { get; init; }

    /// <summary>The product.</summary>
    public required Provider Provider { get; init; }

    /// <summary><c>url</c>; null where absent.</summary>
    public ConfiguredString? Url { get; init; }

    /// <summary><c>directUrl</c>; null where absent.</summary>
    public ConfiguredString? DirectUrl { get; init; }

    /// <summary><c>shadowDatabaseUrl</c>; null where absent.</summary>
    public ConfiguredString? ShadowDatabaseUrl { get; init; }

    /// <summary><c>relationMode</c>, foreign keys where absent.</summary>
    public RelationMode RelationMode { get; init; }

    /// <summary><c>schemas</c> as written; empty where absent.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary><c>extensions</c> as written; empty where absent.</summary>
    public ImmutableArray<ExtensionModel> Extensions { get; init; } = [];

    /// <summary>Where <c>extensions</c> stands; null where absent.</summary>
    internal SourceLocation? ExtensionsAt { get; init; }

    /// <summary>The file, by which relative SQLite paths are resolved, and the block.</summary>
    public required SourceLocation Location { get; init; }
}

/// <summary>A <c>generator</c> block.</summary>
/// <param name="Name">The block's name.</param>
/// <param name="Provider">The value of <c>provider</c>.</param>
/// <param name="Properties">All other literal properties: strings, words and numbers as text, lists joined by commas.</param>
/// <param name="Location">The block.</param>
public sealed record Generator(string Name, ConfiguredString? Provider, ImmutableDictionary<string, string> Properties, SourceLocation Location);

/// <summary>An enum.</summary>
public sealed record EnumModel
{
    /// <summary>The name in the language.</summary>
    public required string Name { get; init; }

    /// <summary>The name in the database: <c>@@map</c>, else <see cref="Name"/>.</summary>
    public required string DatabaseName { get; init; }

    /// <summary><c>@@schema</c>; null where absent.</summary>
    public string? Namespace { get; init; }

    /// <summary>Values in order.</summary>
    public required ImmutableArray<EnumValueModel> Values { get; init; }

    /// <summary>The doc comment; null without one.</summary>
    public string? Documentation { get; init; }

    /// <summary>The block.</summary>
    public required SourceLocation Location { get; init; }
}

/// <summary>A value of an enum.</summary>
/// <param name="Name">The name in the language.</param>
/// <param name="DatabaseName">The label in the database: <c>@map</c>, else <paramref name="Name"/>.</param>
/// <param name="Documentation">The doc comment; null without one.</param>
public sealed record EnumValueModel(string Name, string DatabaseName, string? Documentation);

/// <summary>A model or a view.</summary>
public sealed record Model
{
    /// <summary>The name in the language.</summary>
    public required string Name { get; init; }

    /// <summary>The name in the database: <c>@@map</c>, else <see cref="Name"/>.</summary>
    public required string DatabaseName { get; init; }

    /// <summary><c>@@schema</c>; null where absent.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether it is a <c>view</c>.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether <c>@@ignore</c> stands on it: no client, but a table all the same.</summary>
    public bool IsIgnored { get; init; }

    /// <summary>All fields in order: <see cref="ScalarField"/> and <see cref="RelationField"/>.</summary>
    public required ImmutableArray<ModelField> Fields { get; init; }

    /// <summary>The fields that are columns, in order.</summary>
    public ImmutableArray<ScalarField> ScalarFields => field.IsDefault ? field = Only<ScalarField>() : field;

    /// <summary>The fields that stand for a relation, in order.</summary>
    public ImmutableArray<RelationField> RelationFields => field.IsDefault ? field = Only<RelationField>() : field;

    /// <summary><c>@id</c> or <c>@@id</c>; null without one.</summary>
    public KeyModel? PrimaryKey { get; init; }

    /// <summary>
    /// <c>@unique</c>, <c>@@unique</c>, <c>@@index</c>, <c>@@fulltext</c> in the order in which the engine makes them:
    /// those of fields first, then those of the block.
    /// </summary>
    public ImmutableArray<IndexModel> Indexes { get; init; } = [];

    /// <summary>The doc comment; null without one.</summary>
    public string? Documentation { get; init; }

    /// <summary>The block, and by it the file (domain).</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>The field of that name; null where there is none.</summary>
    public ModelField? FindField(string name)
    {
        if (Fields.Length > Symbols.FewNames.Most) return FieldsByName.GetValueOrDefault(name);
        foreach (var field in Fields)
            if (field.Name == name)
                return field;
        return null;
    }

    private Dictionary<string, ModelField> FieldsByName => field ??= Fields.ToDictionary(f => f.Name, StringComparer.Ordinal);

    private ImmutableArray<T> Only<T>()
        where T : ModelField
    {
        var fields = ImmutableArray.CreateBuilder<T>(Fields.Length);
        foreach (var field in Fields)
            if (field is T wanted)
                fields.Add(wanted);
        return fields.DrainToImmutable();
    }
}

/// <summary>A field of a model or view.</summary>
public abstract record ModelField
{
    private protected ModelField() { }

    /// <summary>The name in the language.</summary>
    public required string Name { get; init; }

    /// <summary>Required, optional or list.</summary>
    public required FieldArity Arity { get; init; }

    /// <summary>Whether <c>@ignore</c> stands on it.</summary>
    public bool IsIgnored { get; init; }

    /// <summary>The doc comment; null without one.</summary>
    public string? Documentation { get; init; }

    /// <summary>The field.</summary>
    public required SourceLocation Location { get; init; }
}

/// <summary>A field that is a column.</summary>
public sealed record ScalarField : ModelField
{
    /// <summary>The column's name: <c>@map</c>, else the field's.</summary>
    public required string ColumnName { get; init; }

    /// <summary>The type.</summary>
    public required FieldType Type { get; init; }

    /// <summary><c>@db.X(...)</c>; null where absent.</summary>
    public NativeTypeModel? NativeType { get; init; }

    /// <summary><c>@default</c>; null where absent.</summary>
    public DefaultModel? Default { get; init; }

    /// <summary>Whether <c>@updatedAt</c> stands on it.</summary>
    public bool IsUpdatedAt { get; init; }
}

/// <summary>A column's type in the language.</summary>
public abstract record FieldType
{
    private FieldType() { }

    /// <summary>A scalar of the language.</summary>
    public sealed record Scalar(ScalarKind Kind) : FieldType;

    /// <summary>An enum, by its name in the language.</summary>
    public sealed record Enum(string Name) : FieldType;

    /// <summary><c>Unsupported("...")</c> with the database's own type.</summary>
    public sealed record Unsupported(string DatabaseType) : FieldType;
}

/// <summary>A native type.</summary>
/// <param name="Name">The name behind <c>@db.</c>.</param>
/// <param name="Arguments">The arguments as written.</param>
public sealed record NativeTypeModel(string Name, Core.EquatableArray<string> Arguments);

/// <summary>What <c>@default</c> says.</summary>
public abstract record DefaultModel
{
    private DefaultModel() { }

    /// <summary><c>map:</c>, the constraint's name; only other providers have one. Null where absent.</summary>
    public string? ConstraintName { get; init; }

    /// <summary>A literal.</summary>
    public sealed record Value(LiteralModel Literal) : DefaultModel;

    /// <summary><c>autoincrement()</c></summary>
    public sealed record AutoIncrement : DefaultModel;

    /// <summary><c>now()</c></summary>
    public sealed record Now : DefaultModel;

    /// <summary><c>dbgenerated("...")</c>; the expression is null for <c>dbgenerated()</c>.</summary>
    public sealed record DatabaseGenerated(string? Expression) : DefaultModel;

    /// <summary>A value made by the client: <c>cuid(2)</c>, <c>uuid(7)</c>, <c>ulid()</c>, <c>nanoid(12)</c>.</summary>
    /// <param name="Function">The function's name.</param>
    /// <param name="Argument">Version or length; null where absent.</param>
    public sealed record ClientGenerated(string Function, int? Argument) : DefaultModel;
}

/// <summary>A literal in a default.</summary>
public abstract record LiteralModel
{
    private LiteralModel() { }

    /// <summary>A string; also a DateTime, Json or Bytes (base64) value, as the field's type says.</summary>
    public sealed record Text(string Value) : LiteralModel;

    /// <summary>A number as written.</summary>
    public sealed record Number(string Value) : LiteralModel;

    /// <summary>true or false.</summary>
    public sealed record Boolean(bool Value) : LiteralModel;

    /// <summary>An enum's value, by its name in the language.</summary>
    public sealed record EnumValue(string Name) : LiteralModel;

    /// <summary>A list.</summary>
    public sealed record List(Core.EquatableArray<LiteralModel> Items) : LiteralModel;
}

/// <summary>Ascending or descending.</summary>
public enum SortOrder
{
    /// <summary>Ascending.</summary>
    Ascending,

    /// <summary>Descending.</summary>
    Descending,
}

/// <summary>One field of a key or index.</summary>
public sealed record KeyPart
{
    /// <summary>The field's name in the language.</summary>
    public required string Field { get; init; }

    /// <summary><c>sort:</c>; null where absent.</summary>
    public SortOrder? Sort { get; init; }

    /// <summary><c>length:</c>; null where absent. No provider of ours takes it.</summary>
    public int? Length { get; init; }

    /// <summary><c>ops:</c> by its name in the language (<c>JsonbPathOps</c>); null where absent.</summary>
    public string? OperatorClass { get; init; }

    /// <summary><c>ops: raw("...")</c>; null where absent.</summary>
    public string? RawOperatorClass { get; init; }
}

/// <summary>A primary key.</summary>
public sealed record KeyModel
{
    /// <summary>The fields in order.</summary>
    public required ImmutableArray<KeyPart> Parts { get; init; }

    /// <summary><c>map:</c>, the constraint's name in the database; null for the default.</summary>
    public string? DatabaseName { get; init; }

    /// <summary><c>name:</c>, the key's name in the client; null where absent.</summary>
    public string? ClientName { get; init; }

    /// <summary>Whether it stands on a field (<c>@id</c>).</summary>
    public bool IsOnField { get; init; }
}

/// <summary>What an index is for.</summary>
public enum IndexKind
{
    /// <summary><c>@@index</c></summary>
    Normal,

    /// <summary><c>@unique</c>, <c>@@unique</c></summary>
    Unique,

    /// <summary><c>@@fulltext</c></summary>
    FullText,
}

/// <summary>An index or unique constraint.</summary>
public sealed record IndexModel
{
    /// <summary>What it is for.</summary>
    public required IndexKind Kind { get; init; }

    /// <summary>The fields in order.</summary>
    public required ImmutableArray<KeyPart> Parts { get; init; }

    /// <summary><c>map:</c>, the name in the database; null for the default.</summary>
    public string? DatabaseName { get; init; }

    /// <summary><c>name:</c>, the name in the client; null where absent.</summary>
    public string? ClientName { get; init; }

    /// <summary><c>type:</c> as written (<c>Gin</c>); null where absent.</summary>
    public string? Method { get; init; }

    /// <summary><c>where:</c> as SQL, as the engine renders it; null where absent.</summary>
    public string? Predicate { get; init; }

    /// <summary>Whether it stands on a field (<c>@unique</c>).</summary>
    public bool IsOnField { get; init; }
}

/// <summary>What happens to rows that refer to a row which goes or changes its key.</summary>
public enum ReferentialAction
{
    /// <summary>They go or change with it.</summary>
    Cascade,

    /// <summary>It is refused at once.</summary>
    Restrict,

    /// <summary>It is refused at the end of the statement.</summary>
    NoAction,

    /// <summary>Their columns become null.</summary>
    SetNull,

    /// <summary>Their columns take their defaults.</summary>
    SetDefault,
}

/// <summary>A field that stands for a relation.</summary>
public sealed record RelationField : ModelField
{
    /// <summary>The model at the other side.</summary>
    public required string Target { get; init; }

    /// <summary>The relation's name: as written, else the engine's (<c>AToB</c>).</summary>
    public required string RelationName { get; init; }

    /// <summary>Whether the name was written.</summary>
    public bool IsNamed { get; init; }

    /// <summary><c>fields:</c>; empty on the side without the key.</summary>
    public ImmutableArray<string> Fields { get; init; } = [];

    /// <summary><c>references:</c>; empty on the side without the key.</summary>
    public ImmutableArray<string> References { get; init; } = [];

    /// <summary><c>onDelete:</c> as written; null where absent.</summary>
    public ReferentialAction? OnDelete { get; init; }

    /// <summary><c>onUpdate:</c> as written; null where absent.</summary>
    public ReferentialAction? OnUpdate { get; init; }

    /// <summary><c>map:</c>, the foreign key's name; null for the default.</summary>
    public string? DatabaseName { get; init; }
}
