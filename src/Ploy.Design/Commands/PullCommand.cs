using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Design.Configuration;
using Ploy.Design.Objects;
using Ploy.Design.Pull;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>db pull</c> is asked for.</summary>
public sealed record PullInput
{
    /// <summary>Whether nothing is written.</summary>
    public bool Print { get; init; }

    /// <summary>Whether what the files say of the database so far is put aside; datasource and generators stay.</summary>
    public bool Force { get; init; }

    /// <summary>Whether what the language leaves out is written as directives and object files.</summary>
    public bool Directives { get; init; }

    /// <summary>The file of a new block by its table, view or enum, as it is shown; null for one file.</summary>
    public Func<DatabaseSchema, Func<QualifiedName, string>>? FileOf { get; init; }

    /// <summary>The namespaces to read; empty for those of the datasource.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];
}

/// <summary>What <c>db pull</c> did.</summary>
/// <param name="Address">The database.</param>
/// <param name="Pulled">The files as they are now.</param>
/// <param name="Changed">Paths of those whose text is another one, as they are shown; view definitions included.</param>
/// <param name="Unmanaged">What neither the language nor a directive or object file says.</param>
public sealed record PullReport(DatabaseAddress Address, PulledSchema Pulled, ImmutableArray<string> Changed, ImmutableArray<UnmanagedObject> Unmanaged)
{
    /// <summary>Object files that are new or have more in them than before.</summary>
    public ImmutableArray<SourceText> ObjectFiles { get; init; } = [];
}

/// <summary>Writes the schema files after a database. The database is only read.</summary>
public sealed class PullCommand(Project project, DialectSet dialects)
{
    private const string NewFileName = "introspected.prisma";

    /// <summary>Reads the database and writes the files.</summary>
    /// <exception cref="SchemaException">The files have errors.</exception>
    /// <exception cref="PloyException">P4001 where the database holds nothing, P4002 where a foreign key leads out of the namespaces read; those of opening it.</exception>
    public async ValueTask<PullReport> RunAsync(PullInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var files = SchemaFiles.Read(project.SchemaPath, project.Display);
        var compilation = SchemaCompiler.Compile(input.Force ? [.. files.Select(ConfigurationOf)] : files);
        if (compilation.HasErrors || compilation.Model is not { } model) throw new SchemaException(compilation);
        var datasource = model.Datasource ?? throw new PloyException(
            "P1012", $"No file of `{project.Display(project.SchemaPath)}` has a `datasource` block.", "Add `datasource db { provider = \"postgresql\" }`, its braces on lines of their own.");
        var dialect = dialects.Of(datasource.Provider);
        var address = project.Address(dialect, datasource);
        var schema = await ReadAsync(dialect, address, model, input, cancellationToken).ConfigureAwait(false);
        if (schema.Tables.IsEmpty && schema.Enums.IsEmpty && schema.Views.IsEmpty)
            throw new PloyException("P4001", $"The database `{address}` holds no table{Among(schema)}. Nothing was written.", "Make tables in it, or name another database or namespace.");
        RequireWhole(schema);
        var space = address.Namespace ?? dialect.DefaultNamespace;
        var folder = ObjectFiles.FolderOf(project.MigrationsPath);
        var objects = ObjectFiles.Read(folder, project.Display, dialect);
        var newFile = NewFile(files);
        var pulled = SchemaPuller.Pull(schema, compilation, dialect, new PullOptions
        {
            Namespaces = input.Namespaces,
            NewFile = input.FileOf?.Invoke(schema) ?? (_ => newFile),
            Said = DirectiveObjects.Apply(SchemaCalculator.Calculate(model, dialect), model, dialect).Locations.Keys.Concat(objects.Locations.Keys).Select(k => OwnershipMarks.Resolve(k, space)).ToHashSet(),
            WithDirectives = input.Directives,
        });
        var written = input.Directives
            ? PulledObjects.Write(schema, pulled.Said, dialect, PulledConfiguration.Listed(schema, model), name => ReadObjectFile(Path.Combine(folder, name)))
            : new PulledObjects([], pulled.Said);
        var changed = input.Print ? [] : Write(files, pulled, schema, model, written.Files.Select(f => SourceText.From(project.Display(Path.Combine(folder, f.Name)), f.Text)));
        return new PullReport(address, pulled, changed, Left(schema, written.Said, dialect, model))
        {
            ObjectFiles = [.. written.Files.Select(f => SourceText.From(project.Display(Path.Combine(folder, f.Name)), f.Text))],
        };
    }

    private static string? ReadObjectFile(string path) => File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : null;

