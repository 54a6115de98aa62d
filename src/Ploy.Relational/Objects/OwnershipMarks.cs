using System.Collections.Immutable;
using System.Text;
using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Objects;

/// <summary>
/// What is ours of a database's objects beyond the language: comments in migration scripts say so, <c>-- ploy:manages check "Reward"."points_positive"</c> from where on,
/// <c>-- ploy:releases check ...</c> until when. Everything that no mark names is left alone.
/// </summary>
public sealed class OwnershipMarks
{
    private const string Prefix = "-- ploy:";
    private const string Manages = "manages";
    private const string Releases = "releases";

    private readonly ImmutableHashSet<ObjectKey> _keys;

    private OwnershipMarks(ImmutableHashSet<ObjectKey> keys) => _keys = keys;

    /// <summary>Nothing is ours.</summary>
    public static OwnershipMarks None { get; } = new([]);

    /// <summary>Whether nothing is ours.</summary>
    public bool IsEmpty => _keys.IsEmpty;

    /// <summary>The marks with those of one more script, which may take some away. A line that does not read as a mark says nothing.</summary>
    /// <param name="script">The script's text.</param>
    public OwnershipMarks With(string script)
    {
        ArgumentNullException.ThrowIfNull(script);
        if (!script.Contains(Prefix + Manages, StringComparison.Ordinal) && !script.Contains(Prefix + Releases, StringComparison.Ordinal)) return this;
        var keys = _keys.ToBuilder();
        foreach (var line in script.AsSpan().EnumerateLines())
        {
            if (Parse(line) is not { } mark) continue;
            if (mark.IsOurs) keys.Add(mark.Key);
            else keys.Remove(mark.Key);
        }

        return new OwnershipMarks(keys.ToImmutable());
    }

    /// <summary>Marks of these objects.</summary>
    public static OwnershipMarks Of(IEnumerable<ObjectKey> keys) => new([.. keys]);

    /// <summary>The marks of scripts in the order in which they run.</summary>
    public static OwnershipMarks Read(IEnumerable<string> scripts)
    {
        ArgumentNullException.ThrowIfNull(scripts);
        return scripts.Aggregate(None, (marks, script) => marks.With(script));
    }

    /// <summary>What is ours, a line for each, sorted; empty for nothing. Reading it gives the same marks.</summary>
    public string ToText() => string.Join('\n', _keys.Select(k => Write(Manages, k, implied: null)).Order(StringComparer.Ordinal));

    /// <summary>The schema with what is ours said to be so: no longer among what is unmanaged, nor, where it is an index, among those that the language says.</summary>
    /// <param name="schema">A live database's.</param>
    /// <param name="defaultNamespace">What a mark without a namespace means; null where the product has none.</param>
    public DatabaseSchema ApplyTo(DatabaseSchema schema, string? defaultNamespace)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (IsEmpty) return schema;
        var ours = _keys.Select(k => Resolve(k, defaultNamespace)).ToHashSet();
        schema = HiddenColumns.Reveal(schema, u => ours.Any(k => Names(k, u)), withIndexes: true);
        return schema with
        {
            Tables = schema.Tables.Select(Mark).ToEquatableArray(),
            Objects = schema.Objects.Select(MarkOne).ToEquatableArray(),
            Unmanaged = schema.Unmanaged.Where(u => !ours.Any(k => Names(k, u))).ToEquatableArray(),
        };

        Table Mark(Table table)
        {
            if (table.Objects.IsEmpty) return table;
            var objects = table.Objects.Select(MarkOne).ToEquatableArray();
            var indexes = objects.Where(o => o is { Kind: ObjectKind.Index, IsManaged: true }).Select(o => o.Name.Name).ToHashSet(StringComparer.Ordinal);
            return table with { Objects = objects, Indexes = indexes.Count == 0 ? table.Indexes : table.Indexes.Where(i => !indexes.Contains(i.Name)).ToEquatableArray() };
        }

