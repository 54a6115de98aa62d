using System.Collections.Immutable;
using System.Globalization;

namespace Ploy.Language.Semantics.Providers;

/// <summary>A native type: which field types it is for, and its arguments.</summary>
/// <param name="Scalar">The scalar type of the fields it is for.</param>
/// <param name="Arguments">How many arguments it takes, all or none of them; 0 for none.</param>
/// <param name="Limit">Says what is wrong with the arguments; null where they are fine, and where any will do.</param>
internal sealed record NativeTypeRule(ScalarKind Scalar, int Arguments = 0, Func<ImmutableArray<uint>, string?>? Limit = null)
{
    /// <summary>The arguments as numbers; null where they are not whole numbers, or not as many as it takes.</summary>
    public ImmutableArray<uint>? Parse(ImmutableArray<string> arguments)
    {
        if (arguments.IsEmpty) return [];
        if (arguments.Length != Arguments) return null;
        var numbers = ImmutableArray.CreateBuilder<uint>(arguments.Length);
        foreach (var argument in arguments)
        {
            if (!uint.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            numbers.Add(number);
        }

        return numbers.MoveToImmutable();
    }
}
