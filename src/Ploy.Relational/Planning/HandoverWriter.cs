using System.Collections.Immutable;
using System.Data;

namespace Ploy.Relational.Planning;

/// <summary>Statements of a migration that run together.</summary>
/// <param name="Statements">Their texts without terminators, comments before them included.</param>
/// <param name="IsLone">Whether it is one statement that no transaction takes.</param>
public sealed record HandoverPart(ImmutableArray<string> Statements, bool IsLone);

/// <summary>A migration in a file for an administrator.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Checksum">What the history keeps of its text.</param>
/// <param name="Parts">One part is one transaction, history row included; with more the row is written first and finished at the end.</param>
public sealed record HandoverMigration(string Name, string Checksum, ImmutableArray<HandoverPart> Parts)
{
    /// <summary>What its transactions are kept apart from. Not every product has a choice.</summary>
    public IsolationLevel Isolation { get; init; } = IsolationLevel.ReadCommitted;
}

/// <summary>What a file for an administrator shall do.</summary>
public sealed record HandoverPlan
{
    /// <summary>The namespace of the history; null where the product has none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The migration that has to be applied before; null where the file begins with the first one.</summary>
    public string? After { get; init; }

    /// <summary>The migrations in order; at least one.</summary>
    public required ImmutableArray<HandoverMigration> Migrations { get; init; }

    /// <summary>Whether the file passes over what is applied already, instead of refusing it.</summary>
    public bool IsIdempotent { get; init; }
}

/// <summary>Writes migrations as one SQL file that an administrator runs without Ploy; history rows included, so that Ploy and Prisma go on from there.</summary>
public abstract class HandoverWriter
{
    /// <summary>The file's text; the same plan gives the same text.</summary>
    /// <exception cref="Core.Diagnostics.PloyException">PLOY2224 where the file cannot carry a migration.</exception>
    public abstract string Write(HandoverPlan plan);
}
