using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>
/// What the engine writes above a model, view, enum or field whose table has more than the language can say. The texts are the engine's own:
/// by them it finds on the next pull that they stand there already.
/// </summary>
internal static class Remarks
{
    /// <summary>Above a field or value that cannot have its name.</summary>
    public const string InvalidName = "This field was commented out because of an invalid name. Please provide a valid one that matches [a-zA-Z][a-zA-Z0-9_]*";

    /// <summary>Above an enum with a comment in the database.</summary>
    public const string CommentedEnum = "This enum is commented in the database, and requires an additional setup for migrations: Read more: https://pris.ly/d/database-comments";

    private const string NoColumns = "We could not retrieve columns for the underlying table. Either it has none or you are missing rights to see them. Please check your privileges.";
    private const string NoRights = "We could not retrieve columns for the underlying table. You probably have no rights to see them. Please check your privileges.";
    private const string More = "and requires additional setup for migrations. Visit https://pris.ly/d/";

    /// <summary>Of a table.</summary>
    /// <param name="database">The database.</param>
    /// <param name="table">The table.</param>
    /// <param name="previous">Its model; null where it is new.</param>
    public static IEnumerable<string> Of(PulledDatabase database, Table table, PreviousModel? previous)
    {
        var name = database.NameOf(table);
        var kinds = (database.Dialect.PullRules.RemarksOnObjects ? database.UnmanagedOf(table.Name) : []).Select(u => u.Kind).ToHashSet(StringComparer.Ordinal);
        var isNew = previous is null;
        if (isNew && name.Map is { } map && Language.Semantics.ReservedNames.Contains(map)) yield return Renamed("model", name.Name, map);
        if (isNew && kinds.Contains("partition")) yield return $"This table is a partition table {More}partition-tables for more info.";
        if (isNew && kinds.Contains("inherited table")) yield return $"This table has subclasses {More}table-inheritance for more info.";
        if (isNew && kinds.Contains("check constraint")) yield return $"This table contains check constraints {More}check-constraints for more info.";
        if (isNew && kinds.Contains("exclusion constraint")) yield return $"This table contains exclusion constraints {More}exclusion-constraints for more info.";
        if (table.Columns.Count == 0)
        {
            yield return database.Dialect.PullRules.RemarksOnObjects ? NoColumns : NoRights;
        }
        else if (!database.HasIdentifier(table) && previous is not { Model.IsIgnored: true })
        {
            yield return "The underlying table does not contain a valid unique identifier and can therefore currently not be handled by Prisma Client.";
        }

        if (isNew && (kinds.Contains("comment on table") || kinds.Contains("comment on column"))) yield return Commented("model");
        if (isNew && (kinds.Contains("deferrable constraint") || kinds.Contains("deferrable foreign key")))
            yield return $"This model has constraints using non-default deferring rules {More}constraint-deferring for more info.";
        if (isNew && (kinds.Contains("row-level security") || kinds.Contains("forced row-level security"))) yield return $"This model contains row level security {More}row-level-security for more info.";
        if (HasNewOrderOfNulls(database, table, previous)) yield return $"This model contains an index with non-default null sort order {More}default-index-null-ordering for more info.";
        if (kinds.Contains("expression index")) yield return "This model contains an expression index which requires additional setup for migrations. Visit https://pris.ly/d/expression-indexes for more info.";
    }

    /// <summary>Of a view.</summary>
    public static IEnumerable<string> Of(PulledDatabase database, View view, PreviousModel? previous)
    {
        var name = database.NameOf(view);
        if (previous is null && name.Map is { } map && Language.Semantics.ReservedNames.Contains(map)) yield return Renamed("view", name.Name, map);
        if (previous is null && database.UnmanagedOf(view.Name).Any(u => u.Kind is "comment on view" or "comment on column")) yield return Commented("view");
    }

    /// <summary>The text that was there with what is new; each remark stands once.</summary>
    public static string? Join(string? documentation, IEnumerable<string> remarks)
    {
        documentation = Own(documentation);
        foreach (var remark in remarks)
            if (documentation is null) documentation = remark;
            else if (!documentation.Contains(remark, StringComparison.Ordinal)) documentation += "\n" + remark;
        return documentation;
    }

    /// <summary>Without the remarks on what was commented out before it, which a reader takes for its own.</summary>
    public static string? Own(string? documentation)
    {
        if (documentation is null || !(documentation.Contains(InvalidName, StringComparison.Ordinal) || documentation.Contains("We could not retrieve columns", StringComparison.Ordinal))) return documentation;
        var lines = documentation.Split('\n').Where(l => l.Trim() is not (InvalidName or NoColumns or NoRights)).ToList();
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    private static string Renamed(string kind, string name, string map) =>
        $"This {kind} has been renamed to '{name}' during introspection, because the original name '{map}' is reserved.";

    private static string Commented(string kind) =>
        $"This {kind} or at least one of its fields has comments in the database, and requires an additional setup for migrations: Read more: https://pris.ly/d/database-comments";

    private static bool HasNewOrderOfNulls(PulledDatabase database, Table table, PreviousModel? previous) =>
        database.UnmanagedOf(table.Name).Any(u => u.Kind == "index with its own order of nulls" && !PulledIndexes.Has(database, table, previous, u.Name.Name));
}
