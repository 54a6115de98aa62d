using System.Globalization;
using System.Text.RegularExpressions;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Migrations.Files;

namespace Ploy.Migrations.Engine;

/// <summary>How a script is to be split into transactions.</summary>
public enum ScriptTransactions
{
    /// <summary>One for the whole file where its statements allow it, else as few as they allow.</summary>
    Automatic,

    /// <summary>One for the whole file, whatever its statements are.</summary>
    File,

    /// <summary>None: each statement commits by itself.</summary>
    None,
}

/// <summary>
/// What comments of a script say of how it runs: <c>-- ploy:transaction none|file</c>, <c>-- ploy:lock_timeout 2s</c>,
/// <c>-- ploy:lock_retry 1min</c>, <c>-- ploy:statement_timeout 10min</c>.
/// </summary>
public sealed partial record ScriptSettings
{
    /// <summary>How it is split into transactions.</summary>
    public ScriptTransactions Transactions { get; init; }

    /// <summary>Longest wait of a statement for a lock; zero for no limit, null where the file does not say.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>How long to go on trying for locks; zero for one try, null where the file does not say.</summary>
    public TimeSpan? LockRetry { get; init; }

    /// <summary>Longest run of a statement; zero for no limit, null where the file does not say.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>Reads the comments.</summary>
    /// <exception cref="PloyException">PLOY2306 where one is not known or its value does not fit.</exception>
    public static ScriptSettings Read(MigrationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var settings = new ScriptSettings();
        if (!file.Script.Text.Contains("ploy:", StringComparison.Ordinal)) return settings;
        foreach (Match match in Line().Matches(file.Script.Text))
        {
            var (name, value) = (match.Groups[1].Value, match.Groups[2].Value.Trim());
            settings = name switch
            {
                // What is ours: said to the differ, not to the engine.
                "manages" or "releases" => settings,
                "transaction" when value is "none" => settings with { Transactions = ScriptTransactions.None },
                "transaction" when value is "file" => settings with { Transactions = ScriptTransactions.File },
                "lock_timeout" when ParseTime(value) is { } time => settings with { LockTimeout = time },
                "lock_retry" when ParseTime(value) is { } time => settings with { LockRetry = time },
                "statement_timeout" when ParseTime(value) is { } time => settings with { StatementTimeout = time },
                _ => throw new PloyException(
                    "PLOY2306",
                    $"The comment `{match.Value.Trim()}` says nothing that Ploy knows.",
                    "Write `-- ploy:transaction none`, `-- ploy:transaction file`, `-- ploy:lock_timeout 2s`, `-- ploy:lock_retry 1min` or `-- ploy:statement_timeout 10min`.")
                {
                    Location = new SourceLocation(file.Script, new TextSpan(match.Index, match.Length)),
                },
            };
        }

        return settings;
    }

    /// <summary>A number with a unit: <c>500ms</c>, <c>2s</c>, <c>10min</c>, <c>1h</c>; <c>0</c> for no limit; null for anything else.</summary>
    public static TimeSpan? ParseTime(string text)
    {
        var match = Time().Match(text ?? "");
        if (!match.Success || !double.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        return match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" or "min" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => number == 0 ? TimeSpan.Zero : null,
        };
    }

    [GeneratedRegex(@"^[ \t]*--[ \t]*ploy:([a-z_]+)[ \t]*(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)(ms|s|min|m|h)?$")]
    private static partial Regex Time();
}