    // Views and extensions stand in no list of what is unmanaged, since Prisma leaves them alone by itself; a pull names them where the schema does not have them.
    private static ImmutableArray<UnmanagedObject> Left(DatabaseSchema schema, IReadOnlySet<ObjectKey> said, Dialect dialect, SchemaModel model)
    {
        var (hasViews, listed) = (model.PreviewFeatures.Contains("views"), PulledConfiguration.Listed(schema, model));
        var left = schema.Objects.Where(o => o.Kind == ObjectKind.View && !hasViews || o.Kind == ObjectKind.Extension && !listed.Contains(o.Name.Name))
            .Where(o => !said.Contains(OwnershipMarks.Resolve(o.Key, dialect.DefaultNamespace)));
        return [.. left.Select(o => new UnmanagedObject(o.Kind.Word(), o.Name, null)), .. OwnershipMarks.Of(said).ApplyTo(schema, dialect.DefaultNamespace).Unmanaged];
    }

    private async ValueTask<DatabaseSchema> ReadAsync(Dialect dialect, DatabaseAddress address, SchemaModel model, PullInput input, CancellationToken cancellationToken)
    {
        await using var session = await dialect.Connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> namespaces = !input.Namespaces.IsEmpty ? input.Namespaces
            : model.Datasource is { Namespaces.IsEmpty: false } datasource ? datasource.Namespaces
            : (address.Namespace ?? dialect.DefaultNamespace) is { } name ? [name] : [];
        var scope = new IntrospectionScope(namespaces)
        {
            WithViewColumns = model.PreviewFeatures.Contains("views"),
            PrintedFrom = address.Namespace ?? dialect.DefaultNamespace,
        };
        return ExternalObjects.Remove(await dialect.Connector.Introspector(session).ReadAsync(scope, cancellationToken).ConfigureAwait(false), project);
    }

    // One file takes what is new itself; a folder gets a file of its own for it.
    private string NewFile(ImmutableArray<SourceText> files)
    {
        if (files is [var only]) return only.Path;
        var folder = Directory.Exists(project.SchemaPath) ? project.SchemaPath : Path.GetDirectoryName(project.SchemaPath)!; // a file has a folder
        return project.Display(Path.Combine(folder, NewFileName));
    }

    private ImmutableArray<string> Write(ImmutableArray<SourceText> before, PulledSchema pulled, DatabaseSchema schema, SchemaModel model, IEnumerable<SourceText> objects)
    {
        var changed = ImmutableArray.CreateBuilder<string>();
        var texts = before.ToDictionary(f => f.Path, f => f.Text, StringComparer.Ordinal);
        foreach (var file in pulled.Files)
            if (texts.GetValueOrDefault(file.Path) != file.Text)
                Write(file.Path, file.Text);
        foreach (var file in objects) Write(file.Path, file.Text);
        if (!model.PreviewFeatures.Contains("views")) return changed.ToImmutable();
        var folder = Directory.Exists(project.SchemaPath) ? project.SchemaPath : Path.GetDirectoryName(project.SchemaPath)!; // a file has a folder
        foreach (var view in schema.Views.Where(v => v is { Columns.Count: > 0, Definition: not null }))
        {
            var path = Path.Combine(folder, "views", FileNameOf(view.Name.Namespace ?? "main"), FileNameOf(view.Name.Name) + ".sql");
            var text = view.Definition!.Trim() + "\n"; // asked for above
            if (!File.Exists(path) || File.ReadAllText(path) != text) Write(project.Display(path), text);
        }

        return changed.ToImmutable();

        void Write(string path, string text)
        {
            WholeFile.Write(Path.GetFullPath(path, project.WorkingDirectory), path, text);
            changed.Add(path);
        }
    }

    // Names of a database may hold what no file's name may.
    private static string FileNameOf(string name) => string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ' ? c : '_'));

    private static string Among(DatabaseSchema schema) =>
        schema.Namespaces.IsEmpty ? "" : $" in {string.Join(", ", schema.Namespaces.Select(n => $"`{n}`"))}";

    private static void RequireWhole(DatabaseSchema schema)
    {
        if (schema.Namespaces.IsEmpty) return;
        var leaving = schema.Tables.SelectMany(t => t.ForeignKeys.Where(k => !schema.Namespaces.Contains(k.Target.Namespace!)).Select(k => (Table: t.Name, k.Name, k.Target))).ToList(); // names say their namespaces
        if (leaving.Count == 0) return;
        throw new PloyException(
            "P4002",
            $"{leaving.Count} foreign key{(leaving.Count == 1 ? " leads" : "s lead")} out of the namespaces that are read. Nothing was written.",
            $"Add {string.Join(", ", leaving.Select(k => $"`{k.Target.Namespace}`").Distinct())} to `schemas` of the datasource, or to `--schemas`.")
        {
            Notes = [.. leaving.Select(k => $"`{k.Name}` of `{k.Table}` refers to `{k.Target}`")],
        };
    }

    private static SourceText ConfigurationOf(SourceText file)
    {
        var blocks = SyntaxTree.Parse(file).Root.Declarations.OfType<ConfigurationSyntax>();
        return SourceText.From(file.Path, string.Concat(blocks.Select(b => file[b.Span].ToString() + "\n\n")));
    }
}
