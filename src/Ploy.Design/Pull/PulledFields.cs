using Ploy.Language.Directives;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;
using Ploy.Relational.Pulling;

namespace Ploy.Design.Pull;

/// <summary>Writes the fields that are columns.</summary>
internal sealed class PulledFields(PulledDatabase database)
{
    private readonly PulledIndexes _indexes = new(database);

    /// <summary>The field of a table's column.</summary>
    public PulledLine Of(Table table, PreviousModel? previous, Column column) =>
        Line(
            table.Name, previous, column, ArityOf(column), _indexes.FieldUnique(table, column), _indexes.FieldId(table, column),
            database.Directives.OfColumn(table, column, previous, previous?.FieldOf(column.Name)));

    /// <summary>The field of a view's column: what makes it a key stands in the files alone, and a view's columns never say that they are required.</summary>
    public PulledLine Of(View view, PreviousModel? previous, Column column)
    {
        var field = previous?.FieldOf(column.Name);
        var arity = field is { Arity: FieldArity.Required } && column.Type.Arity == ColumnArity.Nullable ? ""
            : field is { Arity: FieldArity.List } && column.Type.Arity == ColumnArity.Nullable ? "[]" : ArityOf(column);
        return Line(view.Name, previous, column, arity, Attribute(previous, field, "unique"), Attribute(previous, field, "id"), field?.Documentation);
    }

    private PulledLine Line(QualifiedName owner, PreviousModel? previous, Column column, string arity, string? unique, string? id, string? documentation)
    {
        var field = previous?.FieldOf(column.Name);
        var name = database.NameOf(owner, previous, column.Name);
        var parts = new List<string> { name.Name.Length == 0 ? column.Name : name.Name, TypeOf(column, field) + arity };
        if (field is { IsUpdatedAt: true }) parts.Add("@updatedAt");
        Add(unique);
        Add(id);
        if (DefaultOf(previous, field, column) is { } value) parts.Add($"@default({value})");
        if (name.Map is { } map) parts.Add($"@map({PulledText.Quoted(map)})");
        if (NativeTypeOf(column) is { } native)
            parts.Add(PulledText.Call($"@{database.Previous.Model.Datasource?.Name ?? "db"}.{native.Name}", [.. native.Arguments]));
        if (field is { IsIgnored: true }) parts.Add("@ignore");
        var isOut = name.Name.Length == 0;
        return new PulledLine(name.Name, string.Join(' ', parts), isOut ? Remarks.Join(documentation, [PullRemarks.InvalidName]) : Remarks.Own(documentation), isOut);

        void Add(string? attribute)
        {
            if (attribute is not null) parts.Add(attribute);
        }
    }

    private static string ArityOf(Column column) => column.Type.Arity switch { ColumnArity.List => "[]", ColumnArity.Nullable => "?", _ => "" };

    private string TypeOf(Column column, ScalarField? field) => column.Type.Family switch
    {
        TypeFamily.Int => "Int",
        TypeFamily.BigInt => "BigInt",
        TypeFamily.Float => "Float",
        TypeFamily.Decimal => "Decimal",
        TypeFamily.Boolean => "Boolean",
        TypeFamily.String when KeptEnum(field) is { } type => type,
        TypeFamily.String or TypeFamily.Uuid => "String",
        TypeFamily.DateTime => "DateTime",
        TypeFamily.Binary => "Bytes",
        TypeFamily.Json => "Json",
        TypeFamily.Enum when column.Type.Enum is { } type && database.FindEnum(type) is { } found => database.NameOf(found).Name,
        _ => $"Unsupported({PulledText.Quoted(database.Dialect.PullRules.UnsupportedType(column.Type))})",
    };

    // A product without enums keeps their values as text: that the field is of an enum stands in the files alone.
    private string? KeptEnum(ScalarField? field) => !database.Dialect.PullRules.HasEnums && field?.Type is FieldType.Enum type ? type.Name : null;

    private NativeTypeName? NativeTypeOf(Column column) =>
        column.Type.Family is TypeFamily.Enum or TypeFamily.Unsupported ? null : database.Dialect.PullRules.NativeType(column.Type);

    private string? DefaultOf(PreviousModel? previous, ScalarField? field, Column column)
    {
        if (database.Directives.DefaultOf(column, previous, field, out var isSaid) is var said && isSaid) return said;
        var value = database.Dialect.PullRules.Default(column);
        if (value is not null) return Text(value, column, field);
        // The client's own values are nowhere in the database.
        return field?.Default is DefaultModel.ClientGenerated && column.Default is null && column.Type.Family is TypeFamily.String or TypeFamily.Uuid
            ? SourceOf(previous!, previous!.Attribute(field, "default")!.Arguments!)
            : null;
    }

    private string Text(PulledDefault value, Column column, ScalarField? field) => value switch
    {
        PulledDefault.AutoIncrement => "autoincrement()",
        PulledDefault.Now => "now()",
        PulledDefault.Text text when KeptEnum(field) is { } type => database.Previous.Model.FindEnum(type)?.Values.FirstOrDefault(v => v.DatabaseName == text.Value)?.Name ?? PulledText.Quoted(text.Value),
        PulledDefault.Text text => PulledText.Quoted(text.Value),
        PulledDefault.Constant constant => constant.Value,
        PulledDefault.Label label => LabelOf(label, column),
        PulledDefault.Bytes bytes => PulledText.Quoted(Convert.ToBase64String(bytes.Value.ToArray())),
        PulledDefault.List list => PulledText.List(list.Items.Select(i => Text(i, column, field))),
        PulledDefault.Expression expression => $"dbgenerated({PulledText.Quoted(expression.Sql)})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string LabelOf(PulledDefault.Label label, Column column)
    {
        var type = column.Type.Enum!.Value; // only an enum has labels
        var name = database.FindEnum(type) is { } found && database.ValuesOf(found).TryGetValue(label.Value, out var value) ? value.Name : PulledNames.OfValue(label.Value).Name;
        return name.Length > 0 ? name : $"dbgenerated({PulledText.Quoted(label.Value)})";
    }

    private static string? Attribute(PreviousModel? previous, ScalarField? field, string name) =>
        field is not null && previous!.Attribute(field, name) is { } attribute ? previous.Model.Location.Source[attribute.Span].ToString() : null;

    private static string SourceOf(PreviousModel previous, ArgumentListSyntax arguments)
    {
        var text = previous.Model.Location.Source[arguments.Span].ToString();
        return text[1..^1];
    }
}
