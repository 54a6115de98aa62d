using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Formatting;
using Ploy.Language.Syntax;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Formatting;

/// <summary>
/// What holds for every <c>.format</c> file: the text is the engine's, which tests/tools/record-formats.mjs writes, and formatting that
/// again changes nothing.
/// </summary>
public sealed class FormatTests
{
    private static readonly string Folder = Repository.PathOf("tests", "Ploy.Conformance.Tests", "Formats");

    /// <summary>All files, by their path below the folder.</summary>
    public static TheoryData<string> Paths =>
        [.. Directory.EnumerateFiles(Folder, "*.format", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Text_is_the_recorded_one(string path)
    {
        var file = Read(path);
        Expect.Text(Show(Sections(file, "formatted")), Show(Format(Before(file))));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Formatting_twice_changes_nothing_more(string path)
    {
        var file = Read(path);
        var once = Format(Before(file));
        // `steady: no` marks what the engine itself changes again.
        var isSteady = file.Options.GetValueOrDefault("steady") != "no";
        Assert.Equal(isSteady, Show(once) == Show(Format(once)));
    }

    private static CaseFile Read(string path) => CaseFile.Read(Path.Combine([Folder, .. path.Split('/')]));

    private static ImmutableArray<(string Name, string Text)> Before(CaseFile file)
    {
        var hasEnd = file.Options.GetValueOrDefault("final-line-end") != "no";
        return [.. Sections(file, "before").Select(s => (s.Name, hasEnd ? s.Text : s.Text.TrimEnd('\n')))];
    }

    private static ImmutableArray<(string Name, string Text)> Sections(CaseFile file, string prefix) =>
        [.. file.Files(prefix).Select(f => (f.Name[prefix.Length..], f.Text))];

    private static ImmutableArray<(string Name, string Text)> Format(ImmutableArray<(string Name, string Text)> files)
    {
        var texts = SchemaFormatter.Format([.. files.Select(f => SyntaxTree.Parse(SourceText.From(f.Name, f.Text)))]);
        return [.. files.Zip(texts, (file, text) => (file.Name, text))];
    }

    private static string Show(ImmutableArray<(string Name, string Text)> files) => string.Concat(files.Select(f => $"-- {f.Name} --\n{f.Text}"));
}
