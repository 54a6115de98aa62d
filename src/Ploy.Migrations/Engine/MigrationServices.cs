using Ploy.Relational;
using Ploy.Relational.Sessions;

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

    /// <summary>A new attempt at a script, begun now.</summary>
    internal MigrationAttempt NewAttempt(ReadScript script) => new()
    {
        Id = NewId().ToString(),
        Checksum = script.File.Checksum,
        MigrationName = script.File.Name,
        StartedAt = Time.GetUtcNow(),
    };

    /// <summary>A script as one transaction with the row of its attempt.</summary>
    internal WholeScript Whole(ReadScript script, MigrationAttempt attempt) => new()
    {
        Text = script.Source.Text,
        Statements = script.Statements,
        Attempt = attempt,
        Verification = script.Verification,
        LockTimeout = script.Settings.LockTimeout ?? Limits.Lock,
        StatementTimeout = script.Settings.StatementTimeout ?? Limits.Statement,
    };
}
