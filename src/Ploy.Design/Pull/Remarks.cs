using Ploy.Language.Directives;
using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>
/// What the engine writes above a model, view, enum or field whose table has more than the language can say. The texts are the engine's own:
/// by them it finds on the next pull that they stand there already.
/// </summary>
internal static class Remarks
{
    /// <summary>Above an enum with a comment in the database.</summary>
    public const string CommentedEnum = "This enum is commented in the database, and requires an additional setup for migrations: Read more: https://pris.ly/d/database-comments";

    private const string More = "and requires additional setup for migrations. Visit " + PullRemarks.Pages;

    /// <summary>Of a table.</summary>
    /// <param name="database">The database.</param>
    /// <param name="table">The table.</param>
    /// <param name="previous">Its model; null where it is new.</param>
    public static IEnumerable<string> Of(PulledDatabase database, Table table, PreviousModel? previous)
    {
        var name = database.NameOf(table);
        var kinds = (database.Dialect.PullRules.RemarksOnObjects ? database.UnmanagedOf(table.Name) : []).Select(u => u.Kind).ToHashSet(StringComparer.Ordinal);
        var isNew = previous is null;
        if (isNew && name.Map is { } map && Language.Semantics.ReservedNames.Contains(map)) yield return PullRemarks.RenamedFrom("model", name.Name, map);
        if (isNew && kinds.Contains("partition")) yield return $"This table is a partition table {More}partition-tables for more info.";
        if (isNew && kinds.Contains("inherited table")) yield return $"This table has subclasses {More}table-inheritance for more info.";
        if (isNew && kinds.Contains("check constraint")) yield return $"This table contains check constraints {More}check-constraints for more info.";
        if (isNew && kinds.Contains("exclusion constraint")) yield return $"This table contains exclusion constraints {More}exclusion-constraints for more info.";
        if (table.Columns.Count == 0)
        {
            yield return database.Dialect.PullRules.RemarksOnObjects ? PullRemarks.NoColumns : PullRemarks.NoRights;
        }
        else if (!database.HasIdentifier(table) && previous is not { Model.IsIgnored: true })
        {
            yield return PullRemarks.NoIdentifier;
        }

        if (isNew && (kinds.Contains("comment on table") || kinds.Contains("comment on column"))) yield return Commented("model");
        if (isNew && (kinds.Contains("deferrable constraint") || kinds.Contains("deferrable foreign key")))
            yield return $"This model has constraints using non-default deferring rules {More}constraint-deferring for more info.";
        if (isNew && (kinds.Contains("row-level security") || kinds.Contains("forced row-level security"))) yield return $"This model contains row level security {More}row-level-security for more info.";
        if (HasNewOrderOfNulls(database, table, previous)) yield return $"This model contains an index with non-default null sort order {More}default-index-null-ordering for more info.";
        if (kinds.Contains("expression index")) yield return $"This model contains an expression index which requires additional setup for migrations. Visit {PullRemarks.Pages}expression-indexes for more info.";
    }

    /// <summary>Of a view.</summary>
    public static IEnumerable<string> Of(PulledDatabase database, View view, PreviousModel? previous)
    {
        var name = database.NameOf(view);
        if (previous is null && name.Map is { } map && Language.Semantics.ReservedNames.Contains(map)) yield return PullRemarks.RenamedFrom("view", name.Name, map);
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
        if (documentation is null || !(documentation.Contains(PullRemarks.InvalidName, StringComparison.Ordinal) || documentation.Contains("We could not retrieve columns", StringComparison.Ordinal))) return documentation;
        var lines = documentation.Split('\n').Where(l => l.Trim() is not (PullRemarks.InvalidName or PullRemarks.NoColumns or PullRemarks.NoRights)).ToList();
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    private static string Commented(string kind) =>
        $"This {kind} or at least one of its fields has comments in the database, and requires an additional setup for migrations: Read more: https://pris.ly/d/database-comments";

    private static bool HasNewOrderOfNulls(PulledDatabase database, Table table, PreviousModel? previous) =>
        database.UnmanagedOf(table.Name).Any(u => u.Kind == "index with its own order of nulls" && !PulledIndexes.Has(database, table, previous, u.Name.Name));
}
