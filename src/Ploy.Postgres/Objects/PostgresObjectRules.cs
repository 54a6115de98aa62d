using System.Collections.Immutable;
using Npgsql;
using Ploy.Postgres.Scripts;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;

namespace Ploy.Postgres.Objects;

/// <summary>Objects beyond the language on PostgreSQL.</summary>
internal sealed class PostgresObjectRules : ObjectRules
{
    /// <inheritdoc />
    public override string Held => "views, materialized views and their indexes, functions, procedures, triggers, sequences, domains and extensions";

    /// <inheritdoc />
    public override SchemaObject? Identify(string statement) => new ObjectStatement(statement).Read();

    /// <inheritdoc />
    public override bool IsInline(ObjectKind kind) => kind == ObjectKind.Generated;

    /// <inheritdoc />
    public override bool MayComeLater(string? sqlState) => sqlState
        is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.UndefinedColumn
        or PostgresErrorCodes.InvalidSchemaName;

    /// <inheritdoc />
    public override IReadOnlySet<string> NamesIn(string sql)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Collect(sql, names, depth: 0);
        return names;
    }

    /// <inheritdoc />
    public override bool CanReplace(SchemaObject before, SchemaObject after) => after.Kind switch
    {
        ObjectKind.TableComment or ObjectKind.ColumnComment or ObjectKind.Deferrable or ObjectKind.RowSecurity or ObjectKind.Sequence or ObjectKind.Extension or ObjectKind.Generated => true,

        // What it returns and how its arguments are called cannot be replaced; these stand before the body.
        ObjectKind.Function or ObjectKind.Procedure =>
            before.Definition.Canonical is { } old && after.Definition.Canonical is { } next && Head(old) == Head(next),
        _ => false,
    };

    /// <inheritdoc />
    public override ImmutableArray<string> Create(SchemaObject item, Func<QualifiedName, string> write)
    {
        var (clause, name) = (item.Definition.Text, PostgresNames.Quote(item.Name.Name));
        var table = item.Table is { } owner ? write(owner) : "";
        return item.Kind switch
        {
            ObjectKind.Generated => [],
            ObjectKind.Check or ObjectKind.Exclusion => [$"ALTER TABLE {table} ADD CONSTRAINT {name} {clause}"],
            ObjectKind.Index => [CreateIndex(clause, name, table)],
            ObjectKind.Deferrable => [$"ALTER TABLE {table} ALTER CONSTRAINT {name} {clause}"],
            ObjectKind.RowSecurity => RowSecurity(null, clause, table),
            ObjectKind.Policy => [$"CREATE POLICY {name} ON {table} {clause}"],
            ObjectKind.TableComment => [$"COMMENT ON TABLE {table} IS {clause}"],
            ObjectKind.ColumnComment => [$"COMMENT ON COLUMN {table}.{name} IS {clause}"],
            _ => [clause],
        };
    }

    /// <inheritdoc />
    public override string? Statement(SchemaObject item) => item.Kind switch
    {
        // Whether a trigger is on stands behind its text; only those that are on as usual are made by it alone.
        ObjectKind.Trigger => item.Definition.Canonical?.EndsWith(" O", StringComparison.Ordinal) == true ? item.Definition.Text : null,
        _ => Create(item, n => PostgresNames.Quote(n.Namespace, n.Name)) is [var only] && Identify(only) is not null ? only : null,
    };

    /// <inheritdoc />
    public override ImmutableArray<string> Drop(SchemaObject item, Func<QualifiedName, string> write)
    {
        var name = PostgresNames.Quote(item.Name.Name);
        var table = item.Table is { } owner ? write(owner) : "";
        return item.Kind switch
        {
            ObjectKind.Generated => [],
            ObjectKind.Check or ObjectKind.Exclusion => [$"ALTER TABLE {table} DROP CONSTRAINT {name}"],
            ObjectKind.Index => [$"DROP INDEX {write(item.Table!.Value with { Name = item.Name.Name })}"], // an index has a table
            ObjectKind.Deferrable => [$"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE"],
            ObjectKind.RowSecurity => RowSecurity(item.Definition.Text, "", table),
            ObjectKind.Policy => [$"DROP POLICY {name} ON {table}"],
            ObjectKind.TableComment => [$"COMMENT ON TABLE {table} IS NULL"],
            ObjectKind.ColumnComment => [$"COMMENT ON COLUMN {table}.{name} IS NULL"],
            ObjectKind.Trigger => [$"DROP TRIGGER {name} ON {table}"],
            ObjectKind.Function => [$"DROP FUNCTION {Routine(item, write)}"],
            ObjectKind.Procedure => [$"DROP PROCEDURE {Routine(item, write)}"],
            ObjectKind.Extension => [$"DROP EXTENSION {name}"],
            ObjectKind.View => [$"DROP VIEW {write(item.Name)}"],
            ObjectKind.MaterializedView => [$"DROP MATERIALIZED VIEW {write(item.Name)}"],
            ObjectKind.Sequence => [$"DROP SEQUENCE {write(item.Name)}"],
            ObjectKind.Domain => [$"DROP DOMAIN {write(item.Name)}"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <inheritdoc />
    public override ImmutableArray<string> Replace(SchemaObject before, SchemaObject after, Func<QualifiedName, string> write) => after.Kind switch
    {
        ObjectKind.RowSecurity => RowSecurity(before.Definition.Text, after.Definition.Text, write(after.Table!.Value)), // it belongs to a table
        ObjectKind.Function or ObjectKind.Procedure => [ObjectStatement.OrReplace(after.Definition.Text)],

        // All options, so that those which are no longer written are the defaults again; the value stays.
        ObjectKind.Sequence => [$"ALTER SEQUENCE {write(after.Name)} {SequenceOptions(after)}"],
        ObjectKind.Extension or ObjectKind.Generated => [],
        _ => Create(after, write),
    };

    private static string CreateIndex(string clause, string name, string table)
    {
        const string unique = "UNIQUE ";
        var isUnique = clause.StartsWith(unique, StringComparison.Ordinal);
        return $"CREATE {(isUnique ? unique : "")}INDEX {name} ON {table} {(isUnique ? clause[unique.Length..] : clause)}";
    }

    private static ImmutableArray<string> RowSecurity(string? before, string after, string table)
    {
        var statements = ImmutableArray.CreateBuilder<string>(2);
        if (before is null != (after.Length == 0)) statements.Add($"ALTER TABLE {table} {(after.Length > 0 ? "ENABLE" : "DISABLE")} ROW LEVEL SECURITY");
        var (wasForced, isForced) = (before?.EndsWith("FORCE", StringComparison.Ordinal) == true, after.EndsWith("FORCE", StringComparison.Ordinal));
        if (wasForced != isForced) statements.Add($"ALTER TABLE {table} {(isForced ? "FORCE" : "NO FORCE")} ROW LEVEL SECURITY");
        return statements.ToImmutable();
    }

    private static string Routine(SchemaObject item, Func<QualifiedName, string> write)
    {
        var end = item.Name.Name.LastIndexOf('(');
        return end < 0 ? write(item.Name) : write(item.Name with { Name = item.Name.Name[..end] }) + item.Name.Name[end..];
    }

    // The canonical text is the options alone; without one the file's own.
    private static string SequenceOptions(SchemaObject sequence) => sequence.Definition.Canonical ?? ObjectStatement.OptionsOfSequence(sequence.Definition.Text);

    private static string Head(string definition)
    {
        // pg_get_functiondef: the name with arguments on the first line, what it returns on the second.
        var lines = definition.Split('\n', 3);
        return lines.Length > 1 ? lines[0] + "\n" + lines[1] : definition;
    }

    // Bodies are text; what they name counts. Ordinary literals hold names too rarely to look into.
    private static void Collect(string sql, HashSet<string> names, int depth)
    {
        var lexer = new PostgresLexer(sql);
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            switch (token.Kind)
            {
                case SqlTokenKind.Word:
                    names.Add(sql[token.Start..token.End].ToLowerInvariant());
                    break;
                case SqlTokenKind.QuotedName:
                    names.Add(sql[(token.Start + 1)..(token.End - 1)].Replace("\"\"", "\"", StringComparison.Ordinal));
                    break;
                case SqlTokenKind.Text when depth == 0 && sql[token.Start] == '$' && sql.IndexOf('$', token.Start + 1) is > 0 and var tag && token.End - 2 * (tag + 1 - token.Start) > token.Start:
                    Collect(sql[(tag + 1)..(token.End - (tag + 1 - token.Start))], names, depth + 1);
                    break;
            }
        }
    }
}
