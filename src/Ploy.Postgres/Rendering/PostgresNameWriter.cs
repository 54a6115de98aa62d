using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>
/// Writes names of a difference. A namespace is written unless it is the one that the schema after takes for granted: its files mean
/// <c>public</c> (or the connection's) where they name none, while a live database names every one.
/// </summary>
internal sealed class PostgresNameWriter
{
    private readonly NameScope _before;
    private readonly NameScope _after;
    private readonly string? _implied;
    private readonly string? _impliedBefore;

    public PostgresNameWriter(SchemaDifference difference)
    {
        _before = new NameScope(difference.Before, PostgresDialect.Instance);
        _after = new NameScope(difference.After, PostgresDialect.Instance);
        _implied = Implied(difference.After);
        _impliedBefore = Implied(difference.Before);
    }

    /// <summary>A name of the schema before.</summary>
    public string Before(QualifiedName name) => Write(_before.Resolve(name), _implied);

    /// <summary>A name of the schema after.</summary>
    public string After(QualifiedName name) => Write(_after.Resolve(name), _implied);

    /// <summary>A name of the schema before, as that schema itself takes names for granted.</summary>
    public string BeforeItself(QualifiedName name) => Write(_before.Resolve(name), _impliedBefore);

    /// <summary>A name of the schema before in the namespace of another object of it.</summary>
    public string BeforeIn(QualifiedName owner, string name) => Before(owner with { Name = name });

    /// <summary>The namespace of an object of the schema after with a point behind it; empty where it is taken for granted.</summary>
    public string NamespacePrefix(QualifiedName after) =>
        _after.Resolve(after).Namespace is { } name && name != _implied ? PostgresNames.Quote(name) + "." : "";

    private static string Write(QualifiedName name, string? implied) =>
        PostgresNames.Quote(name.Namespace == implied ? null : name.Namespace, name.Name);

    private static string? Implied(DatabaseSchema schema) =>
        schema.DefaultNamespace
        ?? (schema.Tables.Any(t => t.Name.Namespace is null) || schema.Enums.Any(e => e.Name.Namespace is null)
            ? PostgresDialect.Instance.DefaultNamespace
            : null);
}
