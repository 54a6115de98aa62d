namespace Ploy.Relational.Diff;

/// <summary>
/// Two objects differ in something that the differ does not know: a property was added to the model and nobody taught the differ. Thrown
/// instead of ignoring it in silence.
/// </summary>
public sealed class UnhandledDifferenceException : Exception
{
    private UnhandledDifferenceException(string subject, string property)
        : base($"{subject} differs in `{property}`, which cannot be migrated.")
    {
        Subject = subject;
        Property = property;
    }

    /// <summary>The object, as a user knows it: <c>column `id` of `User`</c>.</summary>
    public string Subject { get; }

    /// <summary>The property's name in the model.</summary>
    public string Property { get; }

    /// <summary>Throws where the value with everything known taken over from the other side is still not the other side.</summary>
    /// <param name="explained">The value before, with all known properties of the value after.</param>
    /// <param name="after">The value after.</param>
    /// <param name="subject">Names the object; called only for the exception.</param>
    internal static void ThrowUnlessEqual<T>(T explained, T after, Func<string> subject)
        where T : class, IEquatable<T>
    {
        if (!explained.Equals(after))
            throw new UnhandledDifferenceException(subject(), FirstDifference(explained.ToString() ?? "", after.ToString() ?? ""));
    }

    /// <summary>Records print as <c>Type { Name = value, ... }</c>: the property is the last name before the texts part.</summary>
    private static string FirstDifference(string explained, string after)
    {
        var common = explained.AsSpan().CommonPrefixLength(after);
        var equals = explained.LastIndexOf(" = ", Math.Max(0, Math.Min(common, explained.Length - 1)), StringComparison.Ordinal);
        if (equals < 0) return "?";
        var start = explained.LastIndexOf(' ', equals - 1) + 1;
        return explained[start..equals];
    }
}
