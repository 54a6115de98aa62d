using System.Text;
using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Relational.Sql;

namespace Ploy.Relational.Diff;

/// <summary>
/// A database cuts names that are too long for it in silence, so that a name in a schema file and what a live database calls the same object
/// differ. Where one side has only the cut name of what the other side calls by its whole name, both get the cut one; a name that is new stays whole.
/// </summary>
internal static class StoredNames
{
    /// <summary>Both schemas, the same instances where no name is too long.</summary>
    public static (DatabaseSchema Before, DatabaseSchema After) Align(DatabaseSchema before, DatabaseSchema after, Dialect dialect)
    {
        if (dialect.MaxIdentifierBytes is not { } limit) return (before, after);
        var (longBefore, longAfter) = (HasLongNames(before, limit), HasLongNames(after, limit));
        if (longAfter) after = new Alignment(after, before, dialect, limit).Apply();
        if (longBefore) before = new Alignment(before, after, dialect, limit).Apply();
        return (before, after);
    }

    private static bool HasLongNames(DatabaseSchema schema, int limit)
    {
        foreach (var item in schema.Enums)
            if (IsLong(item.Name.Name, limit)) return true;
        foreach (var table in schema.Tables)
        {
            if (IsLong(table.Name.Name, limit)) return true;
            foreach (var column in table.Columns)
                if (IsLong(column.Name, limit)) return true;
        }

        return false;
    }

    // A UTF-16 unit takes at most three bytes.
    private static bool IsLong(string name, int limit) => name.Length * 3 > limit && Encoding.UTF8.GetByteCount(name) > limit;

    /// <summary>Gives one schema the cut names that the other one has.</summary>
    private sealed class Alignment
    {
        private readonly DatabaseSchema _schema;
        private readonly NameScope _scope;
        private readonly Dictionary<QualifiedName, QualifiedName> _names = [];
        private readonly Dictionary<QualifiedName, Dictionary<string, string>> _columns = [];

        public Alignment(DatabaseSchema schema, DatabaseSchema other, Dialect dialect, int limit)
        {
            (_schema, _scope) = (schema, new NameScope(schema, dialect));
            var scope = new NameScope(other, dialect);
            var tables = other.Tables.GroupBy(t => scope.Resolve(t.Name)).ToDictionary(g => g.Key, g => g.First());
            var enums = other.Enums.Select(e => scope.Resolve(e.Name)).ToHashSet();
            foreach (var item in schema.Enums) Note(item.Name, enums.Contains, limit);
            foreach (var table in schema.Tables)
            {
                Note(table.Name, tables.ContainsKey, limit);
                if (!tables.TryGetValue(_scope.Resolve(Name(table.Name)), out var counterpart)) continue;
                var cut = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var column in table.Columns)
                    if (IsLong(column.Name, limit) && counterpart.FindColumn(column.Name) is null && IdentifierRules.Cut(column.Name, limit) is var stored && counterpart.FindColumn(stored) is not null)
                        cut[column.Name] = stored;
                if (cut.Count > 0) _columns[_scope.Resolve(table.Name)] = cut;
            }
        }

        public DatabaseSchema Apply() => _names.Count == 0 && _columns.Count == 0 ? _schema : _schema with
        {
            Enums = _schema.Enums.Select(e => e with { Name = Name(e.Name) }).ToEquatableArray(),
            Tables = _schema.Tables.Select(Apply).ToEquatableArray(),
        };

        private void Note(QualifiedName name, Predicate<QualifiedName> exists, int limit)
        {
            if (!IsLong(name.Name, limit) || exists(_scope.Resolve(name))) return;
            var cut = name with { Name = IdentifierRules.Cut(name.Name, limit) };
            if (exists(_scope.Resolve(cut))) _names[_scope.Resolve(name)] = cut;
        }

        private QualifiedName Name(QualifiedName name) => _names.GetValueOrDefault(_scope.Resolve(name), name);

        private string Column(QualifiedName table, string column) =>
            _columns.TryGetValue(_scope.Resolve(table), out var cut) ? cut.GetValueOrDefault(column, column) : column;

        private Table Apply(Table table)
        {
            var name = table.Name;
            return table with
            {
                Name = Name(name),
                Columns = table.Columns.Select(c => c with { Name = Column(name, c.Name), Type = c.Type.Enum is { } type ? c.Type with { Enum = Name(type) } : c.Type }).ToEquatableArray(),
                PrimaryKey = table.PrimaryKey is { } key ? key with { Parts = Parts(name, key.Parts) } : null,
                Indexes = table.Indexes.Select(i => i with { Parts = Parts(name, i.Parts) }).ToEquatableArray(),
                ForeignKeys = table.ForeignKeys.Select(k => k with
                {
                    Columns = k.Columns.Select(c => Column(name, c)).ToEquatableArray(),
                    Target = Name(k.Target),
                    TargetColumns = k.TargetColumns.Select(c => Column(k.Target, c)).ToEquatableArray(),
                }).ToEquatableArray(),
            };
        }

        private EquatableArray<IndexPart> Parts(QualifiedName table, EquatableArray<IndexPart> parts) =>
            parts.Select(p => p with { Column = Column(table, p.Column) }).ToEquatableArray();
    }
}
