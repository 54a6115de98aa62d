using Ploy.Core;
using Ploy.Core.Text;

namespace Ploy.Language.Directives;

/// <summary>
/// What a <c>/// @ploy.…</c> line says beyond Prisma's language (docs/directives.md). A value: the place is not part of it.
/// </summary>
public abstract record Directive
{
    private protected Directive() { }
}

/// <summary><c>@ploy.check("name", "predicate")</c> on a model.</summary>
public sealed record CheckDirective(string Name, string Predicate) : Directive;

/// <summary><c>@ploy.index("name", ...)</c> on a model: what <c>@@index</c> cannot express.</summary>
public sealed record IndexDirective : Directive
{
    /// <summary>The index's name in the database.</summary>
    public required string Name { get; init; }

    /// <summary>Key expressions in SQL, in order; each is a column in quotes or an expression.</summary>
    public required EquatableArray<string> Keys { get; init; }

    /// <summary>
    /// All that stands between the parentheses, as SQL: keys with their own order, collation or operator class. Null where <see cref="Keys"/> says them.
    /// </summary>
    public string? KeyText { get; init; }

    /// <summary>Whether it is unique.</summary>
    public bool IsUnique { get; init; }

    /// <summary>The predicate in SQL; null where it is not partial.</summary>
    public string? Predicate { get; init; }

    /// <summary>The access method in lower case; null for the product's default.</summary>
    public string? Method { get; init; }

    /// <summary>The operator class of the only key; null for the default.</summary>
    public string? OperatorClass { get; init; }

    /// <summary>Fields whose columns the index also carries.</summary>
    public EquatableArray<string> Include { get; init; }

    /// <summary>Whether two nulls count as equal.</summary>
    public bool NullsNotDistinct { get; init; }
}

/// <summary><c>@ploy.exclude("name", using: gist, "room WITH =, during WITH &amp;&amp;", where: "...")</c> on a model.</summary>
/// <param name="Name">The constraint's name.</param>
/// <param name="Method">The access method in lower case.</param>
/// <param name="Elements">The element list in SQL.</param>
/// <param name="Predicate">The predicate in SQL; null for none.</param>
public sealed record ExcludeDirective(string Name, string Method, string Elements, string? Predicate) : Directive;

/// <summary><c>@ploy.deferrable(initially: deferred)</c> on a relation field with a foreign key.</summary>
/// <param name="IsInitiallyDeferred">Whether it is deferred without a <c>SET CONSTRAINTS</c>.</param>
public sealed record DeferrableDirective(bool IsInitiallyDeferred) : Directive;

/// <summary><c>@ploy.generated("expression")</c> on a scalar field: a stored generated column.</summary>
public sealed record GeneratedDirective(string Expression) : Directive;

/// <summary><c>@ploy.default("expression")</c> on a scalar field.</summary>
public sealed record DefaultDirective(string Expression) : Directive;

/// <summary><c>@ploy.tenant(field)</c> on a model: each row belongs to the tenant that the field names.</summary>
public sealed record TenantDirective(string Field) : Directive;

/// <summary><c>@ploy.global</c> on a model: its rows belong to no tenant.</summary>
public sealed record GlobalDirective : Directive;

/// <summary><c>@ploy.softDelete(field)</c> on a model: rows are marked in the field instead of deleted.</summary>
public sealed record SoftDeleteDirective(string Field) : Directive;

/// <summary><c>@ploy.policy("name", for: all, using: "...", check: "...", to: [role])</c> on a model.</summary>
public sealed record PolicyDirective : Directive
{
    /// <summary>The policy's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>ALL</c>, <c>SELECT</c>, <c>INSERT</c>, <c>UPDATE</c> or <c>DELETE</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Which rows are seen, in SQL; null for no such clause.</summary>
    public string? Using { get; init; }

    /// <summary>Which rows may be written, in SQL; null for no such clause.</summary>
    public string? Check { get; init; }

    /// <summary>Roles in order; empty for everybody.</summary>
    public EquatableArray<string> Roles { get; init; }

    /// <summary>Whether it only restricts what other policies allow.</summary>
    public bool IsRestrictive { get; init; }
}

/// <summary><c>@ploy.rls(force: true)</c> on a model: row-level security is on; on a tenant model it writes the tenant's policy itself.</summary>
/// <param name="IsForced">Whether it holds for the table's owner too.</param>
public sealed record RowSecurityDirective(bool IsForced) : Directive;

/// <summary><c>@ploy.comment</c> on a model or field: the doc comment also becomes <c>COMMENT ON</c>.</summary>
/// <param name="Text">The doc comment without its directive lines.</param>
public sealed record CommentDirective(string Text) : Directive;

/// <summary>A directive and where it stands.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Location">From <c>@</c> to its end.</param>
public sealed record PlacedDirective(Directive Value, SourceLocation Location);
