using System.Text;

namespace Ploy.Design.Configuration;

/// <summary>Reads <c>.env</c> files: <c>NAME=value</c>, <c>export</c>, quotes, comments, values over several lines, <c>${OTHER}</c>.</summary>
public static class DotEnv
{
    /// <summary>The variables in the order of the file; a later line of the same name wins.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="environment">What <c>${NAME}</c> means where the file does not set it.</param>
    public static IReadOnlyDictionary<string, string> Parse(string text, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(environment);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var position = 0;
        while (position < text.Length)
        {
            var end = text.IndexOf('\n', position);
            if (end < 0) end = text.Length;
            var line = text[position..end].Trim();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.StartsWith('#') || equals < 0)
            {
                position = end + 1;
                continue;
            }

            var name = line[..equals].Trim();
            if (name.StartsWith("export ", StringComparison.Ordinal)) name = name[7..].Trim();
            var start = text.IndexOf('=', position) + 1;
            while (start < text.Length && text[start] is ' ' or '\t') start++;
            var (value, next) = ReadValue(text, start);
            values[name] = Expand(value, text.Length > start && text[start] == '\'', n => environment(n) ?? values.GetValueOrDefault(n));
            position = next;
        }

        return values;
    }

    private static (string Value, int Next) ReadValue(string text, int start)
    {
        if (start < text.Length && text[start] is '"' or '\'' or '`')
        {
            var quote = text[start];
            var value = new StringBuilder();
            for (var i = start + 1; i < text.Length; i++)
            {
                if (text[i] == quote) return (value.ToString(), NextLine(text, i));
                if (quote == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is 'n' or 'r' or '"' or '\\')
                {
                    i++;
                    value.Append(text[i] switch { 'n' => '\n', 'r' => '\r', var other => other });
                    continue;
                }

                value.Append(text[i]);
            }
        }

        var end = text.IndexOf('\n', start);
        if (end < 0) end = text.Length;
        var plain = text[start..end];
        var comment = plain.IndexOf(" #", StringComparison.Ordinal);
        return ((comment >= 0 ? plain[..comment] : plain).Trim(), end + 1);
    }

    private static int NextLine(string text, int position) => text.IndexOf('\n', position) is var end and >= 0 ? end + 1 : text.Length;

    private static string Expand(string value, bool isRaw, Func<string, string?> lookup)
    {
        if (isRaw) return value;
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            var end = value[i] == '$' && i + 1 < value.Length && value[i + 1] == '{' ? value.IndexOf('}', i) : -1;
            if (end < 0)
            {
                text.Append(value[i]);
                continue;
            }

            text.Append(lookup(value[(i + 2)..end]) ?? "");
            i = end;
        }

        return text.ToString();
    }
}
