using System.Collections.Immutable;
using Ploy.Migrations.Files;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>What chains of migrations lead to, and whether a database is that.</summary>
internal sealed class Shapes(Workspace workspace, Replayer replayer)
{
    /// <summary>What the migrations lead to.</summary>
    public ValueTask<DatabaseSchema> AfterAsync(ImmutableArray<MigrationFile> files, CancellationToken cancellationToken) => replayer.ReplayAsync(files, cancellationToken);

    /// <summary>Whether the schema can say no difference between them.</summary>
    public bool AreSame(DatabaseSchema one, DatabaseSchema other) => SchemaDiffer.Diff(one, other, workspace.Dialect).IsEmpty;

    /// <summary>
    /// Whether a database is in the first of two states as far as they differ, objects that the schema cannot say included; what both states
    /// have in common is compared by the schema alone, since other tools may have objects there.
    /// </summary>
    public bool IsFirst(DatabaseSchema actual, DatabaseSchema first, DatabaseSchema second)
    {
        if (!AreSame(first, actual)) return false;
        var (own, others, found) = (NamesOf(first), NamesOf(second), NamesOf(actual));
        return own.Except(others).All(found.Contains) && !others.Except(own).Any(found.Contains);
    }

    /// <summary>Whether two states differ in anything that can be seen.</summary>
    public bool AreDistinct(DatabaseSchema one, DatabaseSchema other) => !AreSame(one, other) || !NamesOf(one).SetEquals(NamesOf(other));

    private static HashSet<(string, QualifiedName, QualifiedName?)> NamesOf(DatabaseSchema schema) => [.. schema.Unmanaged.Select(u => (u.Kind, u.Name, u.Table))];
}
