using System.Collections.Immutable;
using System.Text;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Ploy.Client.Mapping;
using Ploy.Language.Semantics;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;
using DatabaseAction = Ploy.Relational.Model.ReferentialAction;
using EfAction = Microsoft.EntityFrameworkCore.Migrations.ReferentialAction;

namespace Ploy.Client.Tests.Generator;

/// <summary>Says which of the known differences an operation is: it must fit its kind in every part, and what undoes it must be there where the kind is a pair.</summary>
internal sealed class DifferenceClassifier(SchemaSample sample, ImmutableArray<ClientWarning> warnings, IReadOnlyList<MigrationOperation> operations)
{
    /// <summary>Null for one that is not known.</summary>
    public KnownDifference? Of(MigrationOperation operation) => operation switch
    {
        AlterColumnOperation alter => Altered(alter),
        AddColumnOperation add when IsEnum(add.Table, add.Name) && add.IsNullable == (Column(add.Table, add.Name)!.Type.Arity != ColumnArity.Required) => KnownDifference.EnumColumn,
        DropColumnOperation drop when IsLeftOut(drop.Table, drop.Name) => KnownDifference.LeftOut,
        // One gone and another come, which EF Core takes for the same.
        RenameColumnOperation rename when IsLeftOut(rename.Table, rename.Name) && IsEnum(rename.Table, rename.NewName) => KnownDifference.EnumColumn,
        DropTableOperation drop when IsLeftOut(drop.Name) || IsJoinLeftOut(drop.Name) => KnownDifference.LeftOut,
        CreateIndexOperation index => Created(index),
        DropIndexOperation index => Dropped(index),
        AddPrimaryKeyOperation key => AddedKey(key),
        DropPrimaryKeyOperation key => DroppedKey(key),
        AddForeignKeyOperation key => AddedForeignKey(key),
        DropForeignKeyOperation key => DroppedForeignKey(key),
        AddUniqueConstraintOperation key when Index(key.Table, key.Name) is { IsUnique: true } made && Covers(made, key.Columns) && IsTarget(key.Table, key.Columns) => KnownDifference.IndexAsKey,
        DropUniqueConstraintOperation key => DroppedUnique(key),
        _ => null,
    };

    private KnownDifference? Altered(AlterColumnOperation alter)
    {
        if (Column(alter.Table, alter.Name, alter.Schema) is not { } column) return null;
        KnownDifference? known = null;
        foreach (var aspect in ModelComparison.Aspects(alter))
        {
            known = aspect switch
            {
                // The scaffolder knows arrays of enums as arrays of texts.
                "type" or "default" when column.Type is { Family: TypeFamily.Enum, Arity: ColumnArity.List } && alter.ColumnType?.EndsWith("[]", StringComparison.Ordinal) == true => KnownDifference.EnumColumn,
                "type" when sample.IsPostgres && StoreTypes.Postgres(column.Type) == alter.ColumnType => KnownDifference.FormOfType,
                "default" when column.Default is not null && DefaultForm.AreSame(alter, alter.OldColumn) => KnownDifference.FormOfDefault,
                "annotations" when !sample.IsPostgres && !Counts(alter.Table, alter.Name) && ModelComparison.AnnotationsThatDiffer(alter).SetEquals(["Sqlite:Autoincrement"]) => KnownDifference.SqliteRowId,
                "default" when column.Default is DefaultValue.Expression { Sql.Text: var said } && alter.DefaultValueSql == said && alter.OldColumn.DefaultValueSql is not null => KnownDifference.FormOfDefault,
                // By its name, which may be cut, the scaffolder does not know a serial column's sequence.
                "default" or "annotations" when column.Default is DefaultValue.NextValue && IsSequenceWithCutName(alter) => KnownDifference.FormOfDefault,
                "computed" when column.Generated is { } sql && alter.ComputedColumnSql == sql.Text && alter.OldColumn.ComputedColumnSql is not null && alter.IsStored == alter.OldColumn.IsStored => KnownDifference.FormOfDefault,
                // Where a relation refers to a column that takes null, EF Core's key asks for a value; the client has no such key.
                "nullability" when alter.IsNullable && column.Type.Arity != ColumnArity.Required && Targets(alter.Table, alter.Name) => KnownDifference.IndexAsKey,
                _ => null,
            };
            if (known is null) return null;
        }

        return known;
    }

