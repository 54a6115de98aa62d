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
    public override string Held => "views, materialized views and their indexes, functions, procedures, triggers, sequences that no column owns, domains, extensions, and grants to one role on one table, view, sequence, routine or schema";

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
        ObjectKind.TableComment or ObjectKind.ColumnComment or ObjectKind.Deferrable or ObjectKind.RowSecurity or ObjectKind.Sequence or ObjectKind.Extension or ObjectKind.Generated or ObjectKind.Grant => true,

        // Its type stays; the rest is added to it and taken from it, also while columns use it.
        ObjectKind.Domain => DomainChange.IsInPlace(before, after),

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
            ObjectKind.Grant => GrantStatement.Statements(clause),
            _ => [clause],
        };
    }

    /// <inheritdoc />
    public override ImmutableArray<string> CreateOver(SchemaObject item, Func<QualifiedName, string> write) => item.Kind switch
    {
        // In place where that can be, so that grants, values and rows stay.
        ObjectKind.View or ObjectKind.Function or ObjectKind.Procedure => [ObjectStatement.OrReplace(item.Definition.Text)],
        ObjectKind.Sequence or ObjectKind.MaterializedView or ObjectKind.Extension => [ObjectStatement.IfNotExists(item.Definition.Text)],
        ObjectKind.Check or ObjectKind.Exclusion => [.. Drop(item, write).Select(s => s.Replace(" DROP CONSTRAINT ", " DROP CONSTRAINT IF EXISTS ", StringComparison.Ordinal)), .. Create(item, write)],
        ObjectKind.Index or ObjectKind.Policy or ObjectKind.Trigger => [.. Drop(item, write).Select(IfExists), .. Create(item, write)],
        _ => Create(item, write),
    };

    /// <inheritdoc />
    public override string? Statement(SchemaObject item) => item.Kind switch
    {
        // Whether a trigger is on stands behind its text; only those that are on as usual are made by it alone.
        ObjectKind.Trigger => item.Definition.Canonical?.EndsWith(" O", StringComparison.Ordinal) == true ? item.Definition.Text : null,
        ObjectKind.Grant => GrantStatement.Of(item) is null ? null : item.Definition.Text,
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
            ObjectKind.Grant => Revoke(item, write) is { } revoke ? [revoke] : [],
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
        ObjectKind.Domain => DomainChange.Write(before, after, write(after.Name)),
        ObjectKind.Extension or ObjectKind.Generated => [],
        ObjectKind.Grant => [.. Lost(before, after, write), .. GrantStatement.Statements(after.Definition.Text)],
        _ => Create(after, write),
    };

    /// <inheritdoc />
    public override ImmutableArray<string> SetAside(SchemaObject item, string name, Func<QualifiedName, string> write)
    {
        var kind = item.Kind switch
        {
            ObjectKind.Sequence => "SEQUENCE",
            ObjectKind.Domain => "DOMAIN",
            ObjectKind.Function => "FUNCTION",
            ObjectKind.View => "VIEW",
            ObjectKind.MaterializedView => "MATERIALIZED VIEW",
            _ => null,
        };
        if (kind is null) return [];
        var aside = $"ALTER {kind} {(item.Kind == ObjectKind.Function ? Routine(item, write) : write(item.Name))} RENAME TO {PostgresNames.Quote(name)}";
        return item.Kind == ObjectKind.Domain ? [.. DomainChange.SetConstraintsAside(item, write(item.Name), name), aside] : [aside];
    }

    // A table that moved has another namespace than the text says.
    private static string? Revoke(SchemaObject item, Func<QualifiedName, string> write) =>
        GrantStatement.Of(item)?.Revoke(null, item.Uses.Items is [var target] ? target.Name : null, write);

    private static IEnumerable<string> Lost(SchemaObject before, SchemaObject after, Func<QualifiedName, string> write)
    {
        if (before.Definition.Canonical is not { } old || after.Definition.Canonical is not { } next) return Revoke(before, write) is { } all ? [all] : [];
        return GrantStatement.Of(after) is { } grant ? GrantStatement.Lost(old, next).Select(p => grant.Revoke(p, null, write)) : [];
    }

    // Behind DROP and the word for what it is.
    private static string IfExists(string drop)
    {
        var end = drop.IndexOf(' ', "DROP ".Length);
        return drop[..end] + " IF EXISTS" + drop[end..];
    }

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

    /// <summary>A function or procedure with the types of its arguments, as DROP takes it.</summary>
    internal static string Routine(SchemaObject item, Func<QualifiedName, string> write)
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

    // Bodies are text, between dollars or behind AS; what they name counts. Other literals hold names too rarely to look into.
    private static void Collect(string sql, HashSet<string> names, int depth)
    {
        var lexer = new PostgresLexer(sql);
        var isBehindAs = false;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            var isBody = isBehindAs && depth == 0;
            isBehindAs = token.Kind == SqlTokenKind.Word && sql.AsSpan(token.Start, token.End - token.Start).Equals("AS", StringComparison.OrdinalIgnoreCase);
            switch (token.Kind)
            {
                case SqlTokenKind.Word:
                    names.Add(sql[token.Start..token.End].ToLowerInvariant());
                    break;
                case SqlTokenKind.QuotedName:
                    names.Add(sql[(token.Start + 1)..(token.End - 1)].Replace("\"\"", "\"", StringComparison.Ordinal));
                    break;
                case SqlTokenKind.Text when isBody && sql[token.Start] == '\'' && token.End - token.Start > 2:
                    Collect(sql[(token.Start + 1)..(token.End - 1)].Replace("''", "'", StringComparison.Ordinal), names, depth + 1);
                    break;
                case SqlTokenKind.Text when depth == 0 && sql[token.Start] == '$' && sql.IndexOf('$', token.Start + 1) is > 0 and var tag && token.End - 2 * (tag + 1 - token.Start) > token.Start:
                    Collect(sql[(tag + 1)..(token.End - (tag + 1 - token.Start))], names, depth + 1);
                    break;
            }
        }
    }
}
