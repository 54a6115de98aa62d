using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>Takes tables of others out of a schema, so that nothing ever compares or drops them.</summary>
internal static class ExternalTables
{
    /// <summary>The schema without them, without foreign keys to them, and without their objects.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="names">Names, with or without a namespace; without one, in any.</param>
    public static DatabaseSchema Remove(DatabaseSchema schema, ImmutableArray<string> names)
    {
        if (names.IsEmpty || !schema.Tables.Any(t => IsExternal(t.Name))) return schema;
        return schema with
        {
            Tables = schema.Tables.Where(t => !IsExternal(t.Name)).ToEquatableArray(),
            Unmanaged = schema.Unmanaged.Where(u => u.Table is not { } table || !IsExternal(table)).ToEquatableArray(),
        };

        bool IsExternal(QualifiedName name)
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