    private static bool IsSequenceWithCutName(AlterColumnOperation alter) =>
        Encoding.UTF8.GetByteCount($"{alter.Table}_{alter.Name}_seq") > IdentifierRules.MaxBytes && ModelComparison.AnnotationsThatDiffer(alter).SetEquals(["Npgsql:ValueGenerationStrategy"])
        && alter is { DefaultValueSql: null, DefaultValue: null } && alter.OldColumn.DefaultValueSql?.StartsWith("nextval('", StringComparison.Ordinal) == true;

    private KnownDifference? Created(CreateIndexOperation index)
    {
        if (Index(index.Table, index.Name) is not { } made) return IsOfDirective(index) ? KnownDifference.FormOfIndex : null;
        if (!Covers(made, index.Columns)) return null;
        var isAsUnique = index.IsUnique == made.IsUnique || !made.Parts.All(p => IsComparable(index.Table, p.Column));
        if (!isAsUnique) return null;
        if (index.Columns.Any(c => IsEnum(index.Table, c))) return KnownDifference.EnumColumn;
        // The scaffolder takes it for a key where a relation refers to it that the client does not have.
        if (made.IsUnique && sample.Database.Tables.Any(t => t.ForeignKeys.Any(k => k.Target.Name == index.Table && k.TargetColumns.SequenceEqual(index.Columns) && IsRelationLeftOut(t.Name.Name, k))))
            return KnownDifference.IndexAsKey;
        if (!operations.OfType<DropIndexOperation>().Any(d => d.Table == index.Table && d.Name == index.Name)) return null;
        var hasForm = index.IsUnique != made.IsUnique || made.Predicate is not null || made.Parts.Any(p => p.OperatorClass is not null);
        return hasForm ? KnownDifference.FormOfIndex : null;
    }

    private KnownDifference? Dropped(DropIndexOperation index)
    {
        if (Index(index.Table, index.Name) is not { } made)
            return operations.OfType<CreateIndexOperation>().Any(c => c.Table == index.Table && c.Name == index.Name && IsOfDirective(c)) ? KnownDifference.FormOfIndex : null;
        if (IsLeftOut(index.Table!) || made.Parts.Any(p => IsLeftOut(index.Table, p.Column))) return KnownDifference.LeftOut;
        if (operations.OfType<CreateIndexOperation>().FirstOrDefault(c => c.Table == index.Table && c.Name == index.Name) is { } again) return Created(again);
        if (!made.IsUnique) return null;
        var isKey = operations.OfType<AddPrimaryKeyOperation>().Any(k => k.Table == index.Table && Covers(made, k.Columns))
            || operations.OfType<AddUniqueConstraintOperation>().Any(k => k.Table == index.Table && k.Name == index.Name && Covers(made, k.Columns));
        return isKey ? KnownDifference.IndexAsKey : null;
    }

