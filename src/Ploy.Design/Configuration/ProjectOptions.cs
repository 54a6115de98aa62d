namespace Ploy.Design.Configuration;

/// <summary>What the user said on the command line, and the world that it is said in.</summary>
public sealed record ProjectOptions
{
    /// <summary>The full path of the folder that relative paths of options begin at.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Environment variables; null where one is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary><c>--schema</c>: a file or folder.</summary>
    public string? Schema { get; init; }

    /// <summary><c>--config</c>: <c>ploy.toml</c> or <c>prisma.config.ts</c> at another place.</summary>
    public string? Config { get; init; }

    /// <summary>What the server shows of who is connected: <c>ploy migrate deploy</c>; null for <c>ploy</c>.</summary>
    public string? Application { get; init; }

    /// <summary><c>--url</c></summary>
    public string? Url { get; init; }

    /// <summary><c>--shadow-database-url</c></summary>
    public string? ShadowUrl { get; init; }

    /// <summary><c>--migrations</c>: the folder of migrations.</summary>
    public string? Migrations { get; init; }
}
