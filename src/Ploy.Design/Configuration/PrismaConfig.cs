using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Design.Configuration;

/// <summary>What <c>prisma.config.ts</c> says, read without running it. What cannot be read so is an error when it is asked for.</summary>
public sealed class PrismaConfig
{
    private static readonly string[] Extensions = ["ts", "js", "mjs", "cjs", "mts", "cts"];

    private static readonly string[] Names =
    [
        .. Forms("prisma7.config"), .. Forms(Path.Combine(".config", "prisma7")), .. Forms("prisma.config"), .. Forms(Path.Combine(".config", "prisma")),
    ];

    private readonly ScriptValue.Object? _root;

    private PrismaConfig(string path, SourceText source, ScriptValue.Object? root) => (FilePath, Source, _root) = (path, source, root);

    /// <summary>The full path.</summary>
    public string FilePath { get; }

    /// <summary>The folder that its relative paths begin at.</summary>
    public string Folder => Path.GetDirectoryName(FilePath) is var folder && Path.GetFileName(folder) == ".config" ? Path.GetDirectoryName(folder)! : folder!; // a full path of a file has a folder

    /// <summary>The file.</summary>
    public SourceText Source { get; }

    /// <summary><c>schema</c></summary>
    public string? Schema => Literal("schema", "[schema] path");

    /// <summary><c>migrations.path</c></summary>
    public string? MigrationsPath => Literal("migrations.path", "[migrations] path");

    /// <summary><c>datasource.url</c></summary>
    public ConfigurationText? Url => Text("datasource.url", "[datasource] url");

    /// <summary><c>datasource.directUrl</c></summary>
    public ConfigurationText? DirectUrl => Text("datasource.directUrl", "[datasource] url");

    /// <summary><c>datasource.shadowDatabaseUrl</c></summary>
    public ConfigurationText? ShadowDatabaseUrl => Text("datasource.shadowDatabaseUrl", "[datasource] shadowDatabaseUrl");

    /// <summary><c>tables.external</c>; null where absent.</summary>
    /// <exception cref="PloyException">PLOY2002 where it cannot be read.</exception>
    public ImmutableArray<string>? ExternalTables => Literals("tables.external", "[schema] external");

    /// <summary><c>enums.external</c>; null where absent.</summary>
    /// <exception cref="PloyException">PLOY2002 where it cannot be read.</exception>
    public ImmutableArray<string>? ExternalEnums => Literals("enums.external", "[schema] externalEnums");

    /// <summary><c>migrations.initShadowDb</c>: SQL that runs on a shadow database before migrations are replayed; null where absent.</summary>
    public string? InitShadowDb => Literal("migrations.initShadowDb", "[migrations] initShadowDb");

    /// <summary><c>migrations.seed</c>: a command line; null where absent.</summary>
    public string? Seed => Literal("migrations.seed", "[seed] command");

    /// <summary>The configuration file of a folder; null where there is none.</summary>
    public static string? FindIn(string folder) => Names.Select(n => Path.Combine(folder, n)).FirstOrDefault(File.Exists);

    /// <summary>Reads a file.</summary>
    public static PrismaConfig Parse(string path, SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new PrismaConfig(path, source, ScriptReader.Read(source.Text, Path.GetDirectoryName(path)!)); // a full path of a file has a folder
    }

    private static IEnumerable<string> Forms(string name) => Extensions.Select(e => $"{name}.{e}");

    private string? Literal(string key, string tomlKey) => Find(key) switch
    {
        null or ScriptValue.Other => null,
        ScriptValue.Text { Value.Literal: { } literal } => literal,
        var value => throw Unreadable(key, value, tomlKey),
    };

    private ImmutableArray<string>? Literals(string key, string tomlKey) => Find(key) switch
    {
        null => null,
        ScriptValue.List list when list.Items.All(i => i is ScriptValue.Text { Value.Literal: not null }) =>
            [.. list.Items.OfType<ScriptValue.Text>().Select(t => t.Value.Literal!)],
        var value => throw Unreadable(key, value, tomlKey),
    };

    private ConfigurationText? Text(string key, string tomlKey) => Find(key) switch
    {
        null or ScriptValue.Other => null,
        ScriptValue.Text text => text.Value,
        var value => throw Unreadable(key, value, tomlKey),
    };

    private ScriptValue? Find(string key)
    {
        if (_root is null) throw Unreadable(key, new ScriptValue.Unreadable(new TextSpan(0, 0)), key);
        ScriptValue value = _root;
        foreach (var part in key.Split('.'))
        {
            if (value is not ScriptValue.Object inner) return value is ScriptValue.Unreadable ? value : null;
            if (!inner.Members.TryGetValue(part, out var next)) return null;
            value = next;
        }

        return value;
    }

    private PloyException Unreadable(string key, ScriptValue value, string tomlKey) => new(
        "PLOY2002",
        _root is null ? $"`{Source.Path}` exports no object that can be read without running it." : $"`{key}` cannot be read without running the file.",
        $"Write it as a text, `env(\"NAME\")` or `process.env.NAME`, or set `{tomlKey}` in `ploy.toml`.")
    {
        Location = value is ScriptValue.Unreadable { Span: var span } ? new SourceLocation(Source, span) : null,
    };
}
