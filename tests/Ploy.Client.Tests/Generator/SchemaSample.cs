using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Design.Commands;
using Ploy.Design.Configuration;
using Ploy.Language.Semantics;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit.Sdk;

namespace Ploy.Client.Tests.Generator;

/// <summary>A schema to generate a client for.</summary>
internal sealed class SchemaSample
{
    private SchemaSample(string name, ImmutableArray<SourceText> files)
    {
        var compilation = SchemaCompiler.Compile(files);
        if (compilation.HasErrors || compilation.Model is not { Datasource: { } datasource } model)
            throw new XunitException($"{name} is not valid.\n{string.Join('\n', compilation.Diagnostics.Select(d => $"{d.Location.Source.Path}: {d.Message}"))}");
        (Name, Model) = (name, model);
        Dialect = datasource.Provider == Language.Semantics.Provider.Sqlite ? SqliteDialect.Instance : PostgresDialect.Instance;
        Database = SchemaCalculator.Calculate(model, Dialect);
    }

    private SchemaSample(string name, Workspace workspace) =>
        (Name, Model, Dialect, Database) = (name, workspace.Model, workspace.Dialect, workspace.Desired(null));

    public string Name { get; }

    public SchemaModel Model { get; }

    public Dialect Dialect { get; }

    /// <summary>What the schema describes.</summary>
    public DatabaseSchema Database { get; }

    /// <summary>A name as the database keeps it.</summary>
    public string Stored(string name) => IsPostgres ? IdentifierRules.Cut(name, IdentifierRules.MaxBytes) : name;

    public bool IsPostgres => Dialect == PostgresDialect.Instance;

    /// <summary>
    /// A folder of schema files below the repository, without tenants and soft deletes, whose filters would hide rows from who compares all of them, and
    /// without indexes and comments of directives, which the calculated schema does not have.
    /// </summary>
    public static SchemaSample Folder(params ReadOnlySpan<string> path)
    {
        var folder = Repository.PathOf(path);
        return new(string.Join('/', path), [.. Directory.EnumerateFiles(folder, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => SourceText.From(Path.GetRelativePath(folder, f), string.Join('\n', File.ReadLines(f).Where(l => !IsLeftOut(l)))))]);

        static bool IsLeftOut(string line) => line.Contains("@ploy.tenant(", StringComparison.Ordinal) || line.Contains("@ploy.softDelete(", StringComparison.Ordinal)
            || line.Contains("@ploy.index(", StringComparison.Ordinal) || line.Contains("@ploy.comment", StringComparison.Ordinal);
    }

    /// <summary>A project as its own commands see it: with everything that its directives and object files say.</summary>
    public static SchemaSample Project(string folder)
    {
        var project = Design.Configuration.Project.Load(new ProjectOptions { WorkingDirectory = folder, Environment = _ => null });
        return new(Path.GetFileName(folder), Workspace.Load(project, new DialectSet([PostgresDialect.Instance, SqliteDialect.Instance])));
    }

    /// <summary>One text; a datasource is put before it where it has none.</summary>
    public static SchemaSample Text(string name, string provider, string text) =>
        new(name, [SourceText.From("schema.prisma", text.Contains("datasource ", StringComparison.Ordinal) ? text : $"datasource db {{\n  provider = \"{provider}\"\n}}\n{text}")]);

    /// <summary>Files, such as those of a project outside of the repository.</summary>
    public static SchemaSample Files(string name, IEnumerable<string> paths) => new(name, [.. paths.Select(f => SourceText.From(f, File.ReadAllText(f)))]);

    /// <summary>The second schemas of the pairs that the conformance tests keep, files and lines in order.</summary>
    public static IEnumerable<SchemaSample> Recorded(string provider)
    {
        foreach (var path in Directory.EnumerateFiles(Repository.PathOf("tests", "Ploy.Conformance.Tests", "Recorded"), provider + "-*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            reader.ReadLine();
            while (reader.ReadLine() is { } line)
            {
                var entry = JsonElement.Parse(line);
                var files = entry.GetProperty("b").EnumerateArray().Select(f => SourceText.From(f.GetProperty("path").GetString()!, f.GetProperty("text").GetString()!));
                yield return new SchemaSample($"{Path.GetFileName(path)} {entry.GetProperty("index").GetInt32()}", [.. files]);
            }
        }
    }
}
