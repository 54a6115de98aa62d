using System.Globalization;
using Ploy.Client.Naming;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Client.Emit;

/// <summary>What <c>@default</c> becomes in C#.</summary>
internal static class Defaults
{
    /// <summary>The literal as a C# expression, for the property's initialiser; null where the default is no literal.</summary>
    public static string? Literal(Model model, ClientColumn column, ClientModel client) =>
        column.Field.Default is DefaultModel.Value { Literal: var literal } && column.Field.Arity != FieldArity.List
            ? Expression(literal, model, column, client)
            : null;

    private static string? Expression(LiteralModel literal, Model model, ClientColumn column, ClientModel client) => (literal, column.Type.Name) switch
    {
        (LiteralModel.EnumValue value, _) when column.Field.Type is FieldType.Enum type => $"{TypeIn(model, type, client)}.{client.Names.Value(type.Name, value.Name)}",
        (LiteralModel.Boolean value, _) => value.Value ? "true" : "false",
        (LiteralModel.Number value, "decimal") => Decimal(value.Value),
        (LiteralModel.Number value, "float") => value.Value + "f",
        (LiteralModel.Number value, "double") => value.Value + "d",
        (LiteralModel.Number value, "long") => value.Value + "L",
        (LiteralModel.Number value, "short") => $"(short)({value.Value})",
        (LiteralModel.Number value, "uint") => value.Value + "u",
        (LiteralModel.Number value, _) => value.Value,
        (LiteralModel.Text value, "string") => CSharpNames.Literal(value.Value),
        (LiteralModel.Text value, "global::System.Guid") => $"global::System.Guid.Parse({CSharpNames.Literal(value.Value)})",
        (LiteralModel.Text value, "byte[]") => $"global::System.Convert.FromBase64String({CSharpNames.Literal(value.Value)})",
        // SQLite compares times as texts, and the database's own text of the default is not the provider's.
        (LiteralModel.Text value, "global::System.DateTime") when !client.IsPostgres => Time(value.Value),
        // On PostgreSQL dates, and JSON, addresses and bits are left to the database, which has the literal too.
        _ => null,
    };

    // Within an expression a property hides a type of its name, unless it is of just that type.
    private static string TypeIn(Model model, FieldType.Enum type, ClientModel client)
    {
        var name = client.Names.Type(type.Name);
        return client.Schema.FindEnum(type.Name) is { } found && model.Fields.Any(f => client.Names.Property(model.Name, f.Name) == name && !IsJust(f, type))
            ? $"global::{client.Names.Namespace(found.Location)}.{name}"
            : name;
    }

    private static bool IsJust(ModelField field, FieldType.Enum type) => field is ScalarField { Arity: FieldArity.Required, Type: FieldType.Enum other } && other.Name == type.Name;

    /// <summary>RFC 3339, as the language wants it; null for an instant outside of .NET's years.</summary>
    private static string? Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? $"new global::System.DateTime({time.UtcTicks.ToString(CultureInfo.InvariantCulture)}L, global::System.DateTimeKind.Utc)"
        : null;

    /// <summary>Null where C#'s decimal cannot hold the number: the database's own default is used then.</summary>
    private static string? Decimal(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value.ToString(CultureInfo.InvariantCulture) + "m" : null;
}
