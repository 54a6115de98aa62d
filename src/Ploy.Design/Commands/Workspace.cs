using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Diagnostics;
using Ploy.Design.Calculation;
using Ploy.Design.Configuration;
using Ploy.Language.Semantics;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>A project whose schema compiles, with the three producers of a database schema: the files, a live database, replayed migrations.</summary>
public sealed class Workspace
{
    private Workspace(Project project, SchemaCompilation compilation, SchemaModel model, Dialect dialect) =>
        (Project, Compilation, Model, Dialect) = (project, compilation, model, dialect);

    /// <summary>Where everything is.</summary>
    public Project Project { get; }

    /// <summary>The compiled files, for their warnings.</summary>
    public SchemaCompilation Compilation { get; }

    /// <summary>The schema.</summary>
    public SchemaModel Model { get; }

    /// <summary>The product that the datasource names.</summary>
    public Dialect Dialect { get; }

    /// <summary>Reads and compiles the project's schema.</summary>
    /// <exception cref="SchemaException">It has errors.</exception>
    /// <exception cref="PloyException">P1012 where no file has a datasource, and those of <see cref="Project.SchemaPath"/>.</exception>
    public static Workspace Load(Project project, DialectSet dialects)
    {
        ArgumentNullException.ThrowIfNull(project);
        return Load(project, project.SchemaPath, dialects);
    }

    /// <summary>Reads and compiles the schema at another path.</summary>
    public static Workspace Load(Project project, string schemaPath, DialectSet dialects)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(dialects);
        var compilation = SchemaCompiler.Compile(SchemaFiles.Read(schemaPath, project.Display));
        if (compilation.HasErrors || compilation.Model is not { } model) throw new SchemaException(compilation);
        if (model.Datasource is not { } datasource)
        {
            throw new PloyException(
                "P1012",
                compilation.Trees.IsEmpty ? $"The folder `{project.Display(schemaPath)}` holds no `.prisma` file." : $"No file of `{project.Display(schemaPath)}` has a `datasource` block.",
                "Add `datasource db { provider = \"postgresql\" }`, its braces on lines of their own.");
        }

        return new Workspace(project, compilation, model, dialects.Of(datasource.Provider));
    }

    /// <summary>The database that is meant.</summary>
    public DatabaseAddress Address => field ??= Project.Address(Dialect, Model.Datasource);

    /// <summary>The namespaces that the schema is about: those declared, else the connection's.</summary>
    /// <param name="address">The database; null for the product's default.</param>
    public ImmutableArray<string> NamespacesIn(DatabaseAddress? address) =>
        Model.Datasource is { Namespaces.IsEmpty: false } datasource ? datasource.Namespaces
        : (address?.Namespace ?? Dialect.DefaultNamespace) is { } name ? [name] : [];

    /// <summary>The part of the database that the schema is about.</summary>
    public IntrospectionScope ScopeIn(DatabaseAddress? address) => new(NamespacesIn(address)) { LeavesPartialIndexes = !Model.PreviewFeatures.Contains("partialIndexes") };

    /// <summary>The database that the files describe.</summary>
    /// <param name="address">The database, whose default namespace counts; null for the product's default.</param>
    public DatabaseSchema Desired(DatabaseAddress? address)
    {
        var schema = ExternalTables.Remove(SchemaCalculator.Calculate(Model, Dialect), Project.ExternalTables);
        return address?.Namespace is { } name && name != schema.DefaultNamespace && Model.Datasource is { Namespaces.IsEmpty: true }
            ? schema with { DefaultNamespace = name, Namespaces = [name] }
            : schema;
    }

    /// <summary>A database without objects, as it is before the first migration.</summary>
    public DatabaseSchema EmptyIn(DatabaseAddress? address) => DatabaseSchema.Empty with
    {
        Namespaces = NamespacesIn(address).Where(n => n == (address?.Namespace ?? Dialect.DefaultNamespace)).ToEquatableArray(),
    };

    /// <summary>What a live database holds.</summary>
    public async ValueTask<DatabaseSchema> ReadAsync(IDatabaseSession session, DatabaseAddress? address, CancellationToken cancellationToken)
    {
        var read = await Dialect.Connector.Introspector(session).ReadAsync(ScopeIn(address), cancellationToken).ConfigureAwait(false);
        return ExternalTables.Remove(read with { Extensions = SeenExtensions(read) }, Project.ExternalTables);
    }

    /// <summary>What <see cref="ReadAsync"/> leaves out, as texts that change with it.</summary>
    internal IEnumerable<string> Unseen => [.. Project.ExternalTables, Model.Datasource is { Extensions.IsEmpty: false } ? "" : "extensions"];

    // A schema that declares none says nothing about extensions, and `plpgsql` is in every database by itself.
    private EquatableArray<Extension> SeenExtensions(DatabaseSchema read) =>
        Model.Datasource is { Extensions.IsEmpty: false } ? read.Extensions.Where(e => e.Name != "plpgsql").ToEquatableArray() : [];

    /// <summary>The migrations on disk, refused where they are another product's.</summary>
    public MigrationDirectory ReadMigrations()
    {
        var directory = MigrationDirectory.Read(Project.MigrationsPath, Project.Display(Project.MigrationsPath));
        directory.RequireProvider(Dialect.Id);
        return directory;
    }

    /// <summary>Opens an empty database to replay on.</summary>
    public async ValueTask<IDatabaseSession> OpenShadowAsync(CancellationToken cancellationToken) =>
        await Dialect.Connector.OpenShadowAsync(Project.FindAddress(Dialect, Model.Datasource), Project.FindShadowAddress(Dialect, Model.Datasource), cancellationToken).ConfigureAwait(false);
}
