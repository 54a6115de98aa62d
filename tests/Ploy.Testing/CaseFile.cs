using System.Collections.Immutable;
using System.Text;

namespace Ploy.Testing;

/// <summary>
/// A scenario in one file: a description and <c>key: value</c> options at its head, then sections that begin with a line
/// <c>-- name --</c> and hold everything up to the next such line, byte for byte.
/// </summary>
public sealed class CaseFile
{
    private readonly ImmutableArray<Section> _sections;

    private CaseFile(string path, string head, ImmutableArray<Section> sections)
    {
        (Path, Head, _sections) = (path, head, sections);
        Options = head.Split('\n')
            .Select(line => line.Split(": ", 2))
            .Where(parts => parts.Length == 2 && parts[0].All(c => char.IsAsciiLetterLower(c) || c == '-'))
            .ToImmutableDictionary(parts => parts[0], parts => parts[1].Trim(), StringComparer.Ordinal);
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Everything before the first section.</summary>
    public string Head { get; }

    /// <summary>The options of the head, such as <c>server: 15</c>.</summary>
    public ImmutableDictionary<string, string> Options { get; }

    /// <summary>The sections' names in the file's order.</summary>
    public IEnumerable<string> SectionNames => _sections.Select(section => section.Name);

    /// <summary>A section's text; null where it is not there.</summary>
    public string? this[string section] => _sections.FirstOrDefault(s => s.Name == section)?.Text;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">A section stands there twice.</exception>
    public static CaseFile Read(string path) => Parse(path, File.ReadAllText(path));

    /// <summary>Reads a text; the path is only remembered.</summary>
    /// <exception cref="FormatException">A section stands there twice.</exception>
    public static CaseFile Parse(string path, string text)
    {
        var head = new StringBuilder();
        var sections = new List<Section>();
        StringBuilder? body = null;
        foreach (var line in SplitAfterLineFeeds(text))
        {
            if (SectionName(line) is not { } name)
            {
                (body ?? head).Append(line);
                continue;
            }

            CloseLast(sections, body);
            if (sections.Any(section => section.Name == name))
                throw new FormatException($"{path}: the section `{name}` stands there twice.");
            sections.Add(new Section(name, ""));
            body = new StringBuilder();
        }

        CloseLast(sections, body);
        return new CaseFile(path, head.ToString(), [.. sections]);
    }

    /// <summary>Files of several files: the sections <c>prefix/a.prisma</c>, or one section <c>prefix.prisma</c>; by name.</summary>
    public ImmutableArray<(string Name, string Text)> Files(string prefix) =>
    [
        .. _sections
            .Where(s => s.Name == prefix + ".prisma" || s.Name.StartsWith(prefix + "/", StringComparison.Ordinal))
            .Select(s => (s.Name, s.Text)),
    ];

    /// <summary>A copy in which a section has that text; a new section comes last.</summary>
    public CaseFile With(string section, string text)
    {
        var changed = new Section(section, text);
        var index = _sections.ToList().FindIndex(s => s.Name == section);
        return new CaseFile(Path, Head, index < 0 ? _sections.Add(changed) : _sections.SetItem(index, changed));
    }

    /// <summary>
    /// Compares a section with what came out. With <see cref="Expect.IsUpdating"/> the file is rewritten instead, missing sections
    /// included; the result is the file as it now is.
    /// </summary>
    public CaseFile Expect(string section, string actual)
    {
        var expected = this[section];
        if (string.Equals(expected, actual, StringComparison.Ordinal))
            return this;
        if (!Testing.Expect.IsUpdating)
        {
            var shown = System.IO.Path.GetRelativePath(Repository.Root, Path);
            throw new Xunit.Sdk.XunitException(
                $"{shown}, section `{section}`{(expected is null ? " is missing" : "")}. If the new text is right: ./x update {System.IO.Path.GetFileNameWithoutExtension(Path)}\n"
                + UnifiedDiff.Create(expected ?? "", actual));
        }

        var updated = With(section, actual);
        File.WriteAllText(Path, updated.ToString());
        return updated;
    }

    /// <summary>The file's text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Head);
        foreach (var section in _sections)
            text.Append("-- ").Append(section.Name).Append(" --\n").Append(section.Text).Append(section.Text is "" or [.., '\n'] ? "" : "\n");
        return text.ToString();
    }

    private static void CloseLast(List<Section> sections, StringBuilder? body)
    {
        if (body is not null)
            sections[^1] = sections[^1] with { Text = body.ToString() };
    }

    /// <summary>The name in a line <c>-- name --</c>; SQL comments such as <c>-- CreateTable</c> do not end that way.</summary>
    private static string? SectionName(string line)
    {
        var text = line.TrimEnd('\n');
        return text.Length > 6 && text.StartsWith("-- ", StringComparison.Ordinal) && text.EndsWith(" --", StringComparison.Ordinal) ? text[3..^3] : null;
    }

    private static IEnumerable<string> SplitAfterLineFeeds(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            yield return text[start..end];
            start = end;
        }
    }

    private sealed record Section(string Name, string Text);
}
