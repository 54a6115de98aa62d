using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit.Sdk;

namespace Ploy.Conformance.Tests.Scenarios;

/// <summary>A <c>.case</c> file on one database product.</summary>
internal sealed class Case
{
    private readonly Lazy<DatabaseSchema> _before;
    private readonly Lazy<DatabaseSchema> _after;

    private Case(CaseFile file, Dialect dialect)
    {
        (File, Dialect) = (file, dialect);
        _before = new Lazy<DatabaseSchema>(() => Calculate("before"));
        _after = new Lazy<DatabaseSchema>(() => Calculate("after"));
    }

    public static string Folder { get; } = Repository.PathOf("tests", "Ploy.Conformance.Tests", "Cases");

    /// <summary>The products that have cases, by provider.</summary>
    public static IReadOnlyDictionary<string, Dialect> Dialects { get; } = new Dictionary<string, Dialect>(StringComparer.Ordinal)
    {
        ["postgresql"] = PostgresDialect.Instance,
        ["sqlite"] = SqliteDialect.Instance,
    };

    public CaseFile File { get; private set; }

    public Dialect Dialect { get; }

    /// <summary>The database that the schema <c>before</c> describes; empty where the case has none.</summary>
    public DatabaseSchema Before => _before.Value;

    public DatabaseSchema After => _after.Value;

    /// <summary>Whether the engine's script is at fault, so that ours is another: docs/decisions/differences.md names the case.</summary>
    public bool Differs => File.Options.ContainsKey("differs");

    public string? Seed => File["seed.sql"];

    /// <summary>Every case on every product it is for, as (path below <see cref="Folder"/>, provider).</summary>
    public static IEnumerable<(string Path, string Provider)> All(string provider) =>
        from file in Directory.EnumerateFiles(Folder, "*.case", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let path = System.IO.Path.GetRelativePath(Folder, file).Replace('\\', '/')
        where Environment.GetEnvironmentVariable("PLOY_CASE") is not { Length: > 0 } filter || path.Contains(filter, StringComparison.Ordinal)
        where Providers(CaseFile.Read(file)).Contains(provider)
        select (path, provider);

    public static Case Read(string path, string provider) =>
        new(CaseFile.Read(System.IO.Path.Combine([Folder, .. path.Split('/')])), Dialects[provider]);

    /// <summary>A section of this product that tests/tools/record-cases.mjs writes.</summary>
    public string Recorded(string section) =>
        File[$"{Dialect.Id}.{section}"] ?? throw new XunitException($"{File.Path} has no section `{Dialect.Id}.{section}`: run tests/tools/record-cases.mjs.");

    /// <summary>Compares a section of this product with what came out, or rewrites it.</summary>
    public void Expect(string section, string actual) => File = File.Expect($"{Dialect.Id}.{section}", actual);

    /// <summary>Whether the case has a section of its product.</summary>
    public bool Has(string section) => File[$"{Dialect.Id}.{section}"] is not null;

    /// <summary>The same for a section that stands only where something is to be expected: absent, the text must be empty.</summary>
    public void ExpectOptional(string section, string actual)
    {
        if (!Has(section))
            Ploy.Testing.Expect.Text("", actual);
        else
            Expect(section, actual);
    }

    private static string[] Providers(CaseFile file) =>
        file.Options.TryGetValue("providers", out var names) ? names.Split(',', StringSplitOptions.TrimEntries) : ["postgresql", "sqlite"];

    private DatabaseSchema Calculate(string side)
    {
        var files = File.Files(side);
        if (files.IsEmpty)
            return DatabaseSchema.Empty;
        if (!files.Any(f => f.Text.Contains("datasource ", StringComparison.Ordinal)))
            files = files.Insert(0, ("datasource.prisma", $"datasource db {{\n  provider = \"{Dialect.Id}\"\n}}\n"));
        var compilation = SchemaCompiler.Compile([.. files.Select(f => SourceText.From(f.Name, f.Text))]);
        return compilation.Model is { } model && !compilation.HasErrors
            ? SchemaCalculator.Calculate(model, Dialect)
            : throw new XunitException($"{File.Path}: the schema `{side}` is not valid.\n{string.Join('\n', compilation.Diagnostics.Select(d => d.Message))}");
    }
}
