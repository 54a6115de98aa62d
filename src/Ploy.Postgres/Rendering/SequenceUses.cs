using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>Which columns of the schema after count up, and by which sequence.</summary>
internal sealed class SequenceUses
{
    private readonly Dictionary<QualifiedName, int> _byName = [];
    private readonly Dictionary<(QualifiedName Table, string Column), QualifiedName?> _own = [];
    private int _unnamed;

    public SequenceUses(SchemaDifference difference)
    {
        foreach (var table in difference.After.Tables)
        {
            foreach (var column in table.Columns)
            {
                if (!column.IsAutoIncrement && column.Default is not DefaultValue.NextValue) continue;
                var name = NameOf(column);
                _own[(table.Name, column.Name)] = name;
                if (name is { } known) _byName[known] = _byName.GetValueOrDefault(known) + 1;
                else _unnamed++;
            }
        }
    }

    /// <summary>The sequence's name; null where the column's type makes it.</summary>
    public static QualifiedName? NameOf(Column column) => (column.Default as DefaultValue.NextValue)?.Sequence;

    /// <summary>
    /// Whether another column after counts up by a sequence of that name. The engine knows no name for those of schema files and takes all of
    /// them for one: it leaves a sequence behind while any other such column is there, which does no harm.
    /// </summary>
    public bool IsUsedElsewhere(Column before, Table after, Column column)
    {
        var name = NameOf(before);
        var uses = name is { } known ? _byName.GetValueOrDefault(known) : _unnamed;
        var isOwn = _own.TryGetValue((after.Name, column.Name), out var own) && own == name;
        return uses > (isOwn ? 1 : 0);
    }
}
