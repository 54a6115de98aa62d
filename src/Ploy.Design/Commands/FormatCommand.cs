using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Formatting;
using Ploy.Language.Syntax;

namespace Ploy.Design.Commands;

/// <summary><c>ploy format</c>: lays out all schema files, and completes relations.</summary>
public static class FormatCommand
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Formats the files together.</summary>
    /// <param name="files">All files of the schema; their paths are where they are written.</param>
    /// <param name="isCheck">Whether to write nothing.</param>
    /// <returns>Those whose text changes, in the order given.</returns>
    /// <exception cref="PloyException">PLOY2011 where a file cannot be written; those before it are.</exception>
    /// <remarks>A file is replaced whole or not at all; files that stay as they are keep their time stamps.</remarks>
    public static ImmutableArray<SourceText> Run(ImmutableArray<SourceText> files, bool isCheck)
    {
        var texts = SchemaFormatter.Format([.. files.Select(SyntaxTree.Parse)]);
        var changed = ImmutableArray.CreateBuilder<SourceText>();
        for (var i = 0; i < files.Length; i++)
        {
            if (texts[i] == files[i].Text) continue;
            changed.Add(files[i]);
            if (!isCheck) Replace(files[i].Path, texts[i]);
        }

        return changed.ToImmutable();
    }

    private static void Replace(string path, string text)
    {
        // A link stays one: what it leads to is replaced.
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var temporary = target + ".ploy-new";
        try
        {
            File.Copy(target, temporary, overwrite: true);
            File.WriteAllText(temporary, text, Utf8);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new PloyException("PLOY2011", $"The file `{path}` cannot be written: {exception.Message}", "Give the right to write the file and its folder.", exception);
        }
    }
}
