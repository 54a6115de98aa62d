using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Design.Configuration;

/// <summary>Reads schema files from disk.</summary>
public static class SchemaFiles
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The <c>.prisma</c> files of a file or folder, in the order of their paths; symbolic links are followed, and each folder is read
    /// once.
    /// </summary>
    /// <param name="path">The full path.</param>
    /// <param name="display">How a full path is shown.</param>
    /// <exception cref="PloyException">PLOY2009 where a file or folder cannot be read.</exception>
    public static ImmutableArray<SourceText> Read(string path, Func<string, string> display)
    {
        ArgumentNullException.ThrowIfNull(display);
        if (!Directory.Exists(path)) return [ReadText(path, display(path))];
        var files = new List<string>();
        try
        {
            Collect(path, files, []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2009", $"The folder `{display(path)}` cannot be read: {exception.Message}", null, exception);
        }

        return [.. files.OrderBy(f => Path.GetRelativePath(path, f).Replace('\\', '/'), StringComparer.Ordinal).Select(f => ReadText(f, display(f)))];
    }

    /// <summary>The text of a file, without a byte order mark.</summary>
    /// <exception cref="PloyException">PLOY2009 where it cannot be read or is no UTF-8.</exception>
    public static SourceText ReadText(string path, string display)
    {
        try
        {
            return SourceText.From(display, Read(path).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException exception)
        {
            throw new PloyException("PLOY2009", $"The file `{display}` is no UTF-8 text: byte {exception.Index} does not decode.", "Save it as UTF-8.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2009", $"The file `{display}` cannot be read: {exception.Message}", null, exception);
        }
    }

    // The bytes are needed only until they are characters: all files go through the same place.
    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        if (!file.CanSeek || file.Length is 0 or > int.MaxValue)
        {
            // A pipe or device does not know its length.
            using var all = new MemoryStream();
            file.CopyTo(all);
            return Strict.GetString(all.GetBuffer(), 0, (int)all.Length);
        }

        var length = (int)file.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Strict.GetString(bytes, 0, file.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void Collect(string folder, List<string> files, HashSet<string> visited)
    {
        var real = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(folder);
        if (!visited.Add(real)) return;
        foreach (var file in Directory.EnumerateFiles(folder))
            if (file.EndsWith(".prisma", StringComparison.Ordinal))
                files.Add(file);
        foreach (var inner in Directory.EnumerateDirectories(folder)) Collect(inner, files, visited);
    }
}
