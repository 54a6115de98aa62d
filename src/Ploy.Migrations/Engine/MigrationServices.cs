using Ploy.Relational;

namespace Ploy.Migrations.Engine;

/// <summary>What the engine takes from outside.</summary>
public sealed record MigrationServices
{
    /// <summary>The product.</summary>
    public required Dialect Dialect { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the identifiers of attempts.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>How long statements may wait and run.</summary>
    public Limits Limits { get; init; } = new();

    /// <summary>Hears what happens; called on the thread that works.</summary>
    public Action<MigrationEvent> Report { get; init; } = static _ => { };
}
