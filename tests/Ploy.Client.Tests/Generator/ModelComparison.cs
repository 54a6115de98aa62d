using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Sqlite.Design.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql.EntityFrameworkCore.PostgreSQL.Design.Internal;

namespace Ploy.Client.Tests.Generator;

/// <summary>Reads the migrated database with EF Core's own scaffolder and has its model differ compare the client's model with it.</summary>
internal static class ModelComparison
{
    /// <summary>What EF Core would do to the database to make it the client's; null where its scaffolder cannot read the database.</summary>
    public static IReadOnlyList<MigrationOperation>? Operations(CompiledClient client)
    {
        using var context = client.Open();
        var services = new ServiceCollection();
        services.AddEntityFrameworkDesignTimeServices();
        IDesignTimeServices provider = client.Sample.IsPostgres ? new NpgsqlDesignTimeServices() : new SqliteDesignTimeServices();
        provider.ConfigureDesignTimeServices(services);
        // The context's own mapping knows the schema's enums.
        services.AddSingleton(context.GetService<IRelationalTypeMappingSource>());
        using var scope = services.BuildServiceProvider();
        var database = scope.GetRequiredService<IDatabaseModelFactory>().Create(client.Database.ConnectionString, new DatabaseModelFactoryOptions());
        IModel scaffolded;
        try
        {
            scaffolded = scope.GetRequiredService<IScaffoldingModelFactory>()
                .Create(database, new ModelReverseEngineerOptions { UseDatabaseNames = true, NoPluralize = true });
            scaffolded = context.GetService<IModelRuntimeInitializer>().Initialize(scaffolded, designTime: true);
        }
        catch (InvalidOperationException error) when (error.Message.Contains("Dictionary<string, object>", StringComparison.Ordinal))
        {
            // A table without a primary key whose unique index another one refers to: EF Core makes it keyless, and then cannot give it that key.
            return null;
        }

        var mine = context.GetService<IDesignTimeModel>().Model;
        return [.. context.GetService<IMigrationsModelDiffer>().GetDifferences(scaffolded.GetRelationalModel(), mine.GetRelationalModel()).Where(o => !IsEmpty(o))];
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
        RenameTableOperation table => $"RenameTable {table.Schema}.{table.Name} -> {table.NewSchema}.{table.NewName}",
        AlterDatabaseOperation database => $"AlterDatabase [{Annotations(database)}] was [{Annotations(database.OldDatabase)}]",
        _ => operation.GetType().Name,
    };

    private static bool IsEmpty(MigrationOperation operation) => operation switch
    {
        AlterColumnOperation alter => Aspects(alter).Count == 0,
        // The default namespace, which the scaffolder spells out.
        RenameTableOperation rename => rename.Schema == "public" && rename.NewSchema is null && (rename.NewName ?? rename.Name) == rename.Name,
        AlterDatabaseOperation alter => Annotations(alter) == Annotations(alter.OldDatabase),
        _ => false,
    };

    private static string One(ColumnOperation column) => $"{column.ColumnType} null={column.IsNullable} default={column.DefaultValue}/{column.DefaultValueSql} {Annotations(column)}";

    private static string Annotations(IAnnotatable annotatable) => string.Join(' ', annotatable.GetAnnotations().Where(a => !IsNote(a)).Select(a => $"{a.Name}={a.Value}"));

    // What the scaffolder notes for itself: the order of columns, and that a file might have spatial tables. Extensions are the harness's.
    private static bool IsNote(IAnnotation annotation) =>
        annotation.Name is "Relational:ColumnOrder" or "Sqlite:InitSpatialMetaData" || annotation.Name.StartsWith("Npgsql:PostgresExtension:", StringComparison.Ordinal);
}
