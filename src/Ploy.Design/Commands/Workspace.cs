using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Design.Configuration;
using Ploy.Design.Objects;
using Ploy.Language.Semantics;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>A project whose schema compiles, with the three producers of a database schema: the files, a live database, replayed migrations.</summary>
public sealed class Workspace
{
    private string _addedMarks = "";

    private readonly string _schemaPath;

    private Workspace(Project project, string schemaPath, SchemaCompilation compilation, SchemaModel model, Dialect dialect) =>
        (Project, _schemaPath, Compilation, Model, Dialect) = (project, schemaPath, compilation, model, dialect);

    /// <summary>Where everything is.</summary>
    public Project Project { get; }

    /// <summary>The compiled files, for their warnings.</summary>
    public SchemaCompilation Compilation { get; private set; }

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
        return Load(project, schemaPath, SchemaFiles.Read(schemaPath, project.Display), dialects);
    }

    /// <summary>
    /// The same for a command that goes by migrations and database alone: where models are wrong, as on a branch whose schema is being worked on, the datasource is
    /// enough, and what is wrong is in <see cref="Unread"/>.
    /// </summary>
    /// <exception cref="SchemaException">The files are not well-formed, or the datasource has errors.</exception>
    public static Workspace LoadForDatabase(Project project, DialectSet dialects)
    {
        ArgumentNullException.ThrowIfNull(project);
        var files = SchemaFiles.Read(project.SchemaPath, project.Display);
        try
        {
            return Load(project, project.SchemaPath, files, dialects);
        }
        catch (SchemaException exception)
        {
            var configuration = SchemaCompiler.CompileConfiguration(files);
            if (configuration.Model?.Datasource is null) throw;
            var workspace = Of(project, project.SchemaPath, configuration, dialects);
            workspace.Unread = [.. exception.Compilation.Diagnostics.Where(d => d.Severity == Severity.Error)];
            return workspace;
        }
    }

    /// <summary>
    /// The same for a command that runs where nobody works on the schema, and in as little memory as it can: models are not looked at, so that <see cref="Model"/> has
    /// none and nothing is said of them.
    /// </summary>
    /// <exception cref="SchemaException">The files are not well-formed, or the datasource has errors.</exception>
    public static Workspace LoadConfiguration(Project project, DialectSet dialects)
    {
        ArgumentNullException.ThrowIfNull(project);
        var compilation = SchemaCompiler.CompileConfiguration(SchemaFiles.Read(project.SchemaPath, project.Display));
        var workspace = Of(project, project.SchemaPath, compilation, dialects);
        workspace.Compilation = compilation with { Trees = [] };
        return workspace;
    }

    /// <summary>What is wrong with the models, which the command does not need; empty where they were read.</summary>
    public ImmutableArray<Diagnostic> Unread { get; private set; } = [];

    /// <summary>Compiles the schema at another path, whose files were read.</summary>
    internal static Workspace Load(Project project, string schemaPath, ImmutableArray<SourceText> files, DialectSet dialects) =>
        Of(project, schemaPath, SchemaCompiler.Compile(files), dialects);

    private static Workspace Of(Project project, string schemaPath, SchemaCompilation compilation, DialectSet dialects)
    {
        ArgumentNullException.ThrowIfNull(dialects);
        if (compilation.HasErrors || compilation.Model is not { } model) throw new SchemaException(compilation);
        if (model.Datasource is not { } datasource)
        {
            throw new PloyException(
                "P1012",
                compilation.Trees.IsEmpty ? $"The folder `{project.Display(schemaPath)}` holds no `.prisma` file." : $"No file of `{project.Display(schemaPath)}` has a `datasource` block.",
                "Add `datasource db { provider = \"postgresql\" }`, its braces on lines of their own.");
        }

        return new Workspace(project, schemaPath, compilation, model, dialects.Of(datasource.Provider));
    }

    /// <summary>The database that is meant.</summary>
    public DatabaseAddress Address => field ??= Project.Address(Dialect, Model.Datasource);

    /// <summary>The namespaces that the schema is about: those declared, else the connection's.</summary>
    /// <param name="address">The database; null for the product's default.</param>
    public ImmutableArray<string> NamespacesIn(DatabaseAddress? address) =>
        Model.Datasource is { Namespaces.IsEmpty: false } datasource ? datasource.Namespaces
        : (address?.Namespace ?? Dialect.DefaultNamespace) is { } name ? [name] : [];

    /// <summary>The part of the database that the schema is about.</summary>
    public IntrospectionScope ScopeIn(DatabaseAddress? address) => new([.. NamespacesIn(address), .. _left]) { LeavesPartialIndexes = !Model.PreviewFeatures.Contains("partialIndexes") };

    // Namespaces that the schema has left, while what may come back from them is looked for.
    private ImmutableArray<string> _left = [];

    /// <summary>
    /// Whether tables or enums that the schema adds may stand in a namespace that it once listed. From then on <see cref="ReadAsync"/> reads those namespaces too, and
    /// <see cref="Mark"/> leaves of them what can come back.
    /// </summary>
    internal bool LooksIntoLeft(DatabaseSchema replayed, DatabaseSchema desired, ImmutableArray<MigrationFile> files)
    {
        if (Dialect.DefaultNamespace is null || !LeftNamespaces.IsAnyNew(replayed, desired)) return false;
        _left = LeftNamespaces.Of(files, NamespacesIn(Address));
        return !_left.IsEmpty;
    }

    /// <summary>The database that the files describe.</summary>
    /// <param name="address">The database, whose default namespace counts; null for the product's default.</param>
    public DatabaseSchema Desired(DatabaseAddress? address)
    {
        var schema = ExternalObjects.Remove(Described.Schema, Project);
        return address?.Namespace is { } name && name != schema.DefaultNamespace && Model.Datasource is { Namespaces.IsEmpty: true }
            ? schema with { DefaultNamespace = name, Namespaces = [name] }
            : schema;
    }

    /// <summary>What directives and object files want, and where each is said.</summary>
    /// <exception cref="PloyException">PLOY2701, PLOY2702: see <see cref="ObjectFiles"/>.</exception>
    public IReadOnlyDictionary<ObjectKey, SourceLocation> ObjectLocations => Model.Directives.IsEmpty ? Files.Locations : Described.Locations;

    // Both producers of the files' side, once.
    private (DatabaseSchema Schema, IReadOnlyDictionary<ObjectKey, SourceLocation> Locations) Described => field.Schema is null ? field = Describe() : field;

    private (DatabaseSchema Schema, IReadOnlyDictionary<ObjectKey, SourceLocation> Locations) Describe()
    {
        var (schema, locations) = DirectiveObjects.Apply(SchemaCalculator.Calculate(Model, Dialect), Model, Dialect);
        return Files.Objects.IsEmpty ? (schema, locations) : (schema with { Objects = Files.Objects.ToEquatableArray() }, Files.Locations.AddRange(locations));
    }

    private ObjectFileContents Files => field ??= ReadObjects();

    private ObjectFileContents ReadObjects()
    {
        // Beside the project's migrations; of a schema that is not the project's nobody knows where its migrations are, and its objects are beside it.
        var neighbour = Project.IsSchema(_schemaPath) ? Project.MigrationsPath : _schemaPath;
        return ObjectFiles.Read(ObjectFiles.FolderOf(neighbour), Project.Display, Dialect);
    }

    /// <summary>
    /// What is ours of objects beyond the language, by the project's migrations and what was added to them. Of a schema that is not the project's nobody knows where
    /// its migrations are.
    /// </summary>
    public OwnershipMarks Marks => MarksOf(Project.IsSchema(_schemaPath) ? ReadMigrations().Files : []);

    /// <summary>Adds marks that stand elsewhere than in migrations, as lines of their own: <c>db push</c> keeps some in our own state.</summary>
    public void AddMarks(string text) => _addedMarks += text + "\n";

    /// <summary>The schema of a database with what is ours marked.</summary>
    /// <param name="schema">As <see cref="ReadAsync"/> gives it.</param>
    /// <param name="files">The migrations that the database has.</param>
    public DatabaseSchema Mark(DatabaseSchema schema, ImmutableArray<MigrationFile> files) =>
        LeftNamespaces.Narrow(MarksOf(files).ApplyTo(schema, Project.FindAddress(Dialect, Model.Datasource)?.Namespace ?? Dialect.DefaultNamespace), _left, _left.IsEmpty ? null : Desired(Address));

    private OwnershipMarks MarksOf(ImmutableArray<MigrationFile> files) => OwnershipMarks.Read(files.Where(f => f.HasMarks).Select(f => f.Script.Text)).With(_addedMarks);

    /// <summary>A database without objects, as it is before the first migration.</summary>
    public DatabaseSchema EmptyIn(DatabaseAddress? address) => DatabaseSchema.Empty with
    {
        Namespaces = NamespacesIn(address).Where(n => n == (address?.Namespace ?? Dialect.DefaultNamespace)).ToEquatableArray(),
    };

    /// <summary>
    /// The same on a shadow database without any history, for a database whose history is not asked: where none can be made, all objects stay as they are written, and where one
    /// needs what only the main database has, that one does.
    /// </summary>
    /// <param name="live">What the main database holds.</param>
    /// <param name="desired">The wanted schema.</param>
    /// <param name="open">Opens the shadow database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<DatabaseSchema> RehearseBesideAsync(DatabaseSchema live, DatabaseSchema desired, Func<ValueTask<IDatabaseSession>> open, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (!ObjectRehearsal.IsNeeded(desired)) return desired;
        try
        {
            await using var shadow = await open().ConfigureAwait(false);
            return await Rehearsal(shadow, live).RunAsync(EmptyIn(null), desired, cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code is "P3014")
        {
            return desired;
        }
    }

    /// <summary>What a live database holds; <see cref="Mark"/> says what of it is ours.</summary>
    public async ValueTask<DatabaseSchema> ReadAsync(IDatabaseSession session, DatabaseAddress? address, CancellationToken cancellationToken)
    {
        var read = await Dialect.Connector.Introspector(session).ReadAsync(ScopeIn(address), cancellationToken).ConfigureAwait(false);
        return ExternalObjects.Remove(read with { Extensions = SeenExtensions(read) }, Project);
    }

    /// <summary>The wanted schema with its objects as a shadow database prints them; as it is where it has none.</summary>
    /// <param name="shadow">A shadow database on which <paramref name="current"/> was replayed.</param>
    /// <param name="current">What the shadow holds.</param>
    /// <param name="desired">The wanted schema.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2703 where the database refuses an object.</exception>
    public async ValueTask<DatabaseSchema> RehearseAsync(IDatabaseSession shadow, DatabaseSchema current, DatabaseSchema desired, CancellationToken cancellationToken)
    {
        if (!ObjectRehearsal.IsNeeded(desired)) return desired;
        return await Rehearsal(shadow, null).RunAsync(current, desired, cancellationToken).ConfigureAwait(false);
    }

    private ObjectRehearsal Rehearsal(IDatabaseSession shadow, DatabaseSchema? live)
    {
        var address = Project.FindAddressIfSet(Dialect, Model.Datasource);
        return new ObjectRehearsal(shadow, Dialect, ScopeIn(address), address?.Namespace ?? Dialect.DefaultNamespace, ObjectLocations) { Live = live };
    }

    /// <summary>What <see cref="ReadAsync"/> leaves out, and what a shadow database holds at first, as texts that change with it.</summary>
    internal IEnumerable<string> Unseen => [.. Project.ExternalTables, .. Project.ExternalEnums.Select(e => $"enum {e}"), .. Project.InitShadowDb is { } script ? new[] { $"init {script}" } : [], Model.Datasource is { Extensions.IsEmpty: false } ? "" : "extensions"];

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

    /// <summary>Opens a database to replay on: empty but for what the configuration's script makes there.</summary>
    public ValueTask<IDatabaseSession> OpenShadowAsync(CancellationToken cancellationToken) =>
        ShadowDatabase.OpenAsync(Project, Dialect, Project.FindAddress(Dialect, Model.Datasource), Model.Datasource, cancellationToken);
}