    /// <summary>An index of a directive, whose predicate the server prints in another form: in EF Core's words it must say what the directive says.</summary>
    private bool IsOfDirective(CreateIndexOperation index)
    {
        if (Table(index.Table)?.Objects.ToImmutableArray().FirstOrDefault(o => o.Kind == ObjectKind.Index && o.Name.Name == index.Name) is not { } item) return false;
        if (!operations.OfType<DropIndexOperation>().Any(d => d.Table == index.Table && d.Name == index.Name)) return false;
        var method = sample.IsPostgres ? $"USING {index["Npgsql:IndexMethod"] ?? "btree"} " : "";
        var keys = index.Columns.Select((c, i) => $"\"{c}\"" + (index.IsDescending is { } down && (down.Length == 0 || down[i]) ? " DESC" : ""));
        var said = (index.IsUnique ? "UNIQUE " : "") + $"{method}({string.Join(", ", keys)})"
            + (index["Npgsql:IndexInclude"] is string[] { Length: > 0 } included ? $" INCLUDE ({string.Join(", ", included.Select(c => $"\"{c}\""))})" : "")
            + (index["Npgsql:NullsDistinct"] is false ? " NULLS NOT DISTINCT" : "");
        return item.Definition.Text == said + (index.Filter is null ? "" : $" WHERE {index.Filter}") || item.Definition.Text == $"{said} WHERE ({index.Filter})";
    }

    private KnownDifference? AddedKey(AddPrimaryKeyOperation key)
    {
        if (Table(key.Table) is not { } table) return null;
        if (table.PrimaryKey is null) return table.Indexes.Any(i => i.IsUnique && Covers(i, key.Columns)) ? KnownDifference.IndexAsKey : null;
        if (!table.PrimaryKey.Parts.Select(p => p.Column).SequenceEqual(key.Columns)) return null;
        if (sample.IsPostgres) return HasLostKey(key.Table) ? KnownDifference.EnumColumn : null;
        return operations.OfType<DropPrimaryKeyOperation>().Any(d => d.Table == key.Table) ? KnownDifference.SqliteConstraintName : null;
    }

    private KnownDifference? DroppedKey(DropPrimaryKeyOperation key)
    {
        if (IsLeftOut(key.Table) || Warned("PLOY4006", Model(key.Table)?.Name)) return KnownDifference.LeftOut;
        if (operations.OfType<AddPrimaryKeyOperation>().FirstOrDefault(k => k.Table == key.Table) is { } again) return AddedKey(again);
        return sample.IsPostgres && HasLostKey(key.Table) ? KnownDifference.EnumColumn : null;
    }

    private KnownDifference? AddedForeignKey(AddForeignKeyOperation key)
    {
        var made = Table(key.Table)?.ForeignKeys.FirstOrDefault(k => k.Columns.SequenceEqual(key.Columns) && k.Target.Name == key.PrincipalTable && k.TargetColumns.SequenceEqual(key.PrincipalColumns ?? []));
        if (made is null) return sample.Model.Datasource!.RelationMode == RelationMode.Prisma && IsRelation(key) ? KnownDifference.RelationModePrisma : null;
        var columns = key.Columns.Select(c => Column(key.Table, c)!).ToList();
        var (isAction, isUnsayable) = (made.OnDelete, key.OnDelete) switch
        {
            (DatabaseAction.Cascade, EfAction.Cascade) or (DatabaseAction.Restrict, EfAction.Restrict) or (DatabaseAction.NoAction, EfAction.NoAction) or (DatabaseAction.SetNull, EfAction.SetNull) => (true, false),
            (DatabaseAction.SetDefault, EfAction.NoAction) => (false, true),
            (DatabaseAction.SetNull, EfAction.NoAction) => (false, columns.All(c => c.Type.Arity == ColumnArity.Required)),
            _ => (false, false),
        };
        if (isUnsayable) return KnownDifference.ReferentialAction;
        if (!isAction) return null;
        if (!sample.IsPostgres) return operations.OfType<DropForeignKeyOperation>().Any(d => IsScaffoldedName(d, made)) ? KnownDifference.SqliteConstraintName : null;
        var hasEnum = key.Columns.Any(c => IsEnum(key.Table, c)) || made.TargetColumns.Any(c => IsEnum(key.PrincipalTable, c));
        return hasEnum || HasLostKey(key.PrincipalTable) || HasLostKey(key.Table) ? KnownDifference.EnumColumn : null;
    }

    private KnownDifference? DroppedForeignKey(DropForeignKeyOperation key)
    {
        var candidates = Table(key.Table)?.ForeignKeys.Where(k => sample.IsPostgres ? k.Name == key.Name : IsScaffoldedName(key, k)).ToList() ?? [];
        foreach (var made in candidates)
        {
            if (operations.OfType<AddForeignKeyOperation>().FirstOrDefault(a => a.Table == key.Table && a.Columns.SequenceEqual(made.Columns) && a.PrincipalTable == made.Target.Name) is { } again)
                return AddedForeignKey(again);
            if (IsRelationLeftOut(key.Table, made)) return KnownDifference.LeftOut;
        }

        return null;
    }

    /// <summary>The scaffolder makes a key of each unique index that a foreign key refers to; the client only where it has the relation.</summary>
    private KnownDifference? DroppedUnique(DropUniqueConstraintOperation key)
    {
        var referring = sample.Database.Tables.SelectMany(t => t.ForeignKeys.Where(k => k.Target.Name == key.Table).Select(k => (t.Name.Name, Key: k))).ToList();
        if (operations.OfType<AddUniqueConstraintOperation>().Any(a => a.Table == key.Table && referring.Any(r => r.Key.TargetColumns.SequenceEqual(a.Columns)))) return KnownDifference.IndexAsKey;
        return referring.Any(r => IsRelationLeftOut(r.Name, r.Key) && Table(key.Table)!.Indexes.Any(i => i.IsUnique && Covers(i, r.Key.TargetColumns.ToArray()))) ? KnownDifference.LeftOut : null;
    }

    /// <summary>How EF Core's scaffolder calls a foreign key that has no name: SQLite's have none.</summary>
    private static bool IsScaffoldedName(DropForeignKeyOperation key, ForeignKey made) =>
        key.Name.StartsWith($"FK_{key.Table}_{made.Target.Name}_{string.Join('_', made.Columns)}", StringComparison.Ordinal) || key.Name.EndsWith('~');

    private bool IsRelationLeftOut(string table, ForeignKey made)
    {
        if (IsLeftOut(table) || IsLeftOut(made.Target.Name) || made.Columns.Any(c => IsLeftOut(table, c)) || made.TargetColumns.Any(c => IsLeftOut(made.Target.Name, c))) return true;
        if (Model(table) is not { } model) return IsJoinLeftOut(table);
        return model.RelationFields.Any(r => r.Fields.Length > 0 && (r.IsIgnored || BackIsIgnored(model, r) || Warned("PLOY4002", $"{model.Name}.{r.Name}"))
            && r.Fields.Select(f => model.ScalarFields.First(s => s.Name == f).ColumnName).SequenceEqual(made.Columns));
    }

    private bool BackIsIgnored(Model model, RelationField field) =>
        sample.Model.Relations.OfType<Relation.ForeignKey>().Any(r => r.Model == model.Name && r.Field.Name == field.Name && r.BackField?.IsIgnored == true);

    private bool IsRelation(AddForeignKeyOperation key) => sample.Model.Relations.OfType<Relation.ForeignKey>().Any(r =>
        sample.Model.FindModel(r.Model)?.DatabaseName == key.Table && sample.Model.FindModel(r.Target)?.DatabaseName == key.PrincipalTable && r.Field.Fields.Length == key.Columns.Length)
        || (key.Columns is ["A"] or ["B"] && Model(key.Table) is null);

    private bool IsJoinLeftOut(string table) => sample.Model.Relations.OfType<Relation.ManyToMany>().Any(r => ("_" + r.Name).StartsWith(table, StringComparison.Ordinal)
        && (r.FieldA.IsIgnored || r.FieldB.IsIgnored || new[] { r.ModelA, r.ModelB }.Any(m => sample.Model.FindModel(m) is { IsIgnored: true } || Warned("PLOY4006", m))));

    private bool Counts(string table, string column) => Model(table)?.ScalarFields.First(f => sample.Stored(f.ColumnName) == column).Default is DefaultModel.AutoIncrement;

    private bool Warned(string code, string? name) => name is not null && warnings.Any(w => w.Code == code && w.Message.Contains($"`{name}`", StringComparison.Ordinal));

    private Table? Table(string? name) => sample.Database.Tables.FirstOrDefault(t => sample.Stored(t.Name.Name) == name);

    private Model? Model(string? table) => sample.Model.Models.FirstOrDefault(m => sample.Stored(m.DatabaseName) == table);

    private Column? Column(string? table, string name, string? space = null) =>
        (sample.Database.Tables.FirstOrDefault(t => sample.Stored(t.Name.Name) == table && t.Name.Namespace == space) ?? Table(table))?.Columns.FirstOrDefault(c => sample.Stored(c.Name) == name);

    private TableIndex? Index(string? table, string? name) => Table(table)?.Indexes.FirstOrDefault(i => i.Name == name);

    private bool IsEnum(string? table, string column) => sample.IsPostgres && Column(table, column)?.Type.Family == TypeFamily.Enum;

    private bool HasLostKey(string? table) => Table(table)?.PrimaryKey is { } key ? key.Parts.Any(p => IsEnum(table, p.Column)) : Table(table)?.Columns.Any(c => IsEnum(table, c.Name)) == true;

    private bool IsComparable(string? table, string column) => Column(table, column)!.Type is { Arity: not ColumnArity.List, Family: not TypeFamily.Json };

    private bool IsTarget(string? table, string[] columns) => sample.Model.Relations.OfType<Relation.ForeignKey>().Any(r => sample.Model.FindModel(r.Target) is { } target
        && target.DatabaseName == table && r.Field.References.Select(f => target.ScalarFields.First(s => s.Name == f).ColumnName).SequenceEqual(columns));

    private bool Targets(string? table, string column) => sample.Database.Tables.SelectMany(t => t.ForeignKeys).Any(k => k.Target.Name == table && k.TargetColumns.Contains(column));

    private bool IsLeftOut(string table) => Model(table) is { IsIgnored: true };

    private bool IsLeftOut(string? table, string column) => Model(table)?.ScalarFields.FirstOrDefault(f => f.ColumnName == column) is { } field && (field.IsIgnored || field.Type is FieldType.Unsupported);

    private bool Covers(TableIndex index, string[] columns) => index.Parts.Select(p => sample.Stored(p.Column!)).SequenceEqual(columns);
}
