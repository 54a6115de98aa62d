using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Relational.Changes;

/// <summary>Two schemas and the ordered steps from one to the other.</summary>
/// <param name="Before">The schema that is there.</param>
/// <param name="After">The schema that shall be.</param>
/// <param name="Changes">In the order in which they run; empty where there is no difference.</param>
public sealed record SchemaDifference(DatabaseSchema Before, DatabaseSchema After, EquatableArray<SchemaChange> Changes)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty => Changes.IsEmpty;
}
