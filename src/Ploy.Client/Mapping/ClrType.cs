using Ploy.Client.Naming;
using Ploy.Language.Semantics;
using Ploy.Relational.Model;
using FieldArity = Ploy.Language.Syntax.FieldArity;

namespace Ploy.Client.Mapping;

/// <summary>How a column appears in C#.</summary>
/// <param name="Name">The type of one value, without <c>?</c> and list.</param>
/// <param name="IsValueType">Whether it is a struct or enum.</param>
/// <param name="StoreType">The column type as the database's own catalog prints it; null to leave it to the provider.</param>
/// <param name="Conversion">The call that sets the conversion, without its dot; null for none.</param>
internal sealed record ClrType(string Name, bool IsValueType, string? StoreType, string? Conversion = null)
{
    /// <summary>Whether one value can be compared with another, which EF Core asks of keys and unique indexes.</summary>
    public bool IsComparable => Name != Json;

    /// <summary>The type of JSON values.</summary>
    public const string Json = "global::System.Text.Json.JsonDocument";

    /// <summary>The type of the property.</summary>
    public string Declared(FieldArity arity) => arity switch
    {
        FieldArity.List => $"global::System.Collections.Generic.List<{Name}>",
        FieldArity.Optional => Name + "?",
        _ => Name,
    };
}

/// <summary>Decides a column's C# type by its field and the type that the calculator gave it.</summary>
internal sealed class ClrTypes(SchemaModel schema, ClientNames names)
{
    private const string Values = "global::Ploy.EntityFrameworkCore.Values.";
    private readonly bool _isPostgres = schema.Datasource?.Provider != Provider.Sqlite;

    /// <summary>Null where no C# type holds it: <c>Unsupported</c>.</summary>
    public ClrType? Of(ScalarField field, ColumnType column) => field.Type switch
    {
        FieldType.Scalar scalar when _isPostgres => Postgres(scalar.Kind, field, column),
        FieldType.Scalar scalar => Sqlite(scalar.Kind, column),
        FieldType.Enum type when _isPostgres => new ClrType(names.Type(type.Name), true, null),
        FieldType.Enum type => new ClrType(names.Type(type.Name), true, "TEXT", Convert(names.Type(type.Name) + "Converter")),
        _ => null,
    };

    private static ClrType Sqlite(ScalarKind kind, ColumnType column)
    {
        var store = StoreTypes.Sqlite(column);
        return kind switch
        {
            ScalarKind.String => new("string", false, store),
            ScalarKind.Boolean => new("bool", true, store),
            ScalarKind.Int => new("int", true, store),
            ScalarKind.BigInt => new("long", true, store),
            ScalarKind.Float => new("double", true, store),
            ScalarKind.Decimal => new("decimal", true, store),
            ScalarKind.DateTime => new("global::System.DateTime", true, store, Convert(Values + "UtcDateTimeConverter")),
            ScalarKind.Json => new(ClrType.Json, false, store, Convert(Values + "JsonDocumentConverter")),
            _ => new("byte[]", false, store),
        };
    }

    private static ClrType Postgres(ScalarKind kind, ScalarField field, ColumnType column)
    {
        var store = StoreTypes.Postgres(column);
        var isList = field.Arity == FieldArity.List;
        return (kind, field.NativeType?.Name) switch
        {
            (ScalarKind.String, "Uuid") => new("global::System.Guid", true, store),
            // Text in the language, and text in C#; in a list, whose items take no such conversion, the driver's own type.
            (ScalarKind.String, "Inet") when isList => new("global::NpgsqlTypes.NpgsqlInet", true, store),
            (ScalarKind.String, "Inet") => new("string", false, store, "HasConversion(text => new global::NpgsqlTypes.NpgsqlInet(text!), inet => inet.ToString())"),
            (ScalarKind.String, "Bit" or "VarBit") when isList => new("global::System.Collections.BitArray", false, store),
            (ScalarKind.String, "Bit" or "VarBit") => new("string", false, store, Convert(Values + "BitStringConverter")),
            (ScalarKind.String, _) => new("string", false, store),
            (ScalarKind.Boolean, _) => new("bool", true, store),
            (ScalarKind.Int, "SmallInt") => new("short", true, store),
            (ScalarKind.Int, "Oid") => new("uint", true, store),
            (ScalarKind.Int, _) => new("int", true, store),
            (ScalarKind.BigInt, _) => new("long", true, store),
            (ScalarKind.Float, "Real") => new("float", true, store),
            (ScalarKind.Float, _) => new("double", true, store),
            (ScalarKind.Decimal, _) => new("decimal", true, store),
            (ScalarKind.DateTime, "Date") => new("global::System.DateOnly", true, store),
            (ScalarKind.DateTime, "Time") => new("global::System.TimeOnly", true, store),
            (ScalarKind.DateTime, "Timetz") => new("global::System.DateTimeOffset", true, store),
            (ScalarKind.DateTime, "Timestamptz") => new("global::System.DateTime", true, store),
            // Without a time zone the database keeps UTC, as Prisma does.
            (ScalarKind.DateTime, _) when isList => new("global::System.DateTime", true, store, $"HasConversion<{Values}UtcDateTimeListConverter, {Values}UtcDateTimeListComparer>()"),
            (ScalarKind.DateTime, _) => new("global::System.DateTime", true, store, Convert(Values + "UtcDateTimeConverter")),
            (ScalarKind.Json, _) => new(ClrType.Json, false, store),
            _ => new("byte[]", false, store),
        };
    }

    private static string Convert(string converter) => $"HasConversion<{converter}>()";
}

/// <summary>Column types as the database prints them, so that EF Core's model and a scaffolded one agree.</summary>
internal static class StoreTypes
{
    /// <summary>As <c>format_type</c> prints it (PostgreSQL manual, "System Information Functions").</summary>
    public static string Postgres(ColumnType type)
    {
        var arguments = type.Arguments.IsEmpty ? "" : "(" + string.Join(",", (IEnumerable<string>)type.Arguments) + ")";
        var name = type.StoreType.ToUpperInvariant() switch
        {
            "VARCHAR" => "character varying" + arguments,
            "CHAR" => "character" + arguments,
            "DECIMAL" => "numeric" + arguments,
            "TIMESTAMP" => $"timestamp{arguments} without time zone",
            "TIMESTAMPTZ" => $"timestamp{arguments} with time zone",
            "TIME" => $"time{arguments} without time zone",
            "TIMETZ" => $"time{arguments} with time zone",
            "VARBIT" or "BIT VARYING" => "bit varying" + arguments,
            var other => other.ToLowerInvariant() + arguments,
        };
        return type.Arity == ColumnArity.List ? name + "[]" : name;
    }

    /// <summary>SQLite keeps the words of the CREATE TABLE.</summary>
    public static string Sqlite(ColumnType type) =>
        type.Arguments.IsEmpty ? type.StoreType : type.StoreType + "(" + string.Join(",", (IEnumerable<string>)type.Arguments) + ")";
}
