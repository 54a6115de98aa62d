using System.Text.RegularExpressions;
using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Architecture;

public sealed partial class FolderReferenceTests
{
    [Fact]
    public void Folders_of_a_project_do_not_use_each_other_in_a_circle()
    {
        var uses = Uses();
        Assert.Contains(("Ploy.Language.Semantics", "Ploy.Language.Syntax"), uses.Select(u => (u.From, u.To)));
        var circles =
            from use in uses
                // One interceptor of one framework, cut into topics rather than layers.
            where !use.From.StartsWith("Ploy.EntityFrameworkCore.", StringComparison.Ordinal)
            where Reaches(uses, use.To, use.From)
            select $"{use.From} uses {use.To} in {use.File}, and {use.To} leads back";
        Expect.Text("", string.Join("\n", circles));
    }

    /// <summary>Which top-level folder uses which other one of the same project, with a file that does.</summary>
    private static List<(string From, string To, string File)> Uses()
    {
        var uses = new List<(string From, string To, string File)>();
        var folders = Sources.Product.Select(Folder).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var file in Sources.Product)
        {
            if (Folder(file) is not { } from)
                continue;
            var project = file.Split('/')[1];
            foreach (Match match in QualifiedName().Matches(Sources.Read(file)))
            {
                var to = match.Value;
                if (to != from && to.StartsWith(project + ".", StringComparison.Ordinal) && folders.Contains(to) && !uses.Exists(u => u.From == from && u.To == to))
                    uses.Add((from, to, file));
            }
        }

        return uses;
    }

    /// <summary><c>Ploy.Language.Syntax</c> for a file in or below <c>src/Ploy.Language/Syntax/</c>; null for one beside the project file.</summary>
    private static string? Folder(string file)
    {
        var parts = file.Split('/');
        return parts.Length > 3 ? $"{parts[1]}.{parts[2]}" : null;
    }

    private static bool Reaches(List<(string From, string To, string File)> uses, string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var folder))
        {
            if (folder == to)
                return true;
            if (seen.Add(folder))
                foreach (var use in uses.Where(u => u.From == folder))
                    open.Push(use.To);
        }

        return false;
    }

    [GeneratedRegex(@"\bPloy\.[A-Z]\w+\.[A-Z]\w+")]
    private static partial Regex QualifiedName();
}
