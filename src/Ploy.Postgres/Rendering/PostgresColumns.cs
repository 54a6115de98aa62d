using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>Writes columns and their types.</summary>
internal sealed class PostgresColumns(PostgresNameWriter names)
{
    /// <summary>How far columns stand in; <c>ADD COLUMN</c> keeps it, as the engine does.</summary>
    public const string Indent = "    ";

    /// <summary>The column as CREATE TABLE and ADD COLUMN take it.</summary>
    public string Define(Column column)
    {
        var type = TypeOf(column, isNew: true);
        var generated = column.Generated is { } expression ? $" GENERATED ALWAYS AS {PredicateText.InParentheses(expression.Text)} STORED" : "";
        var nullability = column.Type.Arity == ColumnArity.Required ? " NOT NULL" : "";
        var text = column.Default is { } value && PostgresValues.Default(value, type) is { } written ? " DEFAULT " + written : "";
        return $"{Indent}{PostgresNames.Quote(column.Name)} {type}{nullability}{text}{generated}";
    }

    /// <summary>The whole type of a column after.</summary>
    /// <param name="column">The column.</param>
    /// <param name="isNew">Whether the column is being made, so that a counting one is SERIAL; that is no type to change to.</param>
    public string TypeOf(Column column, bool isNew = false)
    {
        var type = column.Type;
        var name = type.Enum is { } item ? names.After(item) : isNew && column.IsAutoIncrement ? Serial(type.StoreType) : type.StoreType;
        var arguments = type.Arguments.IsEmpty ? "" : "(" + string.Join(',', type.Arguments) + ")";
        return name + arguments + (type.Arity == ColumnArity.List ? "[]" : "");
    }

    private static string Serial(string storeType) => storeType switch
    {
        "SMALLINT" => "SMALLSERIAL",
        "INTEGER" => "SERIAL",
        "BIGINT" => "BIGSERIAL",
        _ => storeType,
    };
}
