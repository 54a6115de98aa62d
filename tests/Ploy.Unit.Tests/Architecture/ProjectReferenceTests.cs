using System.Xml.Linq;
using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Architecture;

public sealed class ProjectReferenceTests
{
    /// <summary>What each product project may see directly. A new line here is a decision: docs/decisions says why the layers are so.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Ploy.Core"] = [],
        ["Ploy.Language"] = ["Ploy.Core"],
        ["Ploy.Relational"] = ["Ploy.Core"],
        ["Ploy.Postgres"] = ["Ploy.Relational"],
        ["Ploy.Sqlite"] = ["Ploy.Relational"],
        ["Ploy.Migrations"] = ["Ploy.Relational"],
        ["Ploy.Client"] = ["Ploy.Language", "Ploy.Relational"],
        ["Ploy.Design"] = ["Ploy.Client", "Ploy.Language", "Ploy.Migrations"],
        ["Ploy.Cli"] = ["Ploy.Client", "Ploy.Design", "Ploy.Postgres", "Ploy.Sqlite"],
        ["Ploy.EntityFrameworkCore"] = [],
        ["Ploy.Hosting"] = ["Ploy.Migrations", "Ploy.Postgres", "Ploy.Sqlite"],
        ["Ploy.Build"] = [],
    };

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        var wrong =
            from project in ProductProjects()
            from reference in References(project)
            where !Allowed.TryGetValue(Name(project), out var allowed) || !allowed.Contains(reference)
            select $"{Name(project)} references {reference}";
        Expect.Text("", string.Join("\n", wrong));
    }

    [Fact]
    public void Every_project_has_a_line_in_the_table() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), ProductProjects().Select(Name));

    [Fact]
    public void The_command_line_program_links_no_Entity_Framework()
    {
        // It would make the native program several times as large, and it does not compile ahead of time.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(["Ploy.Cli"]);
        while (open.TryPop(out var name))
            if (seen.Add(name))
                foreach (var reference in Allowed[name])
                    open.Push(reference);
        Assert.Contains("Ploy.Core", seen);
        var packages = ProductProjects().Where(p => seen.Contains(Name(p))).SelectMany(p => Items(p, "PackageReference"));
        Assert.DoesNotContain(packages, package => package.Contains("EntityFrameworkCore", StringComparison.Ordinal));
        Assert.DoesNotContain("Ploy.EntityFrameworkCore", seen);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = XDocument.Load(Repository.PathOf("Ploy.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value);
        string[] roots = ["src", "tests", "tests/tools", "bench"];
        var projects = roots
            .SelectMany(folder => Projects(folder))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'));
        Assert.Equal(projects.Order(StringComparer.Ordinal), solution.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> ProductProjects() => Projects("src").OrderBy(Name, StringComparer.Ordinal);

    private static string[] Projects(string folder) => Directory.Exists(Repository.PathOf(folder))
        ? [.. Directory.EnumerateDirectories(Repository.PathOf(folder)).SelectMany(project => Directory.EnumerateFiles(project, "*.csproj"))]
        : [];

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project);

    private static IEnumerable<string> References(string project) =>
        Items(project, "ProjectReference").Select(path => Name(path.Replace('\\', '/')));

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(item => item.Attribute("Include")?.Value).OfType<string>();
}
