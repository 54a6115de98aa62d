using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Scaffolding.Metadata;
using Microsoft.EntityFrameworkCore.Sqlite.Design.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql.EntityFrameworkCore.PostgreSQL.Design.Internal;

namespace Ploy.Client.Tests.Generator;

/// <summary>Reads the migrated database with EF Core's own scaffolder and has its model differ compare the client's model with it.</summary>
internal static class ModelComparison
{
    /// <summary>What EF Core would do to the database to make it the client's.</summary>
    /// <exception cref="InvalidOperationException">EF Core's scaffolder cannot read the database.</exception>
    public static IReadOnlyList<MigrationOperation> Operations(DbContext context, string connectionString)
    {
        var services = new ServiceCollection();
        services.AddEntityFrameworkDesignTimeServices();
        IDesignTimeServices provider = context.Database.IsNpgsql() ? new NpgsqlDesignTimeServices() : new SqliteDesignTimeServices();
        provider.ConfigureDesignTimeServices(services);
        // The context's own mapping knows the schema's enums.
        services.AddSingleton(context.GetService<IRelationalTypeMappingSource>());
        using var scope = services.BuildServiceProvider();
        var database = scope.GetRequiredService<IDatabaseModelFactory>().Create(connectionString, new DatabaseModelFactoryOptions());
        GiveKeys(database);
        var scaffolded = scope.GetRequiredService<IScaffoldingModelFactory>()
            .Create(database, new ModelReverseEngineerOptions { UseDatabaseNames = true, NoPluralize = true });
        scaffolded = context.GetService<IModelRuntimeInitializer>().Initialize(scaffolded, designTime: true);
        var mine = context.GetService<IDesignTimeModel>().Model;
        return [.. context.GetService<IMigrationsModelDiffer>().GetDifferences(scaffolded.GetRelationalModel(), mine.GetRelationalModel()).Where(o => !IsEmpty(o))];
    }

    /// <summary>
    /// A table without a primary key that another refers to by a unique index: the scaffolder makes it keyless, and then cannot give it the key that
    /// the foreign key asks for. The index is its key, as it is the client's.
    /// </summary>
    private static void GiveKeys(DatabaseModel database)
    {
        foreach (var key in database.Tables.SelectMany(t => t.ForeignKeys).Where(k => k.PrincipalTable.PrimaryKey is null).ToList())
        {
            var table = key.PrincipalTable;
            if (table.PrimaryKey is not null || table.Indexes.FirstOrDefault(i => i.IsUnique && i.Columns.SequenceEqual(key.PrincipalColumns)) is not { } index) continue;
            table.PrimaryKey = new DatabasePrimaryKey { Table = table, Name = index.Name };
            foreach (var column in index.Columns) table.PrimaryKey.Columns.Add(column);
            table.Indexes.Remove(index);
        }
    }

    /// <summary>The aspects of a column that differ.</summary>
    public static HashSet<string> Aspects(AlterColumnOperation alter)
    {
        var (old, aspects) = (alter.OldColumn, new HashSet<string>());
        if (alter.ColumnType != old.ColumnType) aspects.Add("type");
        if (alter.IsNullable != old.IsNullable) aspects.Add("nullability");
        if (!Equals(alter.DefaultValue, old.DefaultValue) || alter.DefaultValueSql != old.DefaultValueSql) aspects.Add("default");
        if (alter.ComputedColumnSql != old.ComputedColumnSql) aspects.Add("computed");
        if (Annotations(alter) != Annotations(old)) aspects.Add("annotations");
        return aspects;
    }

    /// <summary>The names of the annotations that differ.</summary>
    public static HashSet<string> AnnotationsThatDiffer(AlterColumnOperation alter)
    {
        var (mine, theirs) = (Notable(alter), Notable(alter.OldColumn));
        return [.. mine.Except(theirs).Concat(theirs.Except(mine)).Select(a => a.Name)];
    }

    public static string Describe(MigrationOperation operation) => operation switch
    {
        AlterColumnOperation alter => $"AlterColumn {string.Join(", ", Aspects(alter).Order())}: {alter.Table}.{alter.Name} [{One(alter)}] was [{One(alter.OldColumn)}]",
        AddColumnOperation add => $"AddColumn {add.Table}.{add.Name} {add.ColumnType}",
        DropColumnOperation drop => $"DropColumn {drop.Table}.{drop.Name}",
        CreateIndexOperation index => $"CreateIndex {index.Table} {index.Name} ({string.Join(", ", index.Columns)}) unique={index.IsUnique} where {index.Filter} desc={string.Join('/', index.IsDescending ?? [])} {Annotations(index)}",
        DropIndexOperation index => $"DropIndex {index.Table} {index.Name}",
        AddForeignKeyOperation key => $"AddForeignKey {key.Table} {key.Name} ({string.Join(", ", key.Columns)}) -> {key.PrincipalTable} ({string.Join(", ", key.PrincipalColumns ?? [])}) {key.OnDelete}",
        DropForeignKeyOperation key => $"DropForeignKey {key.Table} {key.Name}",
        AddPrimaryKeyOperation key => $"AddPrimaryKey {key.Table} {key.Name} ({string.Join(", ", key.Columns)})",
        DropPrimaryKeyOperation key => $"DropPrimaryKey {key.Table} {key.Name}",
        AddUniqueConstraintOperation key => $"AddUniqueConstraint {key.Table} {key.Name}",
        DropUniqueConstraintOperation key => $"DropUniqueConstraint {key.Table} {key.Name}",
        CreateTableOperation table => $"CreateTable {table.Name}",
        DropTableOperation table => $"DropTable {table.Name}",
        RenameColumnOperation column => $"RenameColumn {column.Table}.{column.Name} -> {column.NewName}",
        RenameIndexOperation index => $"RenameIndex {index.Table}.{index.Name} -> {index.NewName}",
        RenameTableOperation table => $"RenameTable {table.Schema}.{table.Name} -> {table.NewSchema}.{table.NewName}",
        AlterDatabaseOperation database => $"AlterDatabase [{Annotations(database)}] was [{Annotations(database.OldDatabase)}]",
        _ => operation.GetType().Name,
    };

    private static bool IsEmpty(MigrationOperation operation) => operation switch
    {
        AlterColumnOperation alter => Aspects(alter).Count == 0,
        // The default namespace, which the scaffolder spells out.
        RenameTableOperation rename => rename.Schema == "public" && rename.NewSchema is null && (rename.NewName ?? rename.Name) == rename.Name,
        AlterDatabaseOperation alter => Annotations(alter).Replace(":public.", ":", StringComparison.Ordinal) == Annotations(alter.OldDatabase),
        _ => false,
    };

    private static string One(ColumnOperation column) => $"{column.ColumnType} null={column.IsNullable} default={column.DefaultValue}/{column.DefaultValueSql} {Annotations(column)}";

    private static HashSet<(string Name, string? Value)> Notable(IAnnotatable annotatable) => [.. annotatable.GetAnnotations().Where(a => !IsNote(a)).Select(a => (a.Name, a.Value?.ToString()))];

    private static string Annotations(IAnnotatable annotatable) => string.Join(' ', annotatable.GetAnnotations().Where(a => !IsNote(a)).Select(a => $"{a.Name}={a.Value}"));

    // What the scaffolder notes for itself: the order of columns, and that a file might have spatial tables. Extensions are the harness's.
    private static bool IsNote(IAnnotation annotation) =>
        annotation.Name is "Relational:ColumnOrder" or "Sqlite:InitSpatialMetaData" || annotation.Name.StartsWith("Npgsql:PostgresExtension:", StringComparison.Ordinal);
}
