using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Configuration;
using Ploy.Language.Formatting;
using Ploy.Language.Syntax;

namespace Ploy.Design.Commands;

/// <summary><c>ploy format</c>: lays out all schema files, and completes relations.</summary>
public static class FormatCommand
{
    /// <summary>Formats the files together.</summary>
    /// <param name="files">All files of the schema; their paths, as they are shown, are where they are written.</param>
    /// <param name="workingDirectory">The full path of the folder where relative paths begin.</param>
    /// <param name="isCheck">Whether to write nothing.</param>
    /// <returns>Those whose text changes, in the order given.</returns>
    /// <exception cref="PloyException">PLOY2011 where a file cannot be written; those before it are.</exception>
    /// <remarks>A file is replaced whole or not at all; files that stay as they are keep their time stamps.</remarks>
    public static ImmutableArray<SourceText> Run(ImmutableArray<SourceText> files, string workingDirectory, bool isCheck)
    {
        var texts = SchemaFormatter.Format([.. files.Select(SyntaxTree.Parse)]);
        var changed = ImmutableArray.CreateBuilder<SourceText>();
        for (var i = 0; i < files.Length; i++)
        {
            if (texts[i] == files[i].Text) continue;
            changed.Add(files[i]);
            if (!isCheck) WholeFile.Write(Path.GetFullPath(files[i].Path, workingDirectory), files[i].Path, texts[i]);
        }

        return changed.ToImmutable();
    }
}
