using Ploy.Relational.Model;
using Ploy.Relational.Pulling;

namespace Ploy.Design.Pull;

/// <summary>Recognises the tables behind implicit many-to-many relations.</summary>
internal static class JoinTables
{
    /// <summary>The foreign keys of columns <c>A</c> and <c>B</c>; null where the table is an ordinary one.</summary>
    public static (ForeignKey A, ForeignKey B)? KeysOf(Table table, PullRules rules)
    {
        if (!table.Name.Name.StartsWith('_') || !HasKey(table, rules)) return null;
        if (!table.Indexes.Any(i => i is { IsUnique: false, Parts: [var only] } && Is(only.Column, "b"))) return null;
        if (rules.ForeignKeys(table).ToList() is not [var first, var second]) return null;
        return IsPair(first, second) ? (first, second) : IsPair(second, first) ? (second, first) : null;
    }

    private static bool HasKey(Table table, PullRules rules) =>
        table.Indexes.Any(i => i.IsUnique && IsBoth(i.Parts)) || (rules.JoinTablesHaveKeys && table.PrimaryKey is { } key && IsBoth(key.Parts));

    private static bool IsBoth(Core.EquatableArray<IndexPart> parts) => parts is [var a, var b] && Is(a.Column, "a") && Is(b.Column, "b");

    // The model whose table's name comes first is the one that `A` refers to.
    private static bool IsPair(ForeignKey a, ForeignKey b) =>
        Is(a.Columns[0], "a") && Is(b.Columns[0], "b") && string.CompareOrdinal(a.Target.Name, b.Target.Name) <= 0;

    private static bool Is(string column, string letter) => column.Equals(letter, StringComparison.OrdinalIgnoreCase);
}
