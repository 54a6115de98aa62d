using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Semantics;
using Ploy.Relational;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Configuration;

/// <summary>Where everything of a project is: product.md §2. Read once; nothing is cached beyond the process.</summary>
public sealed class Project
{
    private static readonly string[] DefaultExternal = ["__EFMigrationsHistory"];

    private readonly ProjectOptions _options;
    private readonly Func<string, string?> _environment;
    private readonly ImmutableArray<string> _schemaCandidates;

    private Project(ProjectOptions options, PloyToml? toml, PrismaConfig? prisma, ImmutableArray<string> schemas, Func<string, string?> environment)
    {
        (_options, Toml, Prisma, _schemaCandidates, _environment) = (options, toml, prisma, schemas, environment);
    }

    /// <summary><c>ploy.toml</c>; null where there is none.</summary>
    public PloyToml? Toml { get; }

    /// <summary><c>prisma.config.ts</c>; null where there is none.</summary>
    public PrismaConfig? Prisma { get; }

    /// <summary>The full path of the folder that relative paths of options begin at.</summary>
    public string WorkingDirectory => _options.WorkingDirectory;

    /// <summary>The folder of <c>ploy.toml</c>; the working directory where there is none.</summary>
    public string Root => Toml is null ? WorkingDirectory : Path.GetDirectoryName(Path.GetFullPath(Toml.Source.Path, WorkingDirectory))!; // a file has a folder

    /// <summary>Tables that belong to others: they are not seen.</summary>
    public ImmutableArray<string> ExternalTables => Toml?.External ?? [.. DefaultExternal, .. Prisma?.ExternalTables ?? []];

    /// <summary>Enums that belong to others: they are not seen.</summary>
    public ImmutableArray<string> ExternalEnums => Toml?.ExternalEnums ?? Prisma?.ExternalEnums ?? [];

    /// <summary>SQL that makes what migrations find of others, before they are replayed on a shadow database; null where none is needed.</summary>
    public string? InitShadowDb => (Toml?.InitShadowDb ?? Prisma?.InitShadowDb) is { Length: > 0 } script ? script : null;

    /// <summary><c>prisma.seed</c> of <c>package.json</c> in <see cref="Root"/>, as Prisma 6 reads it; null where there is none.</summary>
    /// <exception cref="PloyException">PLOY2234 where the file is no JSON.</exception>
    public string? PackageSeed => PackageJson.SeedIn(Root);

    /// <summary>The full path of the schema file or folder.</summary>
    /// <exception cref="PloyException">PLOY2003 where there is none, PLOY2004 where it is not clear which of several is meant.</exception>
    public string SchemaPath => _schemaCandidates switch
    {
        [var single] => single,
        [] => throw new PloyException(
            "PLOY2003",
            "There is no schema: neither `--schema` nor a configuration file names one, and there is no `schema.prisma`, `prisma/schema.prisma` or `prisma/schema/` here.",
            FolderAbove() is { } above ? $"There is a project in `{Path.GetRelativePath(Root, above).Replace('\\', '/')}`: run Ploy there, or name a schema with `--schema`." : "Run `ploy init` to begin one, or name it with `--schema`."),
        var several => throw new PloyException(
            "PLOY2004",
            $"There are several schemas here: {string.Join(", ", several.Select(s => $"`{Display(s)}`"))}.",
            "Say which one with `--schema`, or with `[schema] path` in `ploy.toml`."),
    };

