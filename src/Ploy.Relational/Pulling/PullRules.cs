using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Relational.Pulling;

/// <summary>A native type as the schema language writes it behind <c>@db.</c>.</summary>
/// <param name="Name">The name: <c>VarChar</c>.</param>
/// <param name="Arguments">The arguments in order.</param>
public sealed record NativeTypeName(string Name, EquatableArray<string> Arguments);

/// <summary>What a column's default is in the schema language.</summary>
public abstract record PulledDefault
{
    private PulledDefault() { }

    /// <summary><c>autoincrement()</c></summary>
    public sealed record AutoIncrement : PulledDefault;

    /// <summary><c>now()</c></summary>
    public sealed record Now : PulledDefault;

    /// <summary>A string.</summary>
    public sealed record Text(string Value) : PulledDefault;

    /// <summary>A number or truth value, written as it is.</summary>
    public sealed record Constant(string Value) : PulledDefault;

    /// <summary>An enum's label in the database.</summary>
    public sealed record Label(string Value) : PulledDefault;

    /// <summary>Binary data, written in base 64.</summary>
    public sealed record Bytes(EquatableArray<byte> Value) : PulledDefault;

    /// <summary>A list of the above.</summary>
    public sealed record List(EquatableArray<PulledDefault> Items) : PulledDefault;

    /// <summary><c>dbgenerated("...")</c></summary>
    public sealed record Expression(string Sql) : PulledDefault;
}

/// <summary>What a product's objects are in the schema language, where the products differ. As the engine has it: recorded by the oracle.</summary>
public abstract class PullRules
{
    /// <summary>Whether the join table of a many-to-many relation may have a primary key in place of a unique index.</summary>
    public abstract bool JoinTablesHaveKeys { get; }

    /// <summary>Whether the product has enums; elsewhere those of the schema files stay as they are.</summary>
    public abstract bool HasEnums { get; }

    /// <summary>Whether a remark above a model says what of its table the language cannot say.</summary>
    public abstract bool RemarksOnObjects { get; }

    /// <summary>What stands in <c>Unsupported("...")</c>.</summary>
    public abstract string UnsupportedType(ColumnType type);

    /// <summary>The native type; null where it is what the language's type means without one, and where the product has none.</summary>
    public abstract NativeTypeName? NativeType(ColumnType type);

    /// <summary>The default of a column of a table or view; null without one, and where the language leaves it out.</summary>
    public abstract PulledDefault? Default(Column column);

    /// <summary>The index method as the language writes it (<c>Gin</c>); null for the default.</summary>
    public abstract string? IndexType(string? method);

    /// <summary>The table's foreign keys in the order in which the engine reads them.</summary>
    public abstract IEnumerable<ForeignKey> ForeignKeys(Table table);
}
