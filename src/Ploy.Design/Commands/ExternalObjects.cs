using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Design.Configuration;
using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>Takes tables and enums of others out of a schema, so that nothing ever compares or drops them.</summary>
internal static class ExternalObjects
{
    /// <summary>The schema without them and their objects. Foreign keys to them stay with the tables that have them.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="project">Says the names, with or without a namespace; without one, in any.</param>
    public static DatabaseSchema Remove(DatabaseSchema schema, Project project)
    {
        var (tables, enums) = (project.ExternalTables, project.ExternalEnums);
        if (!schema.Tables.Any(t => IsIn(tables, t.Name)) && !schema.Enums.Any(e => IsIn(enums, e.Name))) return schema;
        return schema with
        {
            Tables = schema.Tables.Where(t => !IsIn(tables, t.Name)).ToEquatableArray(),
            Enums = schema.Enums.Where(e => !IsIn(enums, e.Name)).ToEquatableArray(),
            Unmanaged = schema.Unmanaged.Where(u => u.Table is not { } table || !IsIn(tables, table)).ToEquatableArray(),
        };

        bool IsIn(ImmutableArray<string> names, QualifiedName name)
        {
            foreach (var external in names)
                if (external == name.Name || Is(external, name.Namespace ?? schema.DefaultNamespace, name.Name))
                    return true;
            return false;
        }

        static bool Is(ReadOnlySpan<char> external, ReadOnlySpan<char> space, ReadOnlySpan<char> name) =>
            external.Length == space.Length + 1 + name.Length && external.StartsWith(space) && external[space.Length] == '.' && external.EndsWith(name);
    }
}
