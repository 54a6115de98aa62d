namespace Ploy.Design.Configuration;

/// <summary>A text of a configuration file: written out, or the name of an environment variable.</summary>
/// <param name="Literal">The text; null for a variable.</param>
/// <param name="Variable">The variable; null for a literal.</param>
/// <param name="Fallback">What counts where the variable is not set; null for nothing.</param>
public sealed record ConfigurationText(string? Literal, string? Variable, string? Fallback = null)
{
    /// <summary>Reads <c>env("X")</c> or, as anything else, a literal.</summary>
    public static ConfigurationText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (trimmed.StartsWith("env(", StringComparison.Ordinal) && trimmed.EndsWith(')'))
        {
            var name = trimmed[4..^1].Trim().Trim('"', '\'');
            if (name.Length > 0) return new ConfigurationText(null, name);
        }

        return new ConfigurationText(text, null);
    }
}
