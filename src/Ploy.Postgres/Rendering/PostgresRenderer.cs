using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>Writes the statements of each change of one difference.</summary>
internal sealed class PostgresRenderer : SchemaChangeVisitor<ImmutableArray<string>>
{
    private readonly PostgresNameWriter _names;
    private readonly PostgresColumns _columns;
    private readonly SequenceUses _sequences;
    private readonly KeptPrivileges _privileges;
    private readonly KeptComments _comments;
    private readonly HashSet<QualifiedName> _replacedEnums;

    public PostgresRenderer(SchemaDifference difference)
    {
        _names = new PostgresNameWriter(difference);
        _columns = new PostgresColumns(_names);
        _sequences = new SequenceUses(difference);
        _privileges = new KeptPrivileges(difference, _names);
        _comments = new KeptComments(difference, _names);
        _replacedEnums = [.. difference.Changes.OfType<AlterEnum>().Where(c => !c.Removed.IsEmpty).Select(c => c.After.Name)];
    }

    public override ImmutableArray<string> Visit(CreateNamespace change) => [$"CREATE SCHEMA IF NOT EXISTS {PostgresNames.Quote(change.Name)}"];

    public override ImmutableArray<string> Visit(DropExtension change) => [$"DROP EXTENSION {PostgresNames.Quote(change.Extension.Name)}"];

    public override ImmutableArray<string> Visit(CreateExtension change)
    {
        var extension = change.Extension;
        var space = string.IsNullOrEmpty(extension.Namespace) ? "" : " SCHEMA " + PostgresNames.Quote(extension.Namespace);
        var version = string.IsNullOrEmpty(extension.Version) ? "" : " VERSION " + PostgresNames.Quote(extension.Version);
        var with = space.Length + version.Length > 0 ? " WITH" : "";
        return [$"CREATE EXTENSION IF NOT EXISTS {PostgresNames.Quote(extension.Name)}{with}{space}{version}"];
    }

    public override ImmutableArray<string> Visit(CreateEnum change) =>
        [$"CREATE TYPE {_names.After(change.Enum.Name)} AS ENUM ({Labels(change.Enum)})"];

    public override ImmutableArray<string> Visit(AlterEnum change) => change.Removed.IsEmpty ? AddLabels(change) : ReplaceEnum(change);

    public override ImmutableArray<string> Visit(DropEnum change) => [$"DROP TYPE {_names.Before(change.Enum.Name)}"];

    public override ImmutableArray<string> Visit(DropForeignKey change) =>
        [$"ALTER TABLE {_names.Before(change.Before.Name)} DROP CONSTRAINT {PostgresNames.Quote(change.ForeignKey.Name!)}"];

    public override ImmutableArray<string> Visit(DropIndex change) =>
    [
        // The index of a constraint goes with the constraint alone.
        change.Index.IsConstraint
            ? $"ALTER TABLE {_names.Before(change.Table.Name)} DROP CONSTRAINT {PostgresNames.Quote(change.Index.Name)}"
            : $"DROP INDEX {_names.BeforeIn(change.Table.Name, change.Index.Name)}",
    ];

    public override ImmutableArray<string> Visit(AlterTable change) =>
        [.. new AlterTableWriter(change, _names, _columns, _sequences, _replacedEnums).Write(), .. _comments.Of(change)];

    public override ImmutableArray<string> Visit(DropTable change) => [$"DROP TABLE {_names.Before(change.Table.Name)}"];

    public override ImmutableArray<string> Visit(CreateTable change)
    {
        var table = change.Table;
        var columns = string.Join(",\n", table.Columns.Select(_columns.Define));
        var key = table.PrimaryKey is { } primary ? $",\n\n{PostgresColumns.Indent}{PrimaryKey(primary, ",")}" : "";
        return [$"CREATE TABLE {_names.After(table.Name)} (\n{columns}{key}\n)"];
    }

