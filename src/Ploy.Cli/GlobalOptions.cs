using System.CommandLine;

namespace Ploy.Cli;

/// <summary>Options that every command has, and those that several share.</summary>
internal static class GlobalOptions
{
    public static Option<string?> Schema { get; } = new("--schema") { Description = "Schema file or folder.", HelpName = "PATH", Recursive = true };

    public static Option<string?> Config { get; } = new("--config") { Description = "ploy.toml or prisma.config.ts at another place.", HelpName = "PATH", Recursive = true };

    public static Option<bool> Json { get; } = new("--json") { Description = "Write JSON, one object a line.", Recursive = true };

    public static Option<bool> NoColor { get; } = new("--no-color") { Description = "No colours; NO_COLOR in the environment does the same.", Recursive = true };

    /// <summary>Options that the other tool takes everywhere; accepted, without effect.</summary>
    public static Option[] Ignored { get; } =
    [
        new Option<string?>("--telemetry-information") { Hidden = true, Recursive = true },
        new Option<bool>("--preview-feature") { Hidden = true, Recursive = true },
        new Option<bool>("--experimental") { Hidden = true, Recursive = true },
        new Option<bool>("--early-access") { Hidden = true, Recursive = true },
    ];

    /// <summary>Lets an option take these values alone, and completion offer them.</summary>
    public static void Among(Option<string?> option, params string[] values)
    {
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !values.Contains(token.Value, StringComparer.Ordinal))
                result.AddError($"`{token.Value}` is no value of `{option.Name}`: it takes {string.Join(", ", values[..^1].Select(v => $"`{v}`"))} or `{values[^1]}`.");
        });
    }

    /// <summary>A new option for the database.</summary>
    public static Option<string?> Url() => new("--url") { Description = "The database, instead of the configured one.", HelpName = "URL" };

    /// <summary>A new option for the database that migrations are replayed on.</summary>
    public static Option<string?> ShadowUrl() => new("--shadow-database-url") { Description = "Database to replay migrations on; it is emptied.", HelpName = "URL" };

    /// <summary>A new option for the consent to losing data in a database that is not disposable.</summary>
    public static Option<string?> Consent() => new("--consent") { Description = "Consent to what the refusal said would be lost.", HelpName = "DATABASE@HASH" };

    /// <summary>A new option for the longest wait for another run; null where it is not given (<see cref="CommandContext.LockWait"/>).</summary>
    public static Option<TimeSpan?> LockWait() => new("--lock-wait")
    {
        Description = "Longest wait for another run, such as 30s; 0 does not wait; 5m by default.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            // A number alone is one of seconds.
            if ((Migrations.Engine.ScriptSettings.ParseTime(text) ?? Migrations.Engine.ScriptSettings.ParseTime(text + "s")) is { } time) return time;
            result.AddError($"`{text}` is no time for --lock-wait: write 30s, 5m or 1h.");
            return null;
        },
    };

    /// <summary>A new option for the longest wait of a statement for a lock; null where it is not given.</summary>
    public static Option<TimeSpan?> LockTimeout(string description) => Timeout("--lock-timeout", description);

    /// <summary>A new option for the longest run of a statement; null where it is not given.</summary>
    public static Option<TimeSpan?> StatementTimeout() => Timeout("--statement-timeout", "Longest run of a statement; without limit by default.");

    /// <summary>A new option for a time; null where it is not given.</summary>
    public static Option<TimeSpan?> Timeout(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Migrations.Engine.ScriptSettings.ParseTime(text) is { } time) return time;
            result.AddError($"`{text}` is no time for {name}: write 500ms, 5s or 10min; 0 is {(name == "--lock-retry" ? "one try" : "no limit")}.");
            return null;
        },
    };
}
