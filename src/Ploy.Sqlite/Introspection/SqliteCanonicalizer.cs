using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Sqlite.Rendering;
using Ploy.Sqlite.Scripts;

namespace Ploy.Sqlite.Introspection;

/// <summary>SQLite keeps types and defaults as they were written, so that nobody needs to be asked how it would print them.</summary>
internal sealed class SqliteCanonicalizer : IExpressionCanonicalizer
{
    private SqliteCanonicalizer() { }

    /// <summary>The one instance.</summary>
    public static SqliteCanonicalizer Instance { get; } = new();

    /// <inheritdoc />
    public ValueTask<DatabaseSchema> CanonicalizeAsync(DatabaseSchema desired, CancellationToken cancellationToken) =>
        ValueTask.FromResult(desired with { Tables = desired.Tables.Select(t => t with { Columns = t.Columns.Select(Print).ToEquatableArray(), Objects = t.Objects.Select(Print).ToEquatableArray() }).ToEquatableArray(), Objects = desired.Objects.Select(Print).ToEquatableArray() });

    /// <summary>What a column is generated from, as it is compared.</summary>
    public static SqlExpression Print(SqlExpression generated) => generated with { Canonical = SqliteWords.Normalize(SqliteExpressions.Bare(generated.Text)) };

    private static SchemaObject Print(SchemaObject item) =>
        item with { Definition = item.Kind == ObjectKind.Generated ? Print(item.Definition) : item.Definition with { Canonical = SqliteWords.Normalize(item.Definition.Text) } };

    private static Column Print(Column column)
    {
        if (column.Generated is { } generated) return column with { Generated = Print(generated), Printed = new PrintedColumn(column.Type.StoreType.ToLowerInvariant(), null) };

        // `dbgenerated()` says that there is a default, not which: nothing is printed, and it equals every one.
        if (column.Default is DefaultValue.Unknown) return column;
        var text = column.Default is { } value ? SqliteValues.Default(value, column.Type.Family) : null;
        return column with { Printed = new PrintedColumn(column.Type.StoreType.ToLowerInvariant(), text is null ? null : SqliteExpressions.Bare(text)) };
    }
}
