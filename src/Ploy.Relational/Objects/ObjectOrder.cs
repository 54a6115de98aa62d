using System.Collections.Immutable;
using Ploy.Relational.Model;

namespace Ploy.Relational.Objects;

/// <summary>The order in which objects can be made: by kind and name, but none before one that it mentions.</summary>
public static class ObjectOrder
{
    /// <summary>Sorts objects. Those that mention each other in a circle stay in the order of their kinds. Linear in the length of their texts.</summary>
    public static ImmutableArray<SchemaObject> Sort(IEnumerable<SchemaObject> objects, ObjectRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var sorted = objects.OrderBy(o => o.Kind).ThenBy(o => o.Table?.ToString() ?? "", StringComparer.Ordinal).ThenBy(o => o.Name.ToString(), StringComparer.Ordinal).ToList();

        // Nothing is made over a trigger or a policy, and a trigger is often called like its function.
        var makers = sorted.Where(o => o.Kind is not (ObjectKind.Generated or ObjectKind.Trigger or ObjectKind.Policy or ObjectKind.RowSecurity or ObjectKind.TableComment or ObjectKind.ColumnComment or ObjectKind.Grant)).ToLookup(NameOf, StringComparer.Ordinal);
        var result = ImmutableArray.CreateBuilder<SchemaObject>(sorted.Count);
        var seen = new HashSet<SchemaObject>(ReferenceEqualityComparer.Instance);
        foreach (var item in sorted) Visit(item);
        return result.MoveToImmutable();

        // What is open is seen already, so that a circle ends. Depth is that of the longest chain of objects over objects.
        void Visit(SchemaObject item)
        {
            if (!seen.Add(item)) return;
            var names = rules.NamesIn(Uses(item));
            if (item.Table is { } table) Need(table.Name);
            foreach (var name in names) Need(name);
            result.Add(item);

            void Need(string name)
            {
                foreach (var used in makers[name])
                    if (!ReferenceEquals(used, item) && IsOther(used, item)) Visit(used);
            }
        }
    }

    // Behind a routine's own name, which others may have too that take other arguments.
    private static string Uses(SchemaObject item)
    {
        var text = item.Definition.Text;
        return item.Kind is ObjectKind.Function or ObjectKind.Procedure && text.IndexOf('(', StringComparison.Ordinal) is > 0 and var arguments ? text[arguments..] : text;
    }

    // A table's parts mention each other's names by chance only.
    private static bool IsOther(SchemaObject used, SchemaObject user) => !used.Kind.IsTablePart() || !user.Kind.IsTablePart();

    private static string NameOf(SchemaObject item)
    {
        var arguments = item.Kind is ObjectKind.Function or ObjectKind.Procedure ? item.Name.Name.LastIndexOf('(') : -1;
        return arguments > 0 ? item.Name.Name[..arguments] : item.Name.Name;
    }
}
