using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Semantics;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Validation;

/// <summary>
/// What holds for every <c>.invalid</c> file: the schema is rejected, at the lines at which the engine rejects it (which
/// tests/tools/record-invalid.mjs writes), in the words of the file.
/// </summary>
public sealed class InvalidSchemaTests
{
    private static readonly string Folder = Repository.PathOf("tests", "Ploy.Conformance.Tests", "Invalid");

    /// <summary>All files, by their path below the folder.</summary>
    public static TheoryData<string> Paths =>
        [.. Directory.EnumerateFiles(Folder, "*.invalid", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Schema_is_rejected_in_these_words(string path)
    {
        var (file, compilation) = Compile(path);
        Assert.True(compilation.HasErrors, "The schema is accepted.");
        Assert.Null(compilation.Model);
        file.Expect("diagnostics", string.Concat(compilation.Diagnostics.Select(Show)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Schema_is_rejected_where_the_engine_rejects_it(string path)
    {
        var (file, compilation) = Compile(path);
        var engine = (file["engine"] ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        Assert.Equal(["6", "7"], engine.Keys.Order());
        // `own: REASON` marks what we reject on purpose although an engine does not, or elsewhere.
        if (file.Options.ContainsKey("own"))
        {
            Assert.NotEqual(engine["7"], Places(compilation));
            return;
        }

        Assert.DoesNotContain("valid", engine.Values);
        Assert.Equal(engine["7"], Places(compilation));
    }

    [Fact]
    public void There_are_files_of_every_family()
    {
        string[] families = ["attributes", "configuration", "defaults", "directives", "files", "indexes", "keys", "names", "native_types", "providers", "relations", "syntax", "types", "views"];
        Assert.Equal(families, Paths.Select(p => p.Data.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.True(Paths.Count >= 150);
    }

    private static (CaseFile File, SchemaCompilation Compilation) Compile(string path)
    {
        var file = CaseFile.Read(Path.Combine([Folder, .. path.Split('/')]));
        var files = file.Files("schema");
        if (!files.Any(f => f.Text.Contains("datasource ", StringComparison.Ordinal)))
        {
            var provider = file.Options.GetValueOrDefault("provider", "postgresql");
            files = files.Insert(0, ("datasource.prisma", $"datasource db {{\n  provider = \"{provider}\"\n  url = env(\"DATABASE_URL\")\n}}\n"));
        }

        return (file, SchemaCompiler.Compile([.. files.Select(f => SourceText.From(f.Name, f.Text))]));
    }

    /// <summary>The lines of errors, each once, in the order of files and lines.</summary>
    private static string Places(SchemaCompilation compilation) => string.Join(' ', compilation.Diagnostics
        .Where(d => d.Severity == Severity.Error)
        .SelectMany(d => d.Also.Prepend(d.Location))
        .Select(l => (l.Source.Path, Line: Line(l)))
        .OrderBy(p => p.Path, StringComparer.Ordinal).ThenBy(p => p.Line)
        .Select(p => $"{p.Path}:{p.Line}").Distinct());

    private static int Line(SourceLocation location) => location.Source.GetPosition(location.Span.Start).Line + 1;

    private static string Show(Diagnostic diagnostic)
    {
        var text = new StringBuilder()
            .Append(diagnostic.Severity == Severity.Error ? "error" : "warning").Append('[').Append(diagnostic.Code).Append("]: ").Append(diagnostic.Message).Append('\n');
        foreach (var (source, span) in diagnostic.Also.Prepend(diagnostic.Location))
        {
            var position = source.GetPosition(span.Start);
            var line = source.GetLine(position.Line);
            text.Append("  --> ").Append(source.Path).Append(':').Append(position.Line + 1).Append(':').Append(position.Column + 1).Append('\n')
                .Append("   | ").Append(source[line]).Append('\n')
                .Append("   | ").Append(' ', position.Column).Append('^', Math.Max(1, Math.Min(span.Length, line.End - span.Start))).Append('\n');
        }

        foreach (var related in diagnostic.Related)
            text.Append("  = note: ").Append(related.Message).Append(" (").Append(related.Location.Source.Path).Append(':').Append(Line(related.Location)).Append(")\n");
        if (diagnostic.Help is { } help) text.Append("  = help: ").Append(help).Append('\n');
        return text.ToString();
    }
}
