using System.Text;
using Ploy.Client.Diagrams;
using Ploy.Core.Diagnostics;

namespace Ploy.Design.Commands;

/// <summary>Writes the schema as an entity-relationship diagram.</summary>
public sealed class DiagramCommand(Workspace workspace)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the file where it would change.</summary>
    /// <param name="path">Relative to the working directory; <c>.svg</c> or <c>.md</c> says in which form.</param>
    /// <returns>True where it was written.</returns>
    /// <exception cref="PloyException">PLOY4007 for another ending, PLOY4004 where a file of somebody else is in the way, PLOY2011 where it cannot be written.</exception>
    public bool Write(string path)
    {
        var full = Path.GetFullPath(path, workspace.Project.WorkingDirectory);
        var diagram = ErDiagram.Of(workspace.Model);
        var text = Path.GetExtension(full) switch
        {
            ".svg" => SvgDiagram.Write(diagram),
            ".md" => MermaidDiagram.Write(diagram),
            _ => throw new PloyException("PLOY4007", $"A diagram cannot be written as `{path}`.", "Give a file that ends with `.svg` or `.md`."),
        };
        try
        {
            if (File.Exists(full))
            {
                var before = File.ReadAllText(full);
                if (before == text) return false;
                if (!before.StartsWith(MermaidDiagram.Mark, StringComparison.Ordinal))
                    throw new PloyException("PLOY4004", $"The file `{path}` is in the way: Ploy did not write it.", "Move it, or give the diagram another name.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(full)!); // a file has a folder
            File.WriteAllText(full, text, Utf8);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2011", $"The file `{path}` cannot be written: {exception.Message}", null, exception);
        }
    }
}