    // The nearest folder above that has a project; null where none has.
    private string? FolderAbove()
    {
        for (var folder = Path.GetDirectoryName(Root); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "ploy.toml")) || PrismaConfig.FindIn(folder) is not null || !SchemasIn(folder).IsEmpty) return folder;
        return null;
    }

    /// <summary>Whether a full path is that of the project's schema; false where it is not clear which that is.</summary>
    public bool IsSchema(string path) => _schemaCandidates is [var only] && only == path;

    /// <summary>Whether a schema was found, without a word on which.</summary>
    public bool HasSchema => !_schemaCandidates.IsEmpty;

    /// <summary>The full path of the migrations' folder, which need not exist.</summary>
    public string MigrationsPath
    {
        get
        {
            if (_options.Migrations is { } option) return Path.GetFullPath(option, WorkingDirectory);
            if (Toml is { MigrationsPath: { } path }) return Path.GetFullPath(path, Root);
            if (Prisma is { MigrationsPath: { } configured } config) return Path.GetFullPath(configured, config.Folder);
            var schema = SchemaPath;
            var parent = Path.GetDirectoryName(schema)!; // a schema is never the root of a file system
            if (!Directory.Exists(schema)) return Path.Combine(parent, "migrations");
            var inside = Path.Combine(schema, "migrations");
            var beside = Path.Combine(parent, "migrations");
            return Directory.Exists(inside) && !Directory.Exists(beside) ? inside : beside;
        }
    }

    /// <summary>Finds configuration, schema and environment files.</summary>
    /// <exception cref="PloyException">PLOY2001, PLOY2002, PLOY2005 (a path that an option names does not exist).</exception>
    public static Project Load(ProjectOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (toml, prisma) = ReadConfiguration(options);
        var root = toml is null ? options.WorkingDirectory : Path.GetDirectoryName(Path.GetFullPath(toml.Source.Path, options.WorkingDirectory))!; // a file has a folder
        var schemas = FindSchemas(options, toml, root, prisma);
        var folders = new List<string> { root };
        if (schemas is [var schema]) folders.Add(Directory.Exists(schema) ? schema : Path.GetDirectoryName(schema)!); // a file has a folder
        if (schemas is [var folder] && Directory.Exists(folder)) folders.Add(Path.GetDirectoryName(folder)!); // prisma/.env beside prisma/schema/
        folders.Add(options.WorkingDirectory);
        return new Project(options, toml, prisma, schemas, WithDotEnv(options.Environment, folders));
    }

    /// <summary>A variable of the environment or of a <c>.env</c> file; null where neither has it.</summary>
    public string? Variable(string name) => _environment(name);

    /// <summary>A path as people read it.</summary>
    public string Display(string path) => DisplayPath.Of(path, WorkingDirectory);

    /// <summary>The database that the options, the configuration or the datasource name.</summary>
    /// <exception cref="PloyException">PLOY2008 where nothing names one; P1012 where a variable is not set; P1013 where the text does not parse.</exception>
    public DatabaseAddress Address(Dialect dialect, Datasource? datasource) =>
        FindAddress(dialect, datasource) ?? throw new PloyException(
            "PLOY2008",
            "Nothing says which database is meant.",
            "Give `--url`, set `url` under `[datasource]` in `ploy.toml`, or `url = env(\"DATABASE_URL\")` in the datasource block.");

    /// <summary>The database; null where nothing names one.</summary>
    public DatabaseAddress? FindAddress(Dialect dialect, Datasource? datasource)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        if (_options.Url is { } option) return Parse(dialect, option, WorkingDirectory);
        if (Toml?.Url is { } url) return Parse(dialect, Resolve(url, "`[datasource] url` in `ploy.toml`"), Root);
        if (Toml?.Connection is { } name)
            return Parse(dialect, AppSettings.Find(name, Path.GetFullPath(Toml.ProjectPath ?? ".", Root), _environment), Path.GetFullPath(Toml.ProjectPath ?? ".", Root));
        if ((datasource?.DirectUrl ?? datasource?.Url) is { } block) return Parse(dialect, Resolve(Text(block), $"the datasource `{datasource!.Name}`"), DatasourceFolder(datasource));
        return (Prisma?.DirectUrl ?? Prisma?.Url) is { } configured ? Parse(dialect, Resolve(configured, $"`{Prisma!.Source.Path}`"), Prisma.Folder) : null;
    }

    /// <summary>The connection that <c>--url</c> says, as it was given; null without one. Secret.</summary>
    public string? GivenUrl => _options.Url;

    /// <summary>The connection that <c>ploy.toml</c> says in <c>url</c>; null where it does not. Secret.</summary>
    public string? ConfiguredUrl => Toml?.Url is { } url ? Resolve(url, "`[datasource] url` in `ploy.toml`") : null;

    /// <summary>The same where only a shadow database is used: null too where the variable that names the main one is not set.</summary>
    public DatabaseAddress? FindAddressIfSet(Dialect dialect, Datasource? datasource)
    {
        try
        {
            return FindAddress(dialect, datasource);
        }
        catch (PloyException exception) when (exception.Code == "P1012")
        {
            return null;
        }
    }

    /// <summary>The database set aside for replays; null where none is.</summary>
    public DatabaseAddress? FindShadowAddress(Dialect dialect, Datasource? datasource)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        if (_options.ShadowUrl is { } option) return Parse(dialect, option, WorkingDirectory);
        // A variable that is missing or empty means none: the same files serve where migrations are made and where they are only deployed.
        if (Toml?.ShadowDatabaseUrl is { } url) return Find(url, "`[datasource] shadowDatabaseUrl` in `ploy.toml`", Root);
        if (datasource?.ShadowDatabaseUrl is { } block) return Find(Text(block), $"the datasource `{datasource.Name}`", DatasourceFolder(datasource));
        return Prisma?.ShadowDatabaseUrl is { } configured ? Find(configured, $"`{Prisma.Source.Path}`", Prisma.Folder) : null;

        DatabaseAddress? Find(ConfigurationText text, string place, string folder) => IsSet(text) ? Parse(dialect, Resolve(text, place), folder) : null;
    }

    /// <summary>The address of a text that names a database, with this program's name for the server's lists of connections.</summary>
    /// <exception cref="PloyException">P1013 where it does not parse.</exception>
    public DatabaseAddress Parse(Dialect dialect, string connection, string folder)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        return dialect.Connector.Parse(connection, folder) with { Application = _options.Application };
    }

    // SQLite paths in a datasource are relative to its file.
    private string DatasourceFolder(Datasource datasource) =>
        Path.GetDirectoryName(Path.GetFullPath(datasource.Location.Source.Path, WorkingDirectory))!; // a file has a folder

    private static ConfigurationText Text(ConfiguredString text) => new(text.Literal, text.Variable);

    private bool IsSet(ConfigurationText text) => (text.Literal ?? _environment(text.Variable!) ?? "") is { Length: > 0 } || text.Fallback is { Length: > 0 };

    private string Resolve(ConfigurationText text, string place)
    {
        if (text.Literal is { } literal) return literal;
        var name = text.Variable!; // one of both is set
        return _environment(name) is { Length: > 0 } value ? value
            : text.Fallback ?? throw new PloyException(
                "P1012", $"The environment variable `{name}`, which {place} names, is not set.", $"Set `{name}` in the environment or in a `.env` file.");
    }

    private static (PloyToml? Toml, PrismaConfig? Prisma) ReadConfiguration(ProjectOptions options)
    {
        if (options.Config is { } named)
        {
            var path = Path.GetFullPath(named, options.WorkingDirectory);
            if (!File.Exists(path)) throw new PloyException("PLOY2005", $"There is no configuration file `{named}`, which `--config` names.", "Correct the path.");
            var source = SchemaFiles.ReadText(path, DisplayPath.Of(path, options.WorkingDirectory));
            return path.EndsWith(".toml", StringComparison.OrdinalIgnoreCase) ? (PloyToml.Parse(source), null) : (null, PrismaConfig.Parse(path, source));
        }

        var toml = Path.Combine(options.WorkingDirectory, "ploy.toml");
        var prisma = PrismaConfig.FindIn(options.WorkingDirectory);
        return (
            File.Exists(toml) ? PloyToml.Parse(SchemaFiles.ReadText(toml, "ploy.toml")) : null,
            prisma is null ? null : PrismaConfig.Parse(prisma, SchemaFiles.ReadText(prisma, DisplayPath.Of(prisma, options.WorkingDirectory))));
    }

    private static ImmutableArray<string> FindSchemas(ProjectOptions options, PloyToml? toml, string root, PrismaConfig? prisma)
    {
        if (options.Schema is { } option) return [Existing(Path.GetFullPath(option, options.WorkingDirectory), option, "`--schema`")];
        if (toml?.SchemaPath is { } path) return [Existing(Path.GetFullPath(path, root), path, "`[schema] path` in `ploy.toml`")];
        if (prisma?.Schema is { } configured) return [Existing(Path.GetFullPath(configured, prisma.Folder), configured, $"`{prisma.Source.Path}`")];
        return SchemasIn(root);
    }

    private static ImmutableArray<string> SchemasIn(string root)
    {
        string[] files = [Path.Combine(root, "schema.prisma"), Path.Combine(root, "prisma", "schema.prisma")];
        var folder = Path.Combine(root, "prisma", "schema");
        return [.. files.Where(File.Exists), .. Directory.Exists(folder) ? [folder] : Array.Empty<string>()];
    }

    private static string Existing(string path, string asGiven, string who) =>
        File.Exists(path) ? path
        : Directory.Exists(path) ? Path.TrimEndingDirectorySeparator(path)
        : throw new PloyException("PLOY2005", $"There is no schema file or folder `{asGiven}`, which {who} names.", "Correct the path.");

    private static Func<string, string?> WithDotEnv(Func<string, string?> environment, IEnumerable<string> folders)
    {
        var files = new List<IReadOnlyDictionary<string, string>>();
        foreach (var path in folders.Distinct(StringComparer.Ordinal).Select(f => Path.Combine(f, ".env")))
            if (File.Exists(path))
                files.Add(DotEnv.Parse(File.ReadAllText(path), environment));
        return name => environment(name) ?? files.Select(f => f.GetValueOrDefault(name)).FirstOrDefault(v => v is not null);
    }
}
