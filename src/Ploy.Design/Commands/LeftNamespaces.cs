using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Ploy.Core;
using Ploy.Migrations.Files;
using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>
/// Namespaces that migrations made and the schema no longer lists. A table that the schema adds may stand there with its rows: it was moved, and the change is taken
/// back. All else in them is none of the schema's business.
/// </summary>
internal static partial class LeftNamespaces
{
    /// <summary>Whether the schema adds a table or an enum at all.</summary>
    public static bool IsAnyNew(DatabaseSchema replayed, DatabaseSchema desired) => !Names(desired).IsSubsetOf(Names(replayed));

    /// <summary>The namespaces that the migrations make and that are not listed, in the order of their making.</summary>
    public static ImmutableArray<string> Of(ImmutableArray<MigrationFile> files, ImmutableArray<string> listed) =>
        [.. files.SelectMany(f => Making().Matches(f.Script.Text)).Select(m => NameOf(m.Groups["name"].Value)).Distinct(StringComparer.Ordinal).Except(listed, StringComparer.Ordinal)];

    /// <summary>The schema of a database without what stands in those namespaces and is nothing that can come back.</summary>
    /// <param name="read">The database, where each name says its namespace.</param>
    /// <param name="left">The namespaces; empty where they were not read.</param>
    /// <param name="desired">What the schema describes; null only without namespaces.</param>
    public static DatabaseSchema Narrow(DatabaseSchema read, ImmutableArray<string> left, DatabaseSchema? desired)
    {
        if (left.IsEmpty || desired is null) return read;
        var (wanted, there) = (Names(desired), Names(Only(read, (name, _) => !IsLeft(name))));
        return Only(read, (name, isEnum) => !IsLeft(name) || wanted.Contains((name.Name, isEnum)) && !there.Contains((name.Name, isEnum))) with
        {
            Namespaces = read.Namespaces.Where(n => !left.Contains(n)).ToEquatableArray(),
        };

        bool IsLeft(QualifiedName name) => name.Namespace is { } space && left.Contains(space);
    }

    private static DatabaseSchema Only(DatabaseSchema schema, Func<QualifiedName, bool, bool> isKept)
    {
        var tables = schema.Tables.Where(t => isKept(t.Name, false)).ToEquatableArray();
        var names = tables.Select(t => t.Name).ToHashSet();
        var others = schema.Tables.Select(t => t.Name).Where(n => !names.Contains(n)).ToHashSet();
        return schema with
        {
            Tables = tables,
            Enums = schema.Enums.Where(e => isKept(e.Name, true)).ToEquatableArray(),
            Sequences = schema.Sequences.Where(s => isKept(s.Name, false)).ToEquatableArray(),
            Views = schema.Views.Where(v => isKept(v.Name, false)).ToEquatableArray(),
            Objects = schema.Objects.Where(o => o.Table is { } table && names.Contains(table) || !(o.Table is { } other && others.Contains(other)) && isKept(o.Name, false)).ToEquatableArray(),
            Unmanaged = schema.Unmanaged.Where(u => u.Table is { } table ? !others.Contains(table) : isKept(u.Name, false)).ToEquatableArray(),
        };
    }

    private static HashSet<(string Name, bool IsEnum)> Names(DatabaseSchema schema) => [.. schema.Tables.Select(t => (t.Name.Name, false)), .. schema.Enums.Select(e => (e.Name.Name, true))];

    private static string NameOf(string written) => written[0] == '"' ? written[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : written.ToLowerInvariant();

    [GeneratedRegex("""\bCREATE\s+SCHEMA\s+(IF\s+NOT\s+EXISTS\s+)?(?<name>"([^"]|"")+"|\w+)""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Making();
}
