using System.Collections.Immutable;
using Ploy.Core.Text;

namespace Ploy.Core.Diagnostics;

/// <summary>How much a diagnostic weighs.</summary>
public enum Severity
{
    /// <summary>The input is wrong; the command ends with 1.</summary>
    Error,

    /// <summary>The input works, but the user should know.</summary>
    Warning,
}

/// <summary>A second place that explains the first, such as the other half of a conflict.</summary>
public sealed record RelatedLocation(SourceLocation Location, string Message);

/// <summary>A fault found in the user's input, at a place in a file.</summary>
public sealed record Diagnostic
{
    /// <summary>Our finer code (<c>PLOY1201</c>), never reused. Schema errors are shown under P1012 with this behind.</summary>
    public required string Code { get; init; }

    /// <summary>Error or warning.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One full sentence that names the object in backticks, without advice.</summary>
    public required string Message { get; init; }

    /// <summary>Where the fault is.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Further places of the same fault, which weigh as much as the first.</summary>
    public ImmutableArray<SourceLocation> Also { get; init; } = [];

    /// <summary>One imperative sentence; null where we have no honest advice.</summary>
    public string? Help { get; init; }

    /// <summary>Other places that belong to the fault.</summary>
    public ImmutableArray<RelatedLocation> Related { get; init; } = [];
}
