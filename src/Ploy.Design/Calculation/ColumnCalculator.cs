using System.Globalization;
using Ploy.Core;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational;
using Ploy.Relational.Model;

namespace Ploy.Design.Calculation;

/// <summary>Types and defaults of columns.</summary>
internal sealed class ColumnCalculator(SchemaModel schema, Dialect dialect)
{
    private static readonly DefaultValue.Now Now = new();
    private static readonly DefaultValue.NextValue NextValue = new(null);

    // A schema has few types and many columns: each type is made once.
    private readonly Dictionary<(TypeFamily Family, ColumnArity Arity), ColumnType> _defaults = [];
    private readonly Dictionary<(ScalarKind Kind, NativeTypeModel Native, ColumnArity Arity), ColumnType> _natives = [];
    private readonly Dictionary<(string Enum, ColumnArity Arity), ColumnType> _enums = [];

    /// <summary>Whether the product has enums of its own; elsewhere they are text.</summary>
    public bool HasEnums { get; } = schema.Datasource?.Provider != Provider.Sqlite;

    public Column Column(Model model, ScalarField field)
    {
        var isAutoIncrement = field.Default is DefaultModel.AutoIncrement || IsRowId(model, field);
        return new Column
        {
            Name = field.ColumnName,
            Type = Type(field, Arity(field.Arity)),
            Default = Default(field),
            IsAutoIncrement = isAutoIncrement,
            HasClientDefault = field.Default is DefaultModel.ClientGenerated || field.IsUpdatedAt,
        };
    }

