namespace Ploy.Core.Text;

/// <summary>Paths as people read them.</summary>
public static class DisplayPath
{
    /// <summary>
    /// The path relative to <paramref name="directory"/> where it lies in it or in a folder close by, else the full path; forward slashes
    /// on every system.
    /// </summary>
    /// <param name="path">A full path.</param>
    /// <param name="directory">The working directory.</param>
    public static string Of(string path, string directory)
    {
        var relative = Path.GetRelativePath(directory, path);
        var isFar = Path.IsPathRooted(relative) || relative.StartsWith(Path.Combine("..", ".."), StringComparison.Ordinal);
        return (isFar ? path : relative).Replace('\\', '/');
    }
}
