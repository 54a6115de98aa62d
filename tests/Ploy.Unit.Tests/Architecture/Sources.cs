using Ploy.Testing;

namespace Ploy.Unit.Tests.Architecture;

/// <summary>The repository's own C# files.</summary>
internal static class Sources
{
    /// <summary>Files below <c>src</c>, as paths from the repository's root with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Product { get; } = Find("src");

    /// <summary>Files below <c>tests</c>.</summary>
    public static IReadOnlyList<string> Tests { get; } = Find("tests");

    public static string Read(string path) => File.ReadAllText(Repository.PathOf(path));

    private static List<string> Find(string folder) =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
