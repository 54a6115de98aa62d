using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>A name and what it is unique in: those of tables, keys and indexes in their namespace, those of foreign keys in their table.</summary>
/// <param name="Scope">A namespace, with an empty name, or a table.</param>
/// <param name="Name">The name.</param>
internal readonly record struct ScopedName(QualifiedName Scope, string Name)
{
    /// <summary>The name of the table, or of a key or index of it.</summary>
    public static ScopedName Of(NameScope scope, Table table, string name) => new(scope.Resolve(table.Name) with { Name = "" }, name);

    /// <summary>The name of a foreign key of the table.</summary>
    public static ScopedName OfForeignKey(NameScope scope, Table table, string name) => new(scope.Resolve(table.Name), name);

    /// <summary>The names of the table, its primary key and its indexes, which come and go with it.</summary>
    public static IEnumerable<ScopedName> OfAll(NameScope scope, Table table) =>
        table.Indexes.Select(i => i.Name).Prepend(table.PrimaryKey?.Name).Prepend(table.Name.Name).OfType<string>().Select(name => Of(scope, table, name));
}
