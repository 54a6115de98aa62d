namespace Ploy.Hosting;

/// <summary>Which migrations go into which database.</summary>
public sealed class PloyMigrationOptions
{
    /// <summary>
    /// A URL (<c>postgresql://...</c>, <c>file:...</c>) or a .NET connection string; never logged. A relative path of SQLite counts from the working
    /// directory, as it does for the driver.
    /// </summary>
    public string? Connection { get; set; }

    /// <summary>The folder with a folder for each migration; relative to the program's own folder, where a build copies it.</summary>
    public string Folder { get; set; } = "migrations";

    /// <summary>How long to wait for another run that holds the lock.</summary>
    public TimeSpan LockWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest run of one statement; zero for no limit.</summary>
    public TimeSpan StatementTimeout { get; set; }

    /// <summary>Where times come from.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
