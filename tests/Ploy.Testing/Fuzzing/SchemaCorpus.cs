using System.Collections.Immutable;

namespace Ploy.Testing.Fuzzing;

/// <summary>The schemas of the repository: samples, and the inputs of all cases.</summary>
public static class SchemaCorpus
{
    /// <summary>Their texts, without repetitions, in an order that depends on nothing but the files.</summary>
    public static ImmutableArray<string> Texts { get; } =
    [
        .. Files("samples", "*.prisma").Select(File.ReadAllText)
            .Concat(Files("tests/Ploy.Conformance.Tests", "*.case").Concat(Files("tests/Ploy.Conformance.Tests", "*.format")).SelectMany(Sections))
            .Distinct(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Repository.PathOf(folder.Split('/')), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Sections(string path)
    {
        var file = CaseFile.Read(path);
        return file.SectionNames.Where(name => name.EndsWith(".prisma", StringComparison.Ordinal)).Select(name => file[name]!);
    }
}
