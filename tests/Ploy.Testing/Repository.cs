namespace Ploy.Testing;

/// <summary>Where the repository lies on this machine, found from the running test assembly.</summary>
public static class Repository
{
    /// <summary>The prefix that the compiler writes in place of the repository's folder.</summary>
    private const string MappedRoot = "/_/";

    /// <summary>The folder of the solution file, as a full path without a separator at its end.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary><c>debug</c> or <c>release</c>: the configuration that the running tests were built with.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>A full path from parts below the root.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The real path of what <c>[CallerFilePath]</c> gave.</summary>
    public static string SourcePath(string callerFilePath) =>
        callerFilePath.StartsWith(MappedRoot, StringComparison.Ordinal) ? Path.Combine(Root, callerFilePath[MappedRoot.Length..]) : callerFilePath;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Ploy.slnx")))
                return Path.TrimEndingDirectorySeparator(folder.FullName);
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Ploy.slnx.");
    }
}
