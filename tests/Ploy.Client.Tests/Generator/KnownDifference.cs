using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Ploy.Client.Mapping;
using Ploy.Relational.Model;

namespace Ploy.Client.Tests.Generator;

/// <summary>The differences between a client's model and its database that docs/client.md explains, in its order and with its numbers.</summary>
internal enum KnownDifference
{
    /// <summary>EF Core's scaffolder reads no names of SQLite's constraints, and invents its own.</summary>
    SqliteConstraintName = 1,

    /// <summary>A default is a value here and an expression there, or one expression in two forms.</summary>
    FormOfDefault = 2,

    /// <summary>The provider's scaffolder leaves out columns of enum types, and with them their indexes and keys.</summary>
    EnumColumn = 3,

    /// <summary>The client leaves it out: <c>@ignore</c>, <c>Unsupported</c>, a relation that EF Core cannot say; PLOY4001, 4002, 4005 or 4006 named it.</summary>
    LeftOut = 4,

    /// <summary>A unique index that stands for a key: a model without <c>@id</c>, the target of a relation, a join table on SQLite.</summary>
    IndexAsKey = 5,

    /// <summary>ON DELETE SET DEFAULT, or SET NULL on required columns, which EF Core has no word for.</summary>
    ReferentialAction = 6,

    /// <summary>An index that EF Core has no word for: over values that it cannot compare, or with operator classes and sort orders in another form.</summary>
    FormOfIndex = 7,

    /// <summary>EF Core's own scaffolder or the provider's prints a type in another form.</summary>
    FormOfType = 8,

    /// <summary>Every whole-number key of SQLite counts for EF Core's scaffolder, also where the schema does not say <c>autoincrement()</c>.</summary>
    SqliteRowId = 9,

    /// <summary>With <c>relationMode = "prisma"</c> the database has no foreign keys, but the client's relations stay relations.</summary>
    RelationModePrisma = 10,
}

/// <summary>Says which of the known differences an operation is.</summary>
internal sealed class DifferenceClassifier(SchemaSample sample, IReadOnlyList<MigrationOperation> operations)
{
    private readonly HashSet<string> _enumTables = [.. sample.Database.Tables.Where(t => t.Columns.Any(c => c.Type.Family == TypeFamily.Enum)).Select(t => t.Name.Name)];

    /// <summary>Null for one that is not known.</summary>
    public KnownDifference? Of(MigrationOperation operation) => operation switch
    {
        AlterColumnOperation alter => Altered(alter, ModelComparison.Aspects(alter)),
        AddColumnOperation add when IsEnum(add.Table, add.Name) => KnownDifference.EnumColumn,
        DropColumnOperation drop when IsLeftOut(drop.Table, drop.Name) => KnownDifference.LeftOut,
        DropTableOperation table when sample.Model.Models.All(m => m.DatabaseName != table.Name || m.IsIgnored) => KnownDifference.LeftOut,
        CreateIndexOperation index when Columns(index.Columns).Any(c => IsEnum(index.Table, c)) => KnownDifference.EnumColumn,
        CreateIndexOperation index when IsIndexOf(index.Table, index.Name) => KnownDifference.FormOfIndex,
        DropIndexOperation index => Dropped(index),
        AddPrimaryKeyOperation key => AddedKey(key),
        DropPrimaryKeyOperation key when !sample.IsPostgres && key.Name.StartsWith("PK_", StringComparison.Ordinal) => KnownDifference.SqliteConstraintName,
        DropPrimaryKeyOperation key when IsLeftOut(key.Table) => KnownDifference.LeftOut,
        DropPrimaryKeyOperation key when _enumTables.Contains(key.Table) => KnownDifference.EnumColumn,
        AddForeignKeyOperation key => AddedForeignKey(key),
        DropForeignKeyOperation key => DroppedForeignKey(key),
        AddUniqueConstraintOperation key when IsIndexOf(key.Table, key.Name) => KnownDifference.IndexAsKey,
        DropUniqueConstraintOperation => KnownDifference.IndexAsKey,
        _ => null,
    };

    private KnownDifference? Altered(AlterColumnOperation alter, HashSet<string> aspects)
    {
        var column = Column(alter.Table, alter.Name);
        if (column is null) return null;
        if (column.Type is { Family: TypeFamily.Enum, Arity: ColumnArity.List } && aspects.IsSubsetOf(["type", "default"])) return KnownDifference.EnumColumn;
        if (!sample.IsPostgres && aspects.SetEquals(["annotations"]) && alter.OldColumn.FindAnnotation("Sqlite:Autoincrement") is not null && !Counts(alter.Table, alter.Name)) return KnownDifference.SqliteRowId;
        if (aspects.SetEquals(["default"]) && column.Default is not null) return KnownDifference.FormOfDefault;
        // The scaffolder asks for a value where a relation refers to the column, which the client leaves out.
        if (aspects.SetEquals(["nullability"]) && alter.IsNullable == (column.Type.Arity != ColumnArity.Required)) return KnownDifference.IndexAsKey;
        return aspects.SetEquals(["type"]) && StoreTypes.Postgres(column.Type) == alter.ColumnType ? KnownDifference.FormOfType : null;
    }