    public override ImmutableArray<string> Visit(RedefineTables change) =>
        throw new System.Diagnostics.UnreachableException("PostgreSQL changes every table in place.");

    public override ImmutableArray<string> Visit(CreateIndex change)
    {
        var index = change.Index;
        var unique = index.IsUnique ? "UNIQUE " : "";
        var method = index.Method is null or "btree" ? "" : $" USING {index.Method.ToUpperInvariant()} ";
        var predicate = index.Predicate is { } where ? " WHERE " + PredicateText.InParentheses(where.Text) : "";
        var parts = string.Join(", ", index.Parts.Select(Part));
        return [$"CREATE {unique}INDEX {PostgresNames.Quote(index.Name)} ON {_names.After(change.After.Name)}{method}({parts}){predicate}", .. _comments.Of(change)];
    }

    public override ImmutableArray<string> Visit(RenameForeignKey change) => [RenameConstraint(_names, change.Before, change.BeforeKey.Name!, change.AfterKey.Name!)];

    public override ImmutableArray<string> Visit(AddForeignKey change)
    {
        var key = change.ForeignKey;
        return
        [
            $"ALTER TABLE {_names.After(change.Table.Name)} ADD CONSTRAINT {PostgresNames.Quote(key.Name!)}"
                + $" FOREIGN KEY ({Names(key.Columns)}) REFERENCES {_names.After(key.Target)}({Names(key.TargetColumns)})"
                + $" ON DELETE {Action(key.OnDelete)} ON UPDATE {Action(key.OnUpdate)}",
            .. _comments.Of(change),
        ];
    }

    public override ImmutableArray<string> Visit(RenameIndex change) =>
        [$"ALTER INDEX {_names.BeforeIn(change.Before.Name, change.BeforeIndex.Name)} RENAME TO {PostgresNames.Quote(change.AfterIndex.Name)}"];

    public override ImmutableArray<string> Visit(RedefineIndex change) =>
    [
        .. new DropIndex(change.Before, change.BeforeIndex).Accept(this),
        .. new CreateIndex(change.Before, change.After, change.AfterIndex, IsRecreated: false).Accept(this),
        .. _comments.Of(change),
    ];

    public override ImmutableArray<string> Visit(CreateObject change)
    {
        var rules = PostgresDialect.Instance.Objects;
        var made = change.MayBeThere ? rules.CreateOver(change.Object, _names.After) : rules.Create(change.Object, _names.After);
        if (_privileges.After(change.Object) is { } restore) made = made.Add(restore);
        return [.. made, .. _comments.Of(change)];
    }

    public override ImmutableArray<string> Visit(DropObject change)
    {
        if (change.Reason == ObjectReason.WithOwner) return [];
        var dropped = PostgresDialect.Instance.Objects.Drop(change.Object, _names.Before);
        return _privileges.Before(change.Object, _names.Before) is { } keep ? dropped.Insert(0, keep) : dropped;
    }

    public override ImmutableArray<string> Visit(ReplaceObject change) => PostgresDialect.Instance.Objects.Replace(change.Before, change.After, _names.After);

    public override ImmutableArray<string> Visit(AdoptObject change) => [];

    /// <inheritdoc />
    public override ImmutableArray<string> Visit(MoveToNamespace change) =>
        [$"ALTER {(change.IsEnum ? "TYPE" : "TABLE")} {PostgresNames.Quote(change.Before.Namespace, change.Before.Name)} SET SCHEMA {PostgresNames.Quote(change.After.Namespace!)}"]; // found by namespaces

    /// <summary>The key as a table constraint.</summary>
    public static string PrimaryKey(PrimaryKey key, string separator)
    {
        var name = key.Name is null ? "" : $"CONSTRAINT {PostgresNames.Quote(key.Name)} ";
        return $"{name}PRIMARY KEY ({string.Join(separator, key.Parts.Select(p => PostgresNames.Quote(p.Column)))})";
    }

