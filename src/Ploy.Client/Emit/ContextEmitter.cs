using Ploy.Client.Naming;
using Ploy.Language.Semantics;

namespace Ploy.Client.Emit;

/// <summary>Writes the context and the extension that sets up its options.</summary>
internal sealed class ContextEmitter(ClientModel client)
{
    private readonly ClientNames _names = client.Names;
    private readonly ClientOptions _options = client.Options;

    public IEnumerable<GeneratedFile> Emit()
    {
        yield return new GeneratedFile(_options.ContextName + ".cs", Context());
        yield return new GeneratedFile(_options.ContextName + "Extensions.cs", Extensions());
    }

    private string Context()
    {
        var name = _options.ContextName;
        var writer = CodeWriter.Begin(_options.Namespace, [.. client.Entities.Select(e => _names.Namespace(e.Model.Location)), "global::Microsoft.EntityFrameworkCore"]);
        writer.Line("/// <summary>All tables and views of the schema. Add to it in a part of your own: implement <c>OnModelCreated</c>.</summary>");
        writer.Open($"public partial class {name}(global::Microsoft.EntityFrameworkCore.DbContextOptions<{name}> options)"
            + $" : {_options.BaseContext}(options), global::Ploy.EntityFrameworkCore.Startup.IVersionedContext");
        writer.Line("/// <inheritdoc />");
        writer.Line($"public static string? LastMigration => {(_options.LastMigration is { } last ? CSharpNames.Literal(last) : "null")};");
        foreach (var entity in client.Entities)
        {
            var type = _names.Type(entity.Model.Name);
            writer.Line().Summary(entity.Model.Documentation);
            writer.Line($"public global::Microsoft.EntityFrameworkCore.DbSet<{type}> {_names.Set(entity.Model)} => Set<{type}>();");
        }

        writer.Line().Line("/// <inheritdoc />");
        writer.Open("protected override void ConfigureConventions(global::Microsoft.EntityFrameworkCore.ModelConfigurationBuilder configurationBuilder)");
        writer.Line("base.ConfigureConventions(configurationBuilder);");
        writer.Line("// The schema says which indexes there are.");
        writer.Line("configurationBuilder.Conventions.Remove<global::Microsoft.EntityFrameworkCore.Metadata.Conventions.ForeignKeyIndexConvention>();");
        writer.Line("// And which relations are required: where a row refers to one of its own kind, the convention would guess the wrong end.");
        writer.Line("configurationBuilder.Conventions.Remove<global::Microsoft.EntityFrameworkCore.Metadata.Conventions.NonNullableNavigationConvention>();").Close();
        writer.Line().Line("/// <inheritdoc />");
        writer.Open("protected override void OnModelCreating(global::Microsoft.EntityFrameworkCore.ModelBuilder modelBuilder)");
        writer.Line("base.OnModelCreating(modelBuilder);");
        if (client.IsPostgres) foreach (var type in client.Schema.Enums) EnumLabels(writer, type);
        foreach (var entity in client.Entities)
            writer.Line($"{_names.Type(entity.Model.Name).TrimStart('@')}Configuration.Configure(modelBuilder.Entity<{_names.Type(entity.Model.Name)}>(), this);");
        writer.Line("OnModelCreated(modelBuilder);").Close().Line();
        writer.Line("partial void OnModelCreated(global::Microsoft.EntityFrameworkCore.ModelBuilder modelBuilder);").Close();
        return writer.ToString();
    }

    /// <summary>The labels in their order: the provider would sort those that it finds by itself.</summary>
    private void EnumLabels(CodeWriter writer, EnumModel type) =>
        writer.Line($"modelBuilder.HasPostgresEnum({Schema(type)}, {CSharpNames.Literal(client.Stored(type.DatabaseName))}, "
            + $"[{string.Join(", ", type.Values.Select(v => CSharpNames.Literal(v.DatabaseName)))}]);");

    private static string Schema(EnumModel type) => type.Namespace is { } space ? CSharpNames.Literal(space) : "null";

    private string Extensions()
    {
        var name = _options.ContextName;
        var writer = CodeWriter.Begin(_options.Namespace,
            [.. client.Schema.Enums.Select(e => _names.Namespace(e.Location)), "global::Microsoft.EntityFrameworkCore", "global::Ploy.EntityFrameworkCore"]);
        writer.Line($"/// <summary>Sets up options for <see cref=\"{name}\"/>.</summary>");
        writer.Open($"public static class {name}Extensions");
        writer.Line("/// <summary>Chooses the provider, tells it of the schema's enums, and adds Ploy.</summary>");
        writer.Line("/// <param name=\"builder\">The options.</param>");
        writer.Line("/// <param name=\"connectionString\">A .NET connection string.</param>");
        writer.Line("/// <param name=\"ploy\">Sets Ploy's own options; null for the usual ones.</param>");
        writer.Open($"public static global::Microsoft.EntityFrameworkCore.DbContextOptionsBuilder Use{name}("
            + "this global::Microsoft.EntityFrameworkCore.DbContextOptionsBuilder builder, string connectionString, "
            + "global::System.Action<global::Ploy.EntityFrameworkCore.PloyOptions>? ploy = null)");
        if (client.IsPostgres) writer.Line($"builder.UseNpgsql(connectionString, npgsql => npgsql.Map{name}Enums());");
        else writer.Line("builder.UseSqlite(connectionString);");
        writer.Line("return builder.UsePloy(ploy);").Close();
        const string builder = "global::Microsoft.EntityFrameworkCore.DbContextOptionsBuilder";
        writer.Line().Line($"/// <inheritdoc cref=\"Use{name}({builder}, string, global::System.Action{{global::Ploy.EntityFrameworkCore.PloyOptions}}?)\" />");
        writer.Line($"public static {builder}<{name}> Use{name}(");
        writer.Line($"    this {builder}<{name}> builder, string connectionString, global::System.Action<global::Ploy.EntityFrameworkCore.PloyOptions>? ploy = null) =>");
        writer.Line($"    ({builder}<{name}>)(({builder})builder).Use{name}(connectionString, ploy);");
        if (client.IsPostgres) MapEnums(writer.Line());
        writer.Close();
        return writer.ToString();
    }

    private void MapEnums(CodeWriter writer)
    {
        var name = _options.ContextName;
        const string builder = "global::Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder";
        writer.Line("/// <summary>Tells the provider of the schema's enums; for options that are built by hand.</summary>");
        writer.Open($"public static {builder} Map{name}Enums(this {builder} npgsql)");
        foreach (var type in client.Schema.Enums)
            writer.Line($"npgsql.MapEnum<{_names.Type(type.Name)}>({CSharpNames.Literal(client.Stored(type.DatabaseName))}, {Schema(type)});");

        writer.Line("return npgsql;").Close();
    }
}
