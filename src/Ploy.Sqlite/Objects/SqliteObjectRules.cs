using System.Collections.Immutable;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Sqlite.Scripts;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Objects;

/// <summary>Objects beyond the language on SQLite: checks, generated columns and when keys are looked at stand inside the table's statement, all else is made by one of its own.</summary>
internal sealed class SqliteObjectRules : ObjectRules
{
    /// <inheritdoc />
    public override string Held => "views and triggers";

    /// <inheritdoc />
    public override SchemaObject? Identify(string statement)
    {
        var words = new SqliteWords(statement);
        if (!words.Take("CREATE")) return null;
        var isView = words.Take("VIEW");
        if (!isView && !words.Take("TRIGGER")) return null;
        words.TakeAll("IF", "NOT", "EXISTS");
        if (words.TakeName() is not { } name) return null;
        if (isView) return Whole(ObjectKind.View, name, null, statement);

        // Its events may name columns; the table stands behind the first ON.
        while (!words.Take("ON"))
            if (!words.Skip())
                return null;
        return words.TakeName() is { } table ? Whole(ObjectKind.Trigger, name, table, statement) : null;
    }

    /// <inheritdoc />
    public override bool IsInline(ObjectKind kind) => kind is ObjectKind.Check or ObjectKind.Generated or ObjectKind.Deferrable;

    /// <inheritdoc />
    public override bool MayComeLater(string? sqlState) => true;

    /// <inheritdoc />
    public override IReadOnlySet<string> NamesIn(string sql)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var lexer = new SqliteLexer(sql);
        for (var token = lexer.Next(); token.Kind != SqliteTokenKind.End; token = lexer.Next())
            if (token.Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName)
                names.Add(SqliteLexer.NameOf(sql, token));
        return names;
    }

    /// <inheritdoc />
    public override bool CanReplace(SchemaObject before, SchemaObject after) => IsInline(after.Kind);

    /// <inheritdoc />
    public override ImmutableArray<string> Create(SchemaObject item, Func<QualifiedName, string> write)
    {
        const string unique = "UNIQUE ";
        var clause = item.Definition.Text;
        if (item.Kind != ObjectKind.Index) return IsInline(item.Kind) ? [] : [clause];
        var isUnique = clause.StartsWith(unique, StringComparison.Ordinal);
        return [$"CREATE {(isUnique ? unique : "")}INDEX {SqliteNames.Quote(item.Name.Name)} ON {write(item.Table!.Value)} {(isUnique ? clause[unique.Length..] : clause)}"]; // an index has a table
    }

    /// <inheritdoc />
    public override ImmutableArray<string> CreateOver(SchemaObject item, Func<QualifiedName, string> write) =>
        [.. Drop(item, write).Select(s => string.Join(' ', (string[])[.. s.Split(' ')[..2], "IF EXISTS", .. s.Split(' ')[2..]])), .. Create(item, write)];

    /// <inheritdoc />
    public override string? Statement(SchemaObject item) => Identify(item.Definition.Text) is null ? null : item.Definition.Text;

    /// <inheritdoc />
    public override ImmutableArray<string> Drop(SchemaObject item, Func<QualifiedName, string> write) => item.Kind switch
    {
        ObjectKind.View => [$"DROP VIEW {SqliteNames.Quote(item.Name.Name)}"],
        ObjectKind.Trigger => [$"DROP TRIGGER {SqliteNames.Quote(item.Name.Name)}"],
        ObjectKind.Index => [$"DROP INDEX {SqliteNames.Quote(item.Name.Name)}"],
        _ => [],
    };

    /// <inheritdoc />
    public override ImmutableArray<string> Replace(SchemaObject before, SchemaObject after, Func<QualifiedName, string> write) => [];

    private static SchemaObject Whole(ObjectKind kind, string name, string? table, string statement) => new()
    {
        Kind = kind,
        Name = new QualifiedName(null, name),
        Table = table is null ? null : new QualifiedName(null, table),
        Definition = new SqlExpression(statement),
        IsManaged = true,
    };
}
