using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Testing;
using Xunit.Sdk;

namespace Ploy.Client.Tests.Generator;

/// <summary>A client that was generated, compiled and loaded, with a database that Ploy has migrated to its schema.</summary>
internal sealed class CompiledClient : IAsyncDisposable
{
    /// <summary>The namespace, where none is asked for.</summary>
    public const string Space = "Client.Data";

    private static readonly ImmutableArray<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p))];

    /// <summary>What random schemas use without saying so; they come with PostgreSQL.</summary>
    private const string Extensions = "CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gin; CREATE EXTENSION btree_gist;";

    private readonly AssemblyLoadContext _loader;
    private readonly Type _context;
    private readonly MethodInfo _use;

    private CompiledClient(SchemaSample sample, TemporaryDatabase database, GeneratedClient generated, AssemblyLoadContext loader, Assembly assembly)
    {
        (Sample, Database, Generated, _loader) = (sample, database, generated, loader);
        _context = assembly.GetTypes().Single(t => t.Name == "AppDbContext" && t.BaseType == typeof(PloyDbContext));
        _use = assembly.GetType($"{_context.FullName}Extensions", throwOnError: true)!.GetMethods()
            .Single(m => m.Name == "UseAppDbContext" && m.ReturnType.IsGenericType);
    }

    /// <summary>The compiled code.</summary>
    public Assembly Assembly => _context.Assembly;

    public SchemaSample Sample { get; }

    public TemporaryDatabase Database { get; }

    public GeneratedClient Generated { get; }

    /// <summary>What made the database's tables.</summary>
    public string Script => ScriptOf(Sample);

    /// <summary>Generates, compiles and loads a client, and migrates a database for it.</summary>
    /// <param name="sample">The schema.</param>
    /// <param name="program">Files of C# to compile with it; null for none.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="lastMigration">The migration that it takes for the newest; null for none.</param>
    public static async Task<CompiledClient> CreateAsync(SchemaSample sample, string[]? program = null, string space = Space, string? lastMigration = null)
    {
        var generated = Generate(sample, space, lastMigration);
        var (loader, assembly) = Compile(sample, generated, program ?? []);
        return new(sample, await MigrateAsync(sample), generated, loader, assembly);
    }

    public static GeneratedClient Generate(SchemaSample sample, string space = Space, string? lastMigration = null) =>
        ClientGenerator.Generate(sample.Model, sample.Database, new ClientOptions { Namespace = space, ContextName = "AppDbContext", LastMigration = lastMigration });

    /// <summary>Opens a context.</summary>
    /// <param name="checksKeys">Whether the database looks after foreign keys in this session.</param>
    public PloyDbContext Open(bool checksKeys = true)
    {
        var text = Database.ConnectionString
            + (checksKeys ? "" : Sample.IsPostgres ? ";Options=-c session_replication_role=replica" : ";Foreign Keys=False");
        var builder = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(_context))!;
        builder.EnableSensitiveDataLogging().AllowManyServices();
        _use.Invoke(null, [builder, text, null]);
        return (PloyDbContext)Activator.CreateInstance(_context, builder.Options)!;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _loader.Unload();
    }

    /// <summary>Every warning of the compiler is an error, and every nullable warning among them.</summary>
    private static (AssemblyLoadContext Loader, Assembly Assembly) Compile(SchemaSample sample, GeneratedClient generated, string[] program)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.CSharp14, DocumentationMode.Diagnose);
        var files = generated.Files.Select(f => CSharpSyntaxTree.ParseText(f.Content, parsing, f.Path)).ToList();
        files.AddRange(program.Select((text, i) => CSharpSyntaxTree.ParseText(text, parsing, $"Program{i}.cs")));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error, warningLevel: 9999, nullableContextOptions: NullableContextOptions.Enable)
            // As the SDK does: a provider may be built against an older patch of EF Core.
            .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);
        var compilation = CSharpCompilation.Create("client", files, References, options);
        using var binary = new MemoryStream();
        var result = compilation.Emit(binary);
        if (!result.Success)
        {
            var errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(10);
            throw new XunitException($"The client of {sample.Name} does not compile.\n{string.Join('\n', errors.Select(e => $"{e}\n    {Line(e)}"))}");
        }

        binary.Position = 0;
        var loader = new AssemblyLoadContext(sample.Name, isCollectible: true);
        return (loader, loader.LoadFromStream(binary));
    }

    private static string Line(Microsoft.CodeAnalysis.Diagnostic error) =>
        error.Location.SourceTree?.GetText().Lines[error.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim() ?? "";

    private static string ScriptOf(SchemaSample sample) => MigrationScript.Render(SchemaDiffer.Diff(DatabaseSchema.Empty, sample.Database, sample.Dialect), sample.Dialect);

    private static async Task<TemporaryDatabase> MigrateAsync(SchemaSample sample)
    {
        var database = await TemporaryDatabase.CreateAsync(sample.Dialect.Id);
        if (sample.IsPostgres) await database.ExecuteAsync(Extensions);
        var address = sample.Dialect.Connector.Parse(database.Url, Repository.Root);
        if (address.FilePath is not null) await sample.Dialect.Connector.EnsureDatabaseAsync(address, default);
        await using var session = await sample.Dialect.Connector.OpenAsync(address, default);
        await session.ExecuteAsync(ScriptOf(sample), default);
        return database;
    }
}