    /// <summary>The type of a field's column in another place, such as a join table.</summary>
    public ColumnType Type(ScalarField field, ColumnArity arity)
    {
        switch (field.Type)
        {
            case FieldType.Enum type:
                return _enums.TryGetValue((type.Name, arity), out var known) ? known : _enums[(type.Name, arity)] = EnumType(type, arity);
            case FieldType.Unsupported unsupported:
                return new ColumnType { Family = TypeFamily.Unsupported, StoreType = Element(unsupported.DatabaseType, arity), Arity = arity };
            case FieldType.Scalar scalar when field.NativeType is { } native:
                return _natives.TryGetValue((scalar.Kind, native, arity), out var same) ? same
                    : _natives[(scalar.Kind, native, arity)] = dialect.NativeType(Family(scalar.Kind), native.Name, native.Arguments, arity);
            case FieldType.Scalar scalar:
                return Default(Family(scalar.Kind), arity);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private ColumnType Default(TypeFamily family, ColumnArity arity) =>
        _defaults.TryGetValue((family, arity), out var known) ? known : _defaults[(family, arity)] = dialect.DefaultType(family, arity);

    private ColumnType EnumType(FieldType.Enum type, ColumnArity arity)
    {
        if (!HasEnums) return dialect.DefaultType(TypeFamily.Enum, arity) with { Enum = null, Family = TypeFamily.String };
        var found = schema.FindEnum(type.Name)!;
        return new ColumnType { Family = TypeFamily.Enum, StoreType = found.DatabaseName, Enum = new QualifiedName(found.Namespace, found.DatabaseName), Arity = arity };
    }

    // The catalogue's word for an array, which a pull writes as the engine does: the list says it already.
    private static string Element(string type, ColumnArity arity) => arity == ColumnArity.List && type.StartsWith('_') ? type[1..] : type;

    public static ColumnArity Arity(FieldArity arity) => arity switch
    {
        FieldArity.Required => ColumnArity.Required,
        FieldArity.Optional => ColumnArity.Nullable,
        _ => ColumnArity.List,
    };

    /// <summary>SQLite counts up every key that is a single Int, whatever the schema says.</summary>
    private bool IsRowId(Model model, ScalarField field) =>
        !HasEnums && field.Type is FieldType.Scalar { Kind: ScalarKind.Int }
        && model.PrimaryKey is { Parts: [var only] } && only.Field == field.Name;

    private static TypeFamily Family(ScalarKind kind) => kind switch
    {
        ScalarKind.String => TypeFamily.String,
        ScalarKind.Boolean => TypeFamily.Boolean,
        ScalarKind.Int => TypeFamily.Int,
        ScalarKind.BigInt => TypeFamily.BigInt,
        ScalarKind.Float => TypeFamily.Float,
        ScalarKind.Decimal => TypeFamily.Decimal,
        ScalarKind.DateTime => TypeFamily.DateTime,
        ScalarKind.Json => TypeFamily.Json,
        _ => TypeFamily.Binary,
    };

    private DefaultValue? Default(ScalarField field) => field.Default switch
    {
        DefaultModel.Value value => new DefaultValue.Literal(Literal(value.Literal, field)),
        DefaultModel.Now => Now,
        DefaultModel.AutoIncrement when HasEnums => NextValue,
        DefaultModel.DatabaseGenerated { Expression: { Length: > 0 } sql } => new DefaultValue.Expression(new SqlExpression(sql)),

        // The engine takes the bare form for none on an enum.
        DefaultModel.DatabaseGenerated => field.Type is FieldType.Enum ? null : new DefaultValue.Unknown(),
        _ => null,
    };

    private LiteralValue Literal(LiteralModel literal, ScalarField field) => (literal, field.Type) switch
    {
        (LiteralModel.List list, _) => new LiteralValue.List(list.Items.Select(i => Literal(i, field)).ToEquatableArray()),
        (LiteralModel.EnumValue value, FieldType.Enum type) => Label(schema.FindEnum(type.Name)!, value.Name),
        (LiteralModel.Boolean value, _) => new LiteralValue.Boolean(value.Value),
        (LiteralModel.Number value, _) => new LiteralValue.Number(Canonical(value.Value)),
        // A number in quotes is how a large Decimal or BigInt is written.
        (LiteralModel.Text value, FieldType.Scalar { Kind: ScalarKind.Decimal or ScalarKind.Float or ScalarKind.BigInt or ScalarKind.Int }) => new LiteralValue.Number(Canonical(value.Value)),
        (LiteralModel.Text value, FieldType.Scalar { Kind: ScalarKind.Bytes }) => new LiteralValue.Bytes(Convert.FromBase64String(value.Value).ToEquatableArray()),
        (LiteralModel.Text value, FieldType.Scalar { Kind: ScalarKind.DateTime }) => new LiteralValue.Text(Instant(value.Value)),
        (LiteralModel.Text value, _) => new LiteralValue.Text(value.Value),
        (LiteralModel.EnumValue value, _) => new LiteralValue.Text(value.Name),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>As the engine prints an instant: blanks between its parts, a fraction of none, three, six or nine digits, an offset.</summary>
    private static string Instant(string text)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return text;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? "" : new string([.. text.Skip(point + 1).TakeWhile(char.IsAsciiDigit)]).TrimEnd('0');
        var fraction = digits.Length == 0 ? "" : "." + digits.PadRight((digits.Length + 2) / 3 * 3, '0')[..Math.Min((digits.Length + 2) / 3 * 3, 9)];
        return instant.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + fraction + instant.ToString(" zzz", CultureInfo.InvariantCulture);
    }

    private static LiteralValue.EnumLabel Label(EnumModel type, string name)
    {
        foreach (var value in type.Values)
            if (value.Name == name)
                return new LiteralValue.EnumLabel(value.DatabaseName);
        return new LiteralValue.EnumLabel(name);
    }

    /// <summary>Without a sign or leading zeros that mean nothing; digits behind the point stay as the author wrote them.</summary>
    private static string Canonical(string number)
    {
        var isNegative = number.StartsWith('-');
        var digits = number.TrimStart('-', '+');
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var whole = (point < 0 ? digits : digits[..point]).TrimStart('0');
        if (whole.Length == 0) whole = "0";
        var text = point < 0 ? whole : whole + digits[point..];
        return isNegative && text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 ? "-" + text : text;
    }
}
