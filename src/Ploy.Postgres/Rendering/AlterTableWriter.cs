using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;

namespace Ploy.Postgres.Rendering;

/// <summary>Writes one ALTER TABLE: all clauses in one statement, sequences around it.</summary>
internal sealed class AlterTableWriter(AlterTable table, PostgresNameWriter names, PostgresColumns columns, SequenceUses sequences, IReadOnlySet<QualifiedName> replacedEnums)
    : TableChangeVisitor<bool>
{
    private readonly List<string> _first = [];
    private readonly List<string> _clauses = [];
    private readonly List<string> _renames = [];
    private readonly List<string> _last = [];

    private string TableName => names.Before(table.Before.Name);

    /// <summary>The statements in order; none where nothing is to be done.</summary>
    public ImmutableArray<string> Write()
    {
        foreach (var inner in table.Changes) inner.Accept(this);
        if (_clauses.Count > 0) _first.Add($"ALTER TABLE {TableName} {string.Join(",\n", _clauses)}");
        return [.. _first, .. _renames, .. _last];
    }

    public override bool Visit(AddColumn change) => Clause("ADD COLUMN " + columns.Define(change.Column));

    public override bool Visit(DropColumn change) => Clause("DROP COLUMN " + PostgresNames.Quote(change.Column.Name));

    public override bool Visit(RecreateColumn change) =>
        Clause("DROP COLUMN " + PostgresNames.Quote(change.Before.Name)) && Clause("ADD COLUMN " + columns.Define(change.After));

    public override bool Visit(DropPrimaryKey change) => Clause("DROP CONSTRAINT " + PostgresNames.Quote(change.Key.Name!));

    public override bool Visit(AddPrimaryKey change) => Clause("ADD " + PostgresRenderer.PrimaryKey(change.Key, ", "));

    public override bool Visit(RenamePrimaryKey change)
    {
        // A key that is made anew has its new name from the beginning.
        if (!table.Changes.Any(c => c is AddPrimaryKey))
            _renames.Add(PostgresRenderer.RenameConstraint(names, table.Before, change.Before.Name!, change.After.Name!));
        return true;
    }

    public override bool Visit(AlterColumn change)
    {
        if (change.Aspects.HasFlag(ColumnAspects.Arity)) AlterArity(change);
        if (Cast(change) is { } cast)
        {
            AlterTypeBy(change, cast);
            return true;
        }

        if (change.Aspects.HasFlag(ColumnAspects.Default)) AlterDefault(change);
        if (change.Aspects.HasFlag(ColumnAspects.AutoIncrement)) AlterAutoIncrement(change);
        if (change.Aspects.HasFlag(ColumnAspects.Generated)) Clause(change, "DROP EXPRESSION");
        if (change.TypeChange is not null || IsList(change.Before) != IsList(change.After)) AlterType(change);
        return true;
    }

    private static bool IsList(Column column) => column.Type.Arity == ColumnArity.List;

    private void AlterArity(AlterColumn column)
    {
        if (column.Before.Type.Arity != ColumnArity.Nullable && column.After.Type.Arity == ColumnArity.Nullable) Clause(column, "DROP NOT NULL");
        if (column.Before.Type.Arity != ColumnArity.Required && column.After.Type.Arity == ColumnArity.Required) Clause(column, "SET NOT NULL");
    }

    private void AlterDefault(AlterColumn column)
    {
        if (column.After.Default is { } value && PostgresValues.Default(value, columns.TypeOf(column.After)) is { } text)
            Clause(column, "SET DEFAULT " + text);
        else
            Clause(column, "DROP DEFAULT");
    }

    private void AlterAutoIncrement(AlterColumn column)
    {
        if (column.Before.IsAutoIncrement)
        {
            // Behind a new default too, as the engine has it: within one ALTER TABLE PostgreSQL drops defaults before it sets any.
            Clause(column, "DROP DEFAULT");

            // An identity has no default and takes its sequence along; where the migrations lead to a serial column, the rest is for that.
            var isIdentity = sequences.IsIdentity(table.Before, column.Before);
            if (isIdentity) _first.Add($"ALTER TABLE {TableName} ALTER COLUMN {PostgresNames.Quote(column.Before.Name)} DROP IDENTITY IF EXISTS");
            if (!sequences.Stays(column.Before, table.After, column.After)) _last.Add($"DROP SEQUENCE {(isIdentity ? "IF EXISTS " : "")}{OldSequence(column.Before, isIdentity ? "" : "IF EXISTS ")}");
            return;
        }

        var sequence = NewSequence(column.After.Name);
        _first.Add($"CREATE SEQUENCE {sequence}");
        Clause(column, $"SET DEFAULT nextval({PostgresNames.Literal(sequence)})");
        _last.Add($"ALTER SEQUENCE {sequence} OWNED BY {TableName}.{PostgresNames.Quote(column.After.Name)}");
    }

    private void AlterType(AlterColumn column)
    {
        Clause(column, "SET DATA TYPE " + columns.TypeOf(column.After));

        // The sequence of a serial column counts as far as the column's type did.
        if (column.Before.IsAutoIncrement && column.After.IsAutoIncrement && !sequences.IsApart(column.Before, table.After))
            _last.Add($"ALTER SEQUENCE {OldSequence(column.Before, "IF EXISTS ")} AS {columns.TypeOf(column.After)}");
    }

    // Columns of an enum that is replaced were cast before, those that become lists or cease to be too.
    /// <summary>How the values are cast, where PostgreSQL does not do it of itself; null where it does or the type stays.</summary>
    private string? Cast(AlterColumn column) => column.TypeChange is null
        ? IsList(column.Before) == IsList(column.After) || column.After.Type.Enum is not { } label || replacedEnums.Contains(label) ? null
        : PostgresCasts.UsingOfEnum(column.Before.Type, column.After.Type, PostgresNames.Quote(column.Before.Name), columns.TypeOf(column.After))
        : PostgresCasts.Using(column.Before.Type, column.After.Type, PostgresNames.Quote(column.Before.Name), columns.TypeOf(column.After));

    /// <summary>The default before has no cast either, not even with the values': it goes first, and the one after is set whether it is new or not.</summary>
    private void AlterTypeBy(AlterColumn column, string cast)
    {
        if (column.Before.Type.Arity == ColumnArity.Required && IsList(column.After)) Clause(column, "DROP NOT NULL");
        if (column.Before.Default is not null) Clause(column, "DROP DEFAULT");
        Clause(column, $"SET DATA TYPE {columns.TypeOf(column.After)} USING {cast}");
        if (column.After.Default is not null && !column.After.IsAutoIncrement) AlterDefault(column);
        if (column.Aspects.HasFlag(ColumnAspects.AutoIncrement)) AlterAutoIncrement(column);
    }

    /// <summary>The sequence of a column before: its name where the database told it, else the one that SERIAL gives, which may be gone.</summary>
    private string OldSequence(Column before, string unlessGone) => SequenceUses.NameOf(before) is { } name
        ? names.Before(name with { Namespace = name.Namespace ?? table.Before.Name.Namespace })
        : unlessGone + names.BeforeIn(table.Before.Name, IdentifierRules.SerialSequence(table.Before.Name.Name, before.Name));

    /// <summary>As the engine names it, without quotes and so in lower case, where that is a name that PostgreSQL reads back as the same.</summary>
    private string NewSequence(string column)
    {
        var owner = table.After.Name;
        var name = $"{owner.Name}_{column}_seq".ToLowerInvariant();
        return names.NamespacePrefix(owner) + (IsPlain(name) ? name : PostgresNames.Quote(IdentifierRules.SerialSequence(owner.Name, column)));
    }

    private static bool IsPlain(string name)
    {
        if (char.IsAsciiDigit(name[0]) || name[0] == '$') return false;
        foreach (var c in name)
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '$' || c > '\u007f')) return false;
        return true;
    }

    private bool Clause(string text)
    {
        _clauses.Add(text);
        return true;
    }

    private void Clause(AlterColumn column, string text) => Clause($"ALTER COLUMN {PostgresNames.Quote(column.Before.Name)} {text}");
}
