using Ploy.Postgres.Scripts;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Objects;

/// <summary>Reads which object a statement of an object file makes.</summary>
internal sealed class ObjectStatement(string text)
{
    private readonly StatementWords _words = new(text);

    /// <summary>The object; null where the statement makes none that an object file holds.</summary>
    public SchemaObject? Read()
    {
        if (!_words.Take("CREATE")) return GrantStatement.Parse(text) is { } grant ? Whole(ObjectKind.Grant, grant.Name, null) : null;
        if (_words.Take("OR")) _words.Take("REPLACE");
        if (_words.Take("UNIQUE")) return _words.Take("INDEX") ? Index(isUnique: true) : null;
        if (_words.Take("INDEX")) return Index(isUnique: false);
        if (_words.Take("CONSTRAINT")) return _words.Take("TRIGGER") ? Trigger() : null;
        if (_words.Take("TRIGGER")) return Trigger();
        if (_words.Take("MATERIALIZED")) return _words.Take("VIEW") ? Named(ObjectKind.MaterializedView) : null;
        if (_words.Take("RECURSIVE")) return _words.Take("VIEW") ? Named(ObjectKind.View) : null;
        if (_words.Take("VIEW")) return Named(ObjectKind.View);
        if (_words.Take("SEQUENCE")) return Named(ObjectKind.Sequence) is { } sequence && !IsOwned() ? sequence : null;
        if (_words.Take("DOMAIN")) return Named(ObjectKind.Domain);
        if (_words.Take("EXTENSION")) return Named(ObjectKind.Extension);
        if (_words.Take("FUNCTION")) return Routine(ObjectKind.Function);
        return _words.Take("PROCEDURE") ? Routine(ObjectKind.Procedure) : null;
    }

    /// <summary>The statement of a function or procedure with OR REPLACE.</summary>
    public static string OrReplace(string statement)
    {
        var lexer = new PostgresLexer(statement);
        var create = lexer.Next();
        var next = lexer.Next();
        return IsWord(statement, next, "OR") ? statement : statement[..create.End] + " OR REPLACE" + statement[create.End..];
    }

    /// <summary>The statement of a sequence, materialized view or extension with IF NOT EXISTS.</summary>
    public static string IfNotExists(string statement)
    {
        var words = new StatementWords(statement);
        words.TakeAll("CREATE", "MATERIALIZED");
        foreach (var kind in (string[])["VIEW", "SEQUENCE", "EXTENSION"]) words.Take(kind);
        var start = words.Start;
        return words.Take("IF") ? statement : statement[..start] + "IF NOT EXISTS " + statement[start..];
    }

    /// <summary>What stands behind the name of a sequence.</summary>
    public static string OptionsOfSequence(string statement)
    {
        var words = new StatementWords(statement);
        words.Take("CREATE");
        words.Take("SEQUENCE");
        words.TakeAll("IF", "NOT", "EXISTS");
        words.TakeName();
        return statement[words.Start..].Trim();
    }

    private SchemaObject? Named(ObjectKind kind)
    {
        _words.TakeAll("IF", "NOT", "EXISTS");
        return _words.TakeName() is { } name ? Whole(kind, new QualifiedName(kind == ObjectKind.Extension ? null : name.Schema, name.Name), null) : null;
    }

    // One that a column owns comes and goes with the column.
    private bool IsOwned()
    {
        do
        {
            if (_words.Take("OWNED") && _words.Take("BY")) return !_words.Take("NONE");
        }
        while (_words.Skip());
        return false;
    }

    private SchemaObject? Trigger()
    {
        if (_words.TakeName() is not { } name) return null;

        // Its events may name columns; the table stands behind the first ON.
        while (!_words.Take("ON"))
            if (!_words.Skip())
                return null;
        return _words.TakeName() is { } table ? Whole(ObjectKind.Trigger, new QualifiedName(null, name.Name), new QualifiedName(table.Schema, table.Name)) : null;
    }

    // As a directive's index is kept: what stands behind the table's name.
    private SchemaObject? Index(bool isUnique)
    {
        _words.TakeAll("IF", "NOT", "EXISTS");
        if (_words.TakeName() is not { Schema: null } name || !_words.Take("ON")) return null;
        _words.Take("ONLY");
        if (_words.TakeName() is not { } table) return null;
        return new SchemaObject
        {
            Kind = ObjectKind.Index,
            Name = new QualifiedName(null, name.Name),
            Table = new QualifiedName(table.Schema, table.Name),
            Definition = new SqlExpression((isUnique ? "UNIQUE " : "") + text[_words.Start..].Trim()),
            IsManaged = true,
        };
    }

    private SchemaObject? Routine(ObjectKind kind) =>
        _words.TakeName() is { } name && RoutineArguments.Types(text[_words.Start..], kind == ObjectKind.Procedure) is { } types
            ? Whole(kind, new QualifiedName(name.Schema, $"{name.Name}({types})"), null)
            : null;

    private SchemaObject Whole(ObjectKind kind, QualifiedName name, QualifiedName? table) =>
        new() { Kind = kind, Name = name, Table = table, Definition = new SqlExpression(text), IsManaged = true };

    private static bool IsWord(string sql, SqlToken token, string word) =>
        token.Kind == SqlTokenKind.Word && sql.AsSpan(token.Start, token.End - token.Start).Equals(word, StringComparison.OrdinalIgnoreCase);
}
