using System.Collections.Immutable;
using Ploy.Postgres.Scripts;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Objects;

/// <summary>
/// A GRANT to one role on one table, view, sequence, routine or namespace (https://www.postgresql.org/docs/current/sql-grant.html). Its object is called by both:
/// <c>rewards to app</c>, <c>total(integer) to app</c>, <c>schema billing to app</c>.
/// </summary>
/// <param name="Class">The word for what it is on; empty for a table, view or sequence, which share their names.</param>
/// <param name="Target">What it is on; a routine with the types of its arguments.</param>
/// <param name="Role">Whom it is given; null for everybody.</param>
internal sealed record GrantStatement(string Class, QualifiedName Target, string? Role)
{
    private const string Schema = "SCHEMA";

    /// <summary>What the object is called.</summary>
    public QualifiedName Name => Class == Schema ? new QualifiedName(null, $"schema {Target.Name} to {Role ?? "PUBLIC"}") : Target with { Name = $"{Target.Name} to {Role ?? "PUBLIC"}" };

    /// <summary>The statements of an object: a role may have some of its privileges with the grant option and others without.</summary>
    public static ImmutableArray<string> Statements(string definition) => [.. PostgresDialect.Instance.Split(definition).Select(s => s.TextIn(definition))];

    /// <summary>Reads an object, whose statements are on one thing and to one role; null where its text is none of ours.</summary>
    public static GrantStatement? Of(SchemaObject item) => Statements(item.Definition.Text) is [var first, ..] ? Parse(first) : null;

    /// <summary>Reads a statement; null where it is no GRANT, or one of more objects, roles or of other kinds.</summary>
    public static GrantStatement? Parse(string text)
    {
        var words = new StatementWords(text);
        if (!words.Take("GRANT") || !words.TakeUpTo("ON")) return null;
        var kind = words.Take("TABLE") || words.Take("SEQUENCE") ? "" : words.Take(Schema) ? Schema : words.Take("FUNCTION") || words.Take("PROCEDURE") || words.Take("ROUTINE") ? "ROUTINE" : "";
        if (words.TakeName() is not { } name) return null;
        var target = new QualifiedName(name.Schema, name.Name);
        if (kind == "ROUTINE")
        {
            if (RoutineArguments.Types(text[words.Start..], false) is not { } types) return null;
            words.SkipWhole();
            target = target with { Name = $"{target.Name}({types})" };
        }

        if (!words.Take("TO")) return null;
        words.Take("GROUP");
        if (words.TakeName() is not { Schema: null } role) return null;
        words.TakeAll("WITH", "GRANT", "OPTION");
        var isEverybody = role is { IsQuoted: false, Name: "public" };
        if (words.Skip() || role is { IsQuoted: false, Name: "current_user" or "session_user" or "current_role" }) return null;

        // What everybody may do anyway.
        return isEverybody && (kind == "ROUTINE" || kind == Schema && target.Name == "public") ? null : new GrantStatement(kind, target, isEverybody ? null : role.Name);
    }

    /// <summary>The statement that takes privileges back.</summary>
    /// <param name="privileges">Which, as GRANT has them; null for all.</param>
    /// <param name="target">What it is on, where that has moved; null where it has not.</param>
    /// <param name="write">Writes the name of a table, view or function.</param>
    public string Revoke(string? privileges, QualifiedName? target, Func<QualifiedName, string> write)
    {
        var on = Class == Schema ? Target : target ?? Target;
        var written = Class == Schema ? PostgresNames.Quote(on.Name)
            : Class.Length > 0 && on.Name.LastIndexOf('(') is >= 0 and var end ? write(on with { Name = on.Name[..end] }) + on.Name[end..]
            : write(on);
        return $"REVOKE {privileges ?? "ALL"} ON {(Class.Length == 0 ? "" : Class + " ")}{written} FROM {(Role is null ? "PUBLIC" : PostgresNames.Quote(Role))}";
    }

    /// <summary>What of the one print of privileges (<c>INSERT, SELECT (id)*</c>; a star: with the grant option) the other lacks, as REVOKE takes it; empty for nothing.</summary>
    public static IEnumerable<string> Lost(string before, string after)
    {
        var kept = after.Split(Separator).ToHashSet(StringComparer.Ordinal);
        var (gone, options) = (new List<string>(), new List<string>());
        foreach (var item in before.Split(Separator).Where(i => !kept.Contains(i)))
        {
            var bare = item.TrimEnd('*');
            if (!kept.Contains(bare) && !kept.Contains(bare + "*")) gone.Add(bare);
            else if (bare != item) options.Add(bare);
        }

        if (gone.Count > 0) yield return string.Join(", ", gone);
        if (options.Count > 0) yield return "GRANT OPTION FOR " + string.Join(", ", options);
    }

    private const string Separator = "\u001f";
}
