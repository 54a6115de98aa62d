namespace Ploy.Migrations.Engine;

/// <summary>How long statements may wait and run. A statement that waits for a lock makes all who come after it wait too.</summary>
public sealed record Limits
{
    /// <summary>Longest wait of one statement for a lock, after which the work is rolled back and tried again; zero for no limit.</summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest run of one statement; zero for no limit.</summary>
    public TimeSpan Statement { get; init; }

    /// <summary>How long to go on trying for locks; then the migration has failed.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromMinutes(5);
}
