using System.Globalization;
using System.Text;

namespace Ploy.Design.Pull;

/// <summary>Writes parts of the schema language; laying them out is the formatter's work.</summary>
internal static class PulledText
{
    /// <summary>A string in quotes.</summary>
    public static string Quoted(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsControl(c) && c < 128 => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>Names in brackets.</summary>
    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";

    /// <summary>A name with arguments in parentheses, which are left out where there are none.</summary>
    public static string Call(string name, IReadOnlyCollection<string> arguments) => arguments.Count == 0 ? name : $"{name}({string.Join(", ", arguments)})";

    /// <summary>Doc comment lines, each with its line break; empty for null.</summary>
    public static string Documentation(string? text)
    {
        if (text is null) return "";
        var lines = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.Trim();
            lines.Append(trimmed.Length == 0 ? "///" : "/// ").Append(trimmed).Append('\n');
        }

        return lines.ToString();
    }
}
