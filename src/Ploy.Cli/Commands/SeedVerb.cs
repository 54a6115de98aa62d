using System.Collections.Immutable;
using System.CommandLine;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class SeedVerb : Verb
{
    private readonly Argument<string[]> _arguments = new("ARGUMENTS") { Description = "Behind --: more arguments for the seed command.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<TimeSpan?> _lockTimeout = GlobalOptions.LockTimeout("Longest wait of a statement for a lock; without limit by default.");
    private readonly Option<TimeSpan?> _statementTimeout = GlobalOptions.StatementTimeout();
    private readonly Option<string?> _url = GlobalOptions.Url();

    public SeedVerb()
        : base("seed", "Fill the database with the project's data.", "ploy db seed")
    {
        Add(_arguments);
        foreach (var option in (Option[])[_lockTimeout, _statementTimeout, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (dialect, address) = context.FindDatabase(context.Options.GetValue(_url));
        var limits = new ScriptLimits(context.Options.GetValue(_lockTimeout), context.Options.GetValue(_statementTimeout));
        var command = new SeedCommand(context.LoadProject(context.Options.GetValue(_url)), dialect, address, limits);
        if (!command.IsConfigured)
        {
            context.Terminal.Result(json => json.WriteBoolean("seeded", false));
            context.Terminal.Say("Nothing says how to seed: set `files` or `command` under `[seed]` in `ploy.toml`.");
            return 0;
        }

        await RunAsync(context, command, [.. context.Options.GetValue(_arguments) ?? []], cancellationToken).ConfigureAwait(false);
        context.Terminal.Result(json => json.WriteBoolean("seeded", true));
        return 0;
    }

    /// <summary>Seeds at the end of another command, where the project has a seed.</summary>
    internal static async Task RunAfterAsync(CommandContext context, Workspace workspace, CancellationToken cancellationToken)
    {
        var command = new SeedCommand(workspace.Project, workspace.Dialect, workspace.Address);
        if (command.IsConfigured) await RunAsync(context, command, [], cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunAsync(CommandContext context, SeedCommand command, ImmutableArray<string> arguments, CancellationToken cancellationToken)
    {
        // Between the objects of JSON nothing else may stand.
        Action<string>? hear = !context.Terminal.IsJson ? null : line => context.Terminal.Json(json =>
        {
            json.WriteString("type", "seedOutput");
            json.WriteString("line", line);
        });
        var report = await command.RunAsync(arguments, what => context.Terminal.Note($"Seeding: {what}"), hear, cancellationToken).ConfigureAwait(false);
        context.Terminal.Json(json =>
        {
            json.WriteString("type", "seeded");
            json.WriteString("command", report?.Command);
            json.WriteStartArray("files");
            foreach (var file in report?.Files ?? []) json.WriteStringValue(file);
            json.WriteEndArray();
        });
        context.Terminal.Say(report is { Files.IsEmpty: false, IsOneTransaction: false } ? "The database is seeded; each file by itself, since one of them cannot be part of a transaction." : "The database is seeded.");
    }
}