    /// <summary>Renames a constraint of a table before.</summary>
    public static string RenameConstraint(PostgresNameWriter names, Table table, string before, string after) =>
        $"ALTER TABLE {names.Before(table.Name)} RENAME CONSTRAINT {PostgresNames.Quote(before)} TO {PostgresNames.Quote(after)}";

    private static string Part(IndexPart part)
    {
        var operators = part.OperatorClass is null ? "" : " " + part.OperatorClass;
        var order = part.IsDescending ? " DESC" : part.IsAscendingWritten ? " ASC" : "";
        return PostgresNames.Quote(part.Column) + operators + order;
    }

    private static string Names(EquatableArray<string> columns) => string.Join(", ", columns.Select(PostgresNames.Quote));

    private static string Labels(EnumType type) => string.Join(", ", type.Labels.Select(PostgresNames.Literal));

    private static string Action(ReferentialAction action) => action switch
    {
        ReferentialAction.NoAction => "NO ACTION",
        ReferentialAction.Restrict => "RESTRICT",
        ReferentialAction.Cascade => "CASCADE",
        ReferentialAction.SetNull => "SET NULL",
        ReferentialAction.SetDefault => "SET DEFAULT",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private ImmutableArray<string> AddLabels(AlterEnum change)
    {
        var statements = change.Added.Select(l => $"ALTER TYPE {_names.Before(change.Before.Name)} ADD VALUE {PostgresNames.Literal(l)}").ToImmutableArray();
        return statements.Length < 2 ? statements : statements.SetItem(0, ManyLabels + statements[0]);
    }

    private const string ManyLabels =
        """
        -- This migration adds more than one value to an enum.
        -- With PostgreSQL versions 11 and earlier, this is not possible
        -- in a single migration. This can be worked around by creating
        -- multiple migrations, each migration adding only one value to
        -- the enum.



        """;

    /// <summary>PostgreSQL cannot take a label away: another type takes the old one's place in every column.</summary>
    private ImmutableArray<string> ReplaceEnum(AlterEnum change)
    {
        var newName = _names.After(change.NewTypeName);
        var statements = ImmutableArray.CreateBuilder<string>();
        statements.Add("BEGIN");
        statements.Add($"CREATE TYPE {newName} AS ENUM ({Labels(change.After)})");
        foreach (var use in change.Defaults)
            statements.Add($"ALTER TABLE {_names.BeforeItself(use.BeforeTable)} ALTER COLUMN {PostgresNames.Quote(use.Before.Name)} DROP DEFAULT");
        foreach (var use in change.Columns)
        {
            var (column, list) = (PostgresNames.Quote(use.Column.Name), use.Column.Type.Arity == ColumnArity.List ? "[]" : "");
            statements.Add($"ALTER TABLE {_names.After(use.Table)} ALTER COLUMN {column} TYPE {newName}{list} USING ({PostgresCasts.UsingOfReplacedEnum(use, column, newName + list)})");
        }

        statements.Add($"ALTER TYPE {_names.Before(change.Before.Name)} RENAME TO {PostgresNames.Quote(change.OldTypeName.Name)}");
        statements.Add($"ALTER TYPE {newName} RENAME TO {PostgresNames.Quote(change.After.Name.Name)}");
        if (!change.IsOldTypeInUse) statements.Add($"DROP TYPE {_names.BeforeItself(change.OldTypeName)}");
        foreach (var use in change.Defaults)
        {
            if (use.After is not { } column || column.Default is not { } value) continue;
            statements.Add(
                $"ALTER TABLE {_names.Before(use.BeforeTable)} ALTER COLUMN {PostgresNames.Quote(column.Name)}"
                + $" SET DEFAULT {PostgresValues.Default(value, _columns.TypeOf(column))}");
        }

        statements.AddRange(_comments.Of(change));
        statements.Add("COMMIT");
        return statements.ToImmutable();
    }
}
