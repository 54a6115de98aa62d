using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>Names of a relation that no file has named yet.</summary>
/// <param name="Relation">The relation's name; empty where it needs none.</param>
/// <param name="Forward">The field of the model with the key, or of model A.</param>
/// <param name="Back">The field at the other side, or of model B.</param>
internal sealed record RelationNames(string Relation, string Forward, string Back);

/// <summary>
/// Names relations and their fields as the engine does: by the names in the database, whatever the files call them. Two models with more than
/// one relation between them, or a column called like the model it refers to, need longer names.
/// </summary>
internal sealed class RelationNaming
{
    private readonly Dictionary<QualifiedName, int> _places = [];
    private readonly HashSet<(int, int)> _ambiguous = [];

    /// <summary>Looks at all relations of all tables together.</summary>
    /// <param name="tables">All tables in the engine's order.</param>
    /// <param name="keys">Their foreign keys in order, without those to tables that are not there.</param>
    /// <param name="joins">The tables that are many-to-many relations.</param>
    public RelationNaming(IReadOnlyList<Table> tables, Func<Table, IReadOnlyList<ForeignKey>> keys, Func<Table, bool> joins)
    {
        foreach (var table in tables) _places.TryAdd(table.Name, _places.Count);
        var seen = new Dictionary<(int, int), HashSet<string>>();
        foreach (var table in tables)
        {
            var isJoin = joins(table);
            if (isJoin)
            {
                Count(seen, Pair(keys(table)[0].Target, keys(table)[1].Target), table.Name.ToString());
                continue;
            }

            foreach (var key in keys(table))
            {
                // Two keys over the same columns are one relation to the reader.
                Count(seen, Pair(table.Name, key.Target), table.Name + "\0" + string.Join('\0', key.Columns));
                if (key.Columns.Any(c => PulledNames.Sanitize(c) == NameOf(key.Target))) _ambiguous.Add(Pair(table.Name, key.Target));
            }
        }
    }

    /// <summary>The names of a relation with a foreign key.</summary>
    public RelationNames OfKey(Table table, ForeignKey key)
    {
        var isSelf = table.Name == key.Target;
        var (from, to) = (NameOf(table.Name), NameOf(key.Target));
        var other = isSelf ? "other_" : "";
        if (!_ambiguous.Contains(Pair(table.Name, key.Target))) return new RelationNames(isSelf ? $"{from}To{to}" : "", to, other + from);
        var name = $"{from}_{string.Join('_', key.Columns.Select(PulledNames.Sanitize))}To{to}";
        return new RelationNames(name, $"{to}_{name}", $"{other}{from}_{name}");
    }

    /// <summary>The names of a many-to-many relation.</summary>
    public RelationNames OfJoin(Table table, QualifiedName first, QualifiedName second)
    {
        var pair = Pair(first, second);
        var isSelf = pair.Item1 == pair.Item2;
        var (a, b) = _places[first] <= _places[second] ? (NameOf(first), NameOf(second)) : (NameOf(second), NameOf(first));
        var name = table.Name.Name[1..];
        var isAmbiguous = _ambiguous.Contains(pair);
        var suffix = isAmbiguous ? table.Name.Name : "";
        return new RelationNames(!isAmbiguous && !isSelf && name == $"{a}To{b}" ? "" : name, b + suffix + (isSelf ? "_A" : ""), a + suffix + (isSelf ? "_B" : ""));
    }

    private void Count(Dictionary<(int, int), HashSet<string>> seen, (int, int) pair, string relation)
    {
        if (!seen.TryGetValue(pair, out var relations)) seen.Add(pair, relations = new HashSet<string>(StringComparer.Ordinal));
        if (relations.Add(relation) && relations.Count > 1) _ambiguous.Add(pair);
    }

    private (int, int) Pair(QualifiedName first, QualifiedName second)
    {
        var (a, b) = (_places[first], _places[second]);
        return a <= b ? (a, b) : (b, a);
    }

    private static string NameOf(QualifiedName table) => PulledNames.OfType(table.Name).Name;
}
