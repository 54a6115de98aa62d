using System.Text;
using Ploy.Core.Diagnostics;

namespace Ploy.Design.Configuration;

/// <summary>Writes files whole or not at all.</summary>
internal static class WholeFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Puts a text in place of a file's, or makes the file and its folders.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="display">How it is shown.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="PloyException">PLOY2011 where it cannot be written; the file is what it was.</exception>
    public static void Write(string path, string display, string text)
    {
        // A link stays one: what it leads to is replaced.
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        var temporary = target + ".ploy-new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!); // a file has a folder
            if (File.Exists(target)) File.Copy(target, temporary, overwrite: true); // rights and owner stay
            File.WriteAllText(temporary, text, Utf8);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw new PloyException("PLOY2011", $"The file `{display}` cannot be written: {exception.Message}", "Give the right to write the file and its folder.", exception);
        }
    }

    // Where not even this may be done, the reason that is told is the first one.
    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