        SchemaObject MarkOne(SchemaObject item) => ours.Contains(Resolve(item.Key, defaultNamespace)) ? item with { IsManaged = true } : item;
    }

    /// <summary>The line that a change writes into its script; null where it writes none.</summary>
    /// <param name="change">The change.</param>
    /// <param name="difference">What it is part of.</param>
    /// <param name="dialect">The product.</param>
    public static string? Of(SchemaChange change, SchemaDifference difference, Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(dialect);
        var implied = difference.After.DefaultNamespace ?? dialect.DefaultNamespace;
        return change switch
        {
            CreateObject { IsMarked: true } create => Write(Manages, create.Object.Key, implied),
            AdoptObject adopt => Write(Manages, adopt.Object.Key, implied),
            ReplaceObject { Before.IsManaged: false } replace => Write(Manages, replace.After.Key, implied),
            MoveToNamespace { Objects.IsEmpty: false } move => string.Join('\n', move.Objects.SelectMany(o => (string[])
                [Write(Releases, o.Key with { Table = move.Before }, implied), Write(Manages, o.Key, implied)])),
            DropObject { Reason: not ObjectReason.Rebuilt, Object.IsManaged: true } drop => Write(Releases, drop.Object.Key, implied),
            _ => null,
        };
    }

    /// <summary>The key with the default namespace where none is written.</summary>
    public static ObjectKey Resolve(ObjectKey key, string? defaultNamespace)
    {
        var table = key.Table is { Namespace: null } bare ? bare with { Namespace = defaultNamespace } : key.Table;
        return key with { Table = table, Name = table is null && key.Name.Namespace is null ? key.Name with { Namespace = defaultNamespace } : key.Name };
    }

    private static bool Names(ObjectKey key, UnmanagedObject item) =>
        key.Kind.IsCalled(item.Kind)
        && (key.Table is { } table ? item.Table == table && (key.Kind.IsOnlyOne() || item.Name.Name == key.Name.Name) : item.Name == key.Name);

    private static string Write(string verb, ObjectKey key, string? implied)
    {
        var text = new StringBuilder(Prefix).Append(verb).Append(' ').Append(key.Kind.Word()).Append(' ');
        var (space, first) = key.Table is { } table ? (table.Namespace, table.Name) : (key.Name.Namespace, key.Name.Name);
        if (space is not null && space != implied) text.Append(Quote(space)).Append('.');
        text.Append(Quote(first));
        if (key.Table is not null && !key.Kind.IsOnlyOne()) text.Append('.').Append(Quote(key.Name.Name));
        return text.ToString();
    }

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    private static (bool IsOurs, ObjectKey Key)? Parse(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (!line.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        line = line[Prefix.Length..];
        var isOurs = line.StartsWith(Manages + " ", StringComparison.Ordinal);
        if (!isOurs && !line.StartsWith(Releases + " ", StringComparison.Ordinal)) return null;
        line = line[(isOurs ? Manages : Releases).Length..].TrimStart();
        var quote = line.IndexOf('"');
        if (quote < 0 || ObjectKinds.Parse(line[..quote].Trim().ToString()) is not { } kind || NamesIn(line[quote..]) is not { Count: > 0 } names) return null;
        return KeyOf(kind, names) is { } key ? (isOurs, key) : null;
    }

    private static ObjectKey? KeyOf(ObjectKind kind, List<string> names)
    {
        var hasTable = kind.IsTablePart() || kind == ObjectKind.Trigger;
        var last = hasTable && !kind.IsOnlyOne() ? 1 : 0;
        var owner = names.Count - last;
        if (owner is < 1 or > 2) return null;
        var name = new QualifiedName(owner == 2 ? names[0] : null, names[owner - 1]);
        return hasTable ? new ObjectKey(kind, name, new QualifiedName(null, last == 1 ? names[^1] : "")) : new ObjectKey(kind, null, name);
    }

    // Quoted names with points between them; null where it is anything else.
    private static List<string>? NamesIn(ReadOnlySpan<char> text)
    {
        var names = new List<string>();
        while (true)
        {
            if (text.IsEmpty || text[0] != '"') return null;
            var name = new StringBuilder();
            var at = 1;
            for (; at < text.Length; at++)
            {
                if (text[at] == '"' && at + 1 < text.Length && text[at + 1] == '"') at++;
                else if (text[at] == '"') break;
                name.Append(text[at]);
            }

            if (at >= text.Length) return null;
            names.Add(name.ToString().Replace("\\n", "\n", StringComparison.Ordinal));
            text = text[(at + 1)..].Trim();
            if (text.IsEmpty) return names;
            if (text[0] != '.') return null;
            text = text[1..];
        }
    }
}
