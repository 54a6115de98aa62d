using System.Text;

namespace Ploy.Design.Pull;

/// <summary>A line of a block: a field, value, property or block attribute.</summary>
/// <param name="Key">The member's name, or the attribute's whole text, by which comments find it again.</param>
/// <param name="Text">The line.</param>
/// <param name="Documentation">Doc comments above it; null for none.</param>
/// <param name="IsOut">Whether it is commented out.</param>
internal sealed record PulledLine(string Key, string Text, string? Documentation = null, bool IsOut = false);

/// <summary>A block of a schema file.</summary>
internal sealed record PulledBlock
{
    /// <summary><c>model</c>, <c>view</c>, <c>enum</c>, <c>datasource</c>, <c>generator</c>.</summary>
    public required string Keyword { get; init; }

    /// <summary>The name in the language.</summary>
    public required string Name { get; init; }

    /// <summary>The path of its file, as it is shown.</summary>
    public required string File { get; init; }

    /// <summary>Its place in the files before; null for a new one.</summary>
    public int? Position { get; init; }

    /// <summary>Doc comments above it; null for none.</summary>
    public string? Documentation { get; init; }

    /// <summary>Whether all of it is commented out.</summary>
    public bool IsOut { get; init; }

    /// <summary>Its lines.</summary>
    public required IReadOnlyList<PulledLine> Lines { get; init; }

    /// <summary>The block as text, to be formatted, with an empty line behind it.</summary>
    /// <param name="text">Where it is written.</param>
    /// <param name="comments">Comments of the files before; null where there are none.</param>
    public void WriteTo(StringBuilder text, KeptComments? comments)
    {
        var start = IsOut ? "// " : "";
        text.Append(comments?.Before(this)).Append(PulledText.Documentation(Documentation)).Append(start).Append(Keyword).Append(' ').Append(Name).Append(" {\n");
        foreach (var line in Lines)
        {
            text.Append(comments?.Before(this, line)).Append(PulledText.Documentation(line.Documentation)).Append(start);
            if (line.IsOut) text.Append("// ");
            text.Append(line.Text).Append(comments?.Behind(this, line)).Append('\n');
        }

        text.Append(comments?.AtEnd(this)).Append(start).Append("}\n\n");
    }
}
