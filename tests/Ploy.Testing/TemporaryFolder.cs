namespace Ploy.Testing;

/// <summary>A new folder among the temporary files; disposing removes it with all it holds.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Root = Directory.CreateTempSubdirectory("ploy-test-").FullName;

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>A full path below it.</summary>
    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Writes a file, its folders made where missing; the path has forward slashes.</summary>
    /// <returns>The file's full path.</returns>
    public string Write(string relativePath, string text)
    {
        var path = PathOf(relativePath.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Reads a file.</summary>
    public string Read(string relativePath) => File.ReadAllText(PathOf(relativePath.Split('/')));

    /// <summary>Copies a folder with all it holds to a place below this one.</summary>
    public void CopyFrom(string sourceFolder, string relativePath = "")
    {
        foreach (var file in Directory.EnumerateFiles(sourceFolder, "*", SearchOption.AllDirectories))
        {
            var target = PathOf([.. relativePath.Split('/', StringSplitOptions.RemoveEmptyEntries), Path.GetRelativePath(sourceFolder, file)]);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>All files below it, as relative paths with forward slashes, sorted.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
    }
}
