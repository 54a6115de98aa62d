using System.Collections.Immutable;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Objects;

/// <summary>
/// A domain that stays what it is of and only gets another default, other constraints, or may no longer be null. By the parts that <see cref="Introspection.ObjectQueries"/> compares domains by:
/// type, default, NOT NULL, then each constraint.
/// </summary>
internal static class DomainChange
{
    /// <summary>What stands between the parts.</summary>
    public const char Separator = '\u001f';

    private const int FirstConstraint = 3;

    /// <summary>Whether ALTER DOMAIN can do it: both are as the server prints them, of one type.</summary>
    public static bool IsInPlace(SchemaObject before, SchemaObject after) =>
        Parts(before) is { } old && Parts(after) is { } next && old[0] == next[0];

    /// <summary>The statements from one to the other.</summary>
    /// <param name="before">The domain before.</param>
    /// <param name="after">The domain after, of the same type.</param>
    /// <param name="name">Its name as it is written.</param>
    public static ImmutableArray<string> Write(SchemaObject before, SchemaObject after, string name)
    {
        var (old, next) = (Parts(before)!, Parts(after)!); // both are there where it is in place
        var statements = ImmutableArray.CreateBuilder<string>();
        foreach (var constraint in old.Skip(FirstConstraint).Except(next.Skip(FirstConstraint)))
            statements.Add($"ALTER DOMAIN {name} DROP {NameOf(constraint)}");
        if (old[1] != next[1]) statements.Add($"ALTER DOMAIN {name} {(next[1].Length > 0 ? "SET " + next[1] : "DROP DEFAULT")}");
        if (old[2] != next[2]) statements.Add($"ALTER DOMAIN {name} {(next[2].Length > 0 ? "SET" : "DROP")} NOT NULL");
        foreach (var constraint in next.Skip(FirstConstraint).Except(old.Skip(FirstConstraint)))
            statements.Add($"ALTER DOMAIN {name} ADD {constraint}");
        return statements.ToImmutable();
    }

    /// <summary>The statements that give each of its constraints another name: a check without one is called after its domain, unless some constraint of the namespace is called so already.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="name">Its name as it is written.</param>
    /// <param name="aside">What their names begin with.</param>
    public static IEnumerable<string> SetConstraintsAside(SchemaObject domain, string name, string aside) =>
        (Parts(domain) ?? []).Skip(FirstConstraint).Select((constraint, i) => $"ALTER DOMAIN {name} RENAME {NameOf(constraint)} TO {PostgresNames.Quote($"{aside}_{i + 1}")}");

    private static string[]? Parts(SchemaObject domain) =>
        domain.Definition.Canonical?.Split(Separator) is { Length: >= FirstConstraint } parts ? parts : null;

    // `CONSTRAINT name CHECK (...)`, where quotes inside a quoted name are doubled.
    private static string NameOf(string constraint)
    {
        const string word = "CONSTRAINT ";
        var end = word.Length;
        for (var isQuoted = false; end < constraint.Length && (isQuoted || constraint[end] != ' '); end++)
            if (constraint[end] == '"')
                isQuoted = !isQuoted;
        return constraint[..end];
    }
}