    private bool Counts(string table, string column) => sample.Model.Models.First(m => m.DatabaseName == table)
        .ScalarFields.First(f => f.ColumnName == column).Default is Language.Semantics.DefaultModel.AutoIncrement;

    private KnownDifference? Dropped(DropIndexOperation index)
    {
        var made = sample.Database.Tables.Where(t => t.Name.Name == index.Table).SelectMany(t => t.Indexes).FirstOrDefault(i => i.Name == index.Name);
        if (made is null) return null;
        if (made.Parts.Any(p => IsLeftOut(index.Table!, p.Column)) || IsLeftOut(index.Table!)) return KnownDifference.LeftOut;
        if (operations.OfType<AddPrimaryKeyOperation>().Any(k => k.Table == index.Table)) return KnownDifference.IndexAsKey;
        if (operations.OfType<AddUniqueConstraintOperation>().Any(k => k.Table == index.Table && k.Name == index.Name)) return KnownDifference.IndexAsKey;
        return operations.OfType<CreateIndexOperation>().Any(c => c.Table == index.Table && c.Name == index.Name) ? KnownDifference.FormOfIndex : null;
    }

    private KnownDifference? AddedKey(AddPrimaryKeyOperation key)
    {
        var table = sample.Database.Tables.FirstOrDefault(t => t.Name.Name == key.Table);
        if (table is null) return null;
        if (table.PrimaryKey is null) return IsIndexOf(key.Table, key.Name) ? KnownDifference.IndexAsKey : null;
        if (!table.PrimaryKey.Parts.Select(p => p.Column).SequenceEqual(key.Columns)) return null;
        return sample.IsPostgres ? _enumTables.Contains(key.Table) ? KnownDifference.EnumColumn : null : KnownDifference.SqliteConstraintName;
    }

    private KnownDifference? AddedForeignKey(AddForeignKeyOperation key)
    {
        var made = sample.Database.Tables.Where(t => t.Name.Name == key.Table).SelectMany(t => t.ForeignKeys)
            .FirstOrDefault(k => k.Columns.SequenceEqual(key.Columns) && k.Target.Name == key.PrincipalTable);
        if (made is null) return sample.Model.Datasource!.RelationMode == Language.Semantics.RelationMode.Prisma ? KnownDifference.RelationModePrisma : null;
        if (made.OnDelete is ReferentialAction.SetDefault or ReferentialAction.SetNull or ReferentialAction.Restrict or ReferentialAction.NoAction
            && made.OnDelete.ToString() != key.OnDelete.ToString()) return KnownDifference.ReferentialAction;
        if (!sample.IsPostgres) return KnownDifference.SqliteConstraintName;
        return _enumTables.Contains(key.Table) || _enumTables.Contains(key.PrincipalTable) ? KnownDifference.EnumColumn : null;
    }

    private KnownDifference? DroppedForeignKey(DropForeignKeyOperation key)
    {
        if (!sample.IsPostgres) return KnownDifference.SqliteConstraintName;
        if (operations.OfType<AddForeignKeyOperation>().FirstOrDefault(k => k.Table == key.Table && k.Name == key.Name) is { } again) return AddedForeignKey(again);
        var made = sample.Database.Tables.Where(t => t.Name.Name == key.Table).SelectMany(t => t.ForeignKeys).FirstOrDefault(k => k.Name == key.Name);
        if (made is null) return null;
        var model = sample.Model.Models.FirstOrDefault(m => m.DatabaseName == key.Table);
        var isNamed = model is not null && CompiledClient.Generate(sample).Warnings.Any(w => w.Code == "PLOY4002" && w.Message.Contains($"`{model.Name}.", StringComparison.Ordinal));
        return isNamed || IsLeftOut(key.Table) || IsLeftOut(made.Target.Name) || made.Columns.Any(c => IsLeftOut(key.Table, c)) ? KnownDifference.LeftOut : null;
    }

    private Column? Column(string? table, string name) => sample.Database.Tables.FirstOrDefault(t => t.Name.Name == table)?.FindColumn(name);

    private bool IsEnum(string? table, string column) => Column(table, column)?.Type.Family == TypeFamily.Enum;

    private bool IsIndexOf(string? table, string? name) => sample.Database.Tables.Any(t => t.Name.Name == table && t.Indexes.Any(i => i.Name == name));

    private bool IsLeftOut(string table) => sample.Model.Models.Any(m => m.DatabaseName == table && m.IsIgnored);

    private bool IsLeftOut(string table, string column) => sample.Model.Models.FirstOrDefault(m => m.DatabaseName == table) is { } model
        && model.ScalarFields.FirstOrDefault(f => f.ColumnName == column) is { } field && (field.IsIgnored || field.Type is Language.Semantics.FieldType.Unsupported);

    private static string[] Columns(string[]? columns) => columns ?? [];
}
