using System.Collections.Immutable;
using Ploy.Core.Text;

namespace Ploy.Design.Configuration;

/// <summary>A value of a configuration file in TypeScript, as far as it can be read without running it.</summary>
internal abstract record ScriptValue
{
    private ScriptValue()
    {
    }

    /// <summary>A text or environment variable.</summary>
    public sealed record Text(ConfigurationText Value) : ScriptValue;

    /// <summary>An object literal; a spread in it hides what it may hold.</summary>
    public sealed record Object(ImmutableDictionary<string, ScriptValue> Members) : ScriptValue;

    /// <summary>An array literal.</summary>
    public sealed record List(ImmutableArray<ScriptValue> Items) : ScriptValue;

    /// <summary>A number, <c>true</c>, <c>null</c> and the like: nothing that is asked for.</summary>
    public sealed record Other : ScriptValue;

    /// <summary>An expression that only running it would tell.</summary>
    public sealed record Unreadable(TextSpan Span) : ScriptValue;
}
