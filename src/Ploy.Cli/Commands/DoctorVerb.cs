using System.CommandLine;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class DoctorVerb : Verb
{
    private readonly Option<bool> _fix = new("--fix") { Description = "Record what is certain; changes the history alone." };
    private readonly Option<TimeSpan?> _lockWait = GlobalOptions.LockWait();
    private readonly Option<string?> _url = GlobalOptions.Url();
    private readonly Option<string?> _shadow = GlobalOptions.ShadowUrl();

    public DoctorVerb()
        : base("doctor", "Find out what a failed or half-applied migration left, or what a database without a history holds.", "ploy migrate doctor --fix")
    {
        foreach (var option in (Option[])[_fix, _lockWait, _url, _shadow]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadForDatabase(context.Options.GetValue(_url), context.Options.GetValue(_shadow));
        var fix = context.Options.GetValue(_fix);
        var command = new DoctorCommand(workspace, context.Services(workspace));
        var findings = await command.RunAsync(fix, context.LockWait(_lockWait), cancellationToken).ConfigureAwait(false);
        var isWell = findings.All(f => f.IsFixed);
        var terminal = context.Terminal;
        terminal.Result(json =>
        {
            json.WriteBoolean("well", isWell);
            json.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("migration", finding.Migration);
                json.WriteString("verdict", NameOf(finding.Verdict));
                json.WriteStartArray("facts");
                foreach (var fact in finding.Facts) json.WriteStringValue(fact);
                json.WriteEndArray();
                json.WriteString("way", finding.Way);
                json.WriteBoolean("canFix", finding.CanFix);
                json.WriteBoolean("fixed", finding.IsFixed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        if (findings.IsEmpty) terminal.Say("No migration has failed or was cut off.");
        for (var i = 0; i < findings.Length; i++)
        {
            // Of a database that holds four hundred migrations the same is said once.
            var first = i;
            while (i + 1 < findings.Length && IsSame(findings[first], findings[i + 1])) i++;
            if (first > 0) terminal.Say();
            foreach (var finding in findings[first..(i + 1)]) terminal.Say($"{finding.Migration}: {WordsOf(finding.Verdict)}");
            foreach (var fact in findings[i].Facts) terminal.Say("  " + fact.ReplaceLineEndings("\n    "));
            terminal.Say("  " + WayOn(findings[i], isOneOfSeveral: i > first));
        }

        if (!fix && findings.Any(f => f.CanFix)) terminal.Say("\n`ploy migrate doctor --fix` records what is certain.");
        return isWell ? 0 : 1;
    }

    private static bool IsSame(DoctorFinding first, DoctorFinding second) =>
        first.Verdict == DoctorVerdict.Applied && second.Verdict == DoctorVerdict.Applied && first.CanFix && second.CanFix && first.IsFixed == second.IsFixed && first.Facts.SequenceEqual(second.Facts);

    private static string WayOn(DoctorFinding finding, bool isOneOfSeveral) => finding switch
    {
        { IsFixed: true, Verdict: DoctorVerdict.Applied } => isOneOfSeveral ? "They are now recorded as applied." : "It is now recorded as applied.",
        { IsFixed: true } => "It is now recorded as rolled back; `ploy migrate deploy` applies it.",
        _ when isOneOfSeveral => "Record them as applied: `ploy migrate resolve --applied NAME` for each.",
        _ => finding.Way,
    };

    private static string WordsOf(DoctorVerdict verdict) => verdict switch
    {
        DoctorVerdict.Applied => "applied",
        DoctorVerdict.NotApplied => "not applied",
        DoctorVerdict.Partly => "half-applied",
        DoctorVerdict.CannotTell => "the database does not tell",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string NameOf(DoctorVerdict verdict) => verdict switch
    {
        DoctorVerdict.Applied => "applied",
        DoctorVerdict.NotApplied => "notApplied",
        DoctorVerdict.Partly => "partly",
        DoctorVerdict.CannotTell => "cannotTell",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
