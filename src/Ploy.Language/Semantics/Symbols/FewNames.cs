namespace Ploy.Language.Semantics.Symbols;

/// <summary>
/// Nearly all blocks have so few members that comparing one by one is faster than any table, and takes no memory; a table is made only for
/// the others, so that none takes more than linear time.
/// </summary>
internal static class FewNames
{
    /// <summary>Up to this number members are compared one by one.</summary>
    public const int Most = 16;
}
