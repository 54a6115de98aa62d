using System.Collections.Immutable;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;

namespace Ploy.Design.Pull;

/// <summary>Object files after a pull.</summary>
/// <param name="Files">Names below the folder and whole texts of those that are new or have more in them.</param>
/// <param name="Said">What directives and object files say now.</param>
internal sealed record PulledObjects(ImmutableArray<(string Name, string Text)> Files, IReadOnlySet<ObjectKey> Said)
{
    /// <summary>Writes what a database has and no file says: a file for each kind, new statements behind those that are there.</summary>
    /// <param name="schema">The database.</param>
    /// <param name="said">What directives and object files say already.</param>
    /// <param name="dialect">The product.</param>
    /// <param name="listed">Extensions that the datasource lists.</param>
    /// <param name="read">The text of a file below the folder; null where there is none.</param>
    public static PulledObjects Write(DatabaseSchema schema, IReadOnlySet<ObjectKey> said, Dialect dialect, IReadOnlySet<string> listed, Func<string, string?> read)
    {
        var all = new HashSet<ObjectKey>(said);
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in ObjectOrder.Sort(schema.Objects, dialect.Objects))
        {
            if (FileOf(item.Kind) is not { } name || item.Kind == ObjectKind.Extension && listed.Contains(item.Name.Name)) continue;
            if (dialect.Objects.Statement(item) is not { } statement || !all.Add(OwnershipMarks.Resolve(item.Key, dialect.DefaultNamespace))) continue;
            if (!texts.TryGetValue(name, out var text)) text = read(name) ?? "";
            texts[name] = (text.Trim().Length == 0 ? "" : text.TrimEnd() + "\n\n") + statement + ";\n";
        }

        return new PulledObjects([.. texts.Select(t => (t.Key, t.Value))], all);
    }

    private static string? FileOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Extension => "extensions.sql",
        ObjectKind.Domain => "domains.sql",
        ObjectKind.Sequence => "sequences.sql",
        ObjectKind.Function => "functions.sql",
        ObjectKind.Procedure => "procedures.sql",
        ObjectKind.View => "views.sql",
        ObjectKind.MaterializedView or ObjectKind.Index => "materialized_views.sql",
        ObjectKind.Trigger => "triggers.sql",
        ObjectKind.Grant => "grants.sql",
        _ => null,
    };
}
