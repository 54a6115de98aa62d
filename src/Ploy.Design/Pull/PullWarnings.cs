using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>What of a database the pulled schema does not say, or says otherwise than one would expect: one sentence each.</summary>
internal static class PullWarnings
{
    /// <summary>All of them, in the order of the models.</summary>
    public static IEnumerable<string> Of(PulledDatabase database)
    {
        foreach (var table in database.Models)
        {
            var previous = database.Previous.ModelOf(table.Name);
            foreach (var warning in OfTable(database, table, previous)) yield return warning;
            foreach (var warning in OfColumns(database, table.Name, database.NameOf(table).Name, previous, table.Columns)) yield return warning;
        }

        foreach (var view in database.Views)
            foreach (var warning in OfColumns(database, view.Name, database.NameOf(view).Name, database.Previous.ViewOf(view.Name), view.Columns))
                yield return warning;
        foreach (var type in database.Schema.Enums)
            foreach (var label in database.ValuesOf(type).Where(v => v.Value.Name.Length == 0).Select(v => v.Key))
                yield return $"The value `{label}` of the enum `{type.Name}` is commented out: give it a name, and `@map({PulledText.Quoted(label)})`.";
    }

    private static IEnumerable<string> OfTable(PulledDatabase database, Table table, PreviousModel? previous)
    {
        var name = database.NameOf(table).Name;
        if (previous is null && !database.IsUnique(table.Name.Name)) yield return $"The table `{table.Name}` is the model `{name}`, because another table, view or enum has its name.";
        if (table.Columns.Count == 0) yield return $"The table `{table.Name}` is commented out: it has no columns, or you may not see them.";
        else if (!database.HasIdentifier(table) && previous is not { Model.IsIgnored: true }) yield return $"The table `{table.Name}` has no primary key and no unique index over required columns: `@@ignore` keeps it out of the client.";
        foreach (var again in table.Indexes.Where(i => i is { IsUnique: true, Parts.Count: 1 }).GroupBy(i => i.Parts[0].Column).SelectMany(g => g.Skip(1)))
            yield return $"The unique index `{again.Name}` of `{table.Name}` is left out: a field has one `@unique`, and the column `{again.Parts[0].Column}` has more.";
        foreach (var odd in table.Indexes.Where(i => !PulledIndexes.IsSayable(i)))
            yield return $"The index `{odd.Name}` of `{table.Name}` is left out: the language has no word for its method `{odd.Method}`.";
        foreach (var key in table.ForeignKeys.Where(k => database.Find(k.Target) is null))
            yield return $"The foreign key `{key.Name ?? string.Join(", ", key.Columns)}` of `{table.Name}` is left out: `{key.Target}` is not among the tables that were read.";
    }

    private static IEnumerable<string> OfColumns(PulledDatabase database, QualifiedName owner, string model, PreviousModel? previous, IEnumerable<Column> columns)
    {
        foreach (var column in columns)
        {
            var name = database.NameOf(owner, previous, column.Name).Name;
            if (name.Length == 0) yield return $"The column `{column.Name}` of `{owner}` is commented out: give the field a name, and `@map({PulledText.Quoted(column.Name)})`.";
            if (column.Type.Family == TypeFamily.Unsupported) yield return $"The field `{model}.{(name.Length == 0 ? column.Name : name)}` is of the type `{column.Type.StoreType}`, which the client cannot read or write.";
        }
    }
}
