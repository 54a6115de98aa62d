using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Migrations.Files;

namespace Ploy.Design.Configuration;

/// <summary>Reads schema files from disk.</summary>
public static class SchemaFiles
{
    /// <summary>From so many files on it is faster to read them on several processors.</summary>
    private const int WorthThreads = 64;

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

        return ReadAll([.. files.OrderBy(f => Path.GetRelativePath(path, f).Replace('\\', '/'), StringComparer.Ordinal)], display);
    }

    /// <summary>Many files are read on several processors. Of several that cannot be read the first is told.</summary>
    private static ImmutableArray<SourceText> ReadAll(string[] paths, Func<string, string> display)
    {
        var (texts, failures) = (new SourceText[paths.Length], new PloyException?[paths.Length]);
        var workers = paths.Length < WorthThreads ? 1 : Environment.ProcessorCount;
        if (workers == 1) ReadEach(0);
        else Parallel.For(0, workers, ReadEach);
        if (Array.Find(failures, f => f is not null) is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return ImmutableCollectionsMarshal.AsImmutableArray(texts);

        void ReadEach(int worker)
        {
            for (var i = worker; i < paths.Length; i += workers)
            {
                try
                {
                    texts[i] = ReadText(paths[i], display(paths[i]));
                }
                catch (PloyException exception)
                {
                    failures[i] = exception;
                    return;
                }
            }
        }
    }

    /// <summary>The text of a file, without a byte order mark.</summary>
    /// <exception cref="PloyException">PLOY2009 where it cannot be read or is no UTF-8.</exception>
    public static SourceText ReadText(string path, string display)
    {
        try
        {
            return SourceText.From(display, FileBytes.Read(path, Strict, static (bytes, encoding) => encoding.GetString(bytes)).TrimStart('\uFEFF'));
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
