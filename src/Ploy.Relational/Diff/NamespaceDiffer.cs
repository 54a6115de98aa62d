using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Diff;

/// <summary>Finds the namespaces to make: those that something after stands in and that are not known to exist.</summary>
internal static class NamespaceDiffer
{
    public static IEnumerable<SchemaChange> Changes(SchemaPairs schemas)
    {
        var existing = Existing(schemas);
        var used = new SortedSet<string>(Utf8Order.Instance);
        AddUsed(used, schemas.After, schemas.AfterScope);
        AddOfExtensions(used, schemas);
        return used.Where(name => !existing.Contains(name)).Select(name => new CreateNamespace(name));
    }

    /// <summary>
    /// A live database has what it lists. A schema file may list a namespace that nothing stood in: the migration from it did not make that
    /// one, apart from the default, which is there from the beginning.
    /// </summary>
    private static HashSet<string> Existing(SchemaPairs schemas)
    {
        var existing = new HashSet<string>(StringComparer.Ordinal);
        AddUsed(existing, schemas.Before, schemas.BeforeScope);
        if (schemas.Before.DefaultNamespace is { } declared) existing.Add(declared);
        else existing.UnionWith(schemas.Before.Namespaces);
        return existing;
    }

    // A namespace that the schema does not list is somebody else's to make. The engine makes none for extensions, so that the server refuses them.
    private static void AddOfExtensions(SortedSet<string> used, SchemaPairs schemas)
    {
        var before = schemas.Before.Extensions.Select(e => e.Namespace).ToHashSet(StringComparer.Ordinal);
        foreach (var extension in schemas.After.Extensions)
            if (extension.Namespace is { } name && !before.Contains(name) && name != schemas.ServerNamespace && schemas.After.Namespaces.Contains(name)) used.Add(name);
    }

    private static void AddUsed(ISet<string> used, DatabaseSchema schema, NameScope scope)
    {
        foreach (var table in schema.Tables)
            if (scope.Resolve(table.Name).Namespace is { } name) used.Add(name);
        foreach (var item in schema.Enums)
            if (scope.Resolve(item.Name).Namespace is { } name) used.Add(name);
    }
}
