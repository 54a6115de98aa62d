using System.Collections.Immutable;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Migrations.History;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Deploying;

/// <summary>What a deploy is asked for.</summary>
public sealed record DeployInput
{
    /// <summary>How long to wait for another run that holds the lock.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Refuse where migrations are out of order or edited, instead of warning.</summary>
    public bool Strict { get; init; }

    /// <summary>The last migration to apply; null for all.</summary>
    public string? To { get; init; }

    /// <summary>Only say what would be applied.</summary>
    public bool DryRun { get; init; }

    /// <summary>Full path of the folder that a backup is written to before anything runs; null for none.</summary>
    public string? BackupFolder { get; init; }
}

/// <summary>What a deploy did, or would do.</summary>
public sealed record DeployReport
{
    /// <summary>The database.</summary>
    public required DatabaseAddress Address { get; init; }

    /// <summary>The migrations on disk.</summary>
    public required MigrationDirectory Directory { get; init; }

    /// <summary>Names of those applied, or that would be.</summary>
    public required ImmutableArray<string> Applied { get; init; }

    /// <summary>Whether the database was made, or would be.</summary>
    public required bool CreatedDatabase { get; init; }

    /// <summary>What files and history said of each other before.</summary>
    public required HistoryState Before { get; init; }

    /// <summary>How they would run; empty where it was no dry run.</summary>
    public ImmutableArray<PlannedMigration> Plan { get; init; } = [];

    /// <summary>The backup that was written before anything ran; null where none was.</summary>
    public Backup? Backup { get; init; }
}
