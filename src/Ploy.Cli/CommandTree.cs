using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ploy.Cli.Commands;
using Ploy.Cli.Rendering;
using Ploy.Design.Commands;

namespace Ploy.Cli;

/// <summary>All verbs: a new one is a line here.</summary>
internal static class CommandTree
{
    /// <summary>The whole command line, connected with the terminal.</summary>
    public static RootCommand Create(Terminal terminal, DialectSet dialects)
    {
        var migrate = new Command("migrate", "Make and apply migrations.")
        {
            new DevVerb(), new DeployVerb(), new StatusVerb(), new ResetVerb(), new ResolveVerb(), new DoctorVerb(), new ScriptVerb(), new DiffVerb(),
        };
        var database = new Command("db", "Work on a database without migrations, and look after it.")
        {
            new PullVerb(), new PushVerb(), new ExecuteVerb(), new SeedVerb(), new RestoreVerb(), new MarkVerb(),
        };
        var root = new RootCommand("Ploy: schema-first database migrations for .NET.")
        {
            new InitVerb(), new ValidateVerb(), new FormatVerb(), migrate, database, new GenerateVerb(), new EjectVerb(), new ExplainVerb(), new CompletionVerb(), new VersionVerb(),
        };
        foreach (var option in (Option[])[GlobalOptions.Schema, GlobalOptions.Config, GlobalOptions.Json, GlobalOptions.NoColor, .. GlobalOptions.Ignored]) root.Add(option);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show this text.";
        // Completion would offer the two everywhere.
        foreach (var alias in (string[])["/?", "/h"]) help.Aliases.Remove(alias);
        var version = root.Options.OfType<VersionOption>().Single();
        version.Description = "Show the version.";
        version.Aliases.Add("-v");
        foreach (var option in (Option[])[help, version])
        {
            // Behind what the commands have of their own.
            root.Options.Remove(option);
            root.Add(option);
        }

        help.Action = new HelpWithExample((HelpAction)help.Action!); // the option is made with it
        foreach (var command in All(root).OfType<Verb>()) command.Attach(terminal, dialects);
        foreach (var group in All(root).Where(c => c is not Verb)) group.Action = new GroupHelp(help.Action);
        return root;
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    /// <summary>A group alone says what it holds; a wrong word behind it stays an error.</summary>
    private sealed class GroupHelp(CommandLineAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult) => ((SynchronousCommandLineAction)help).Invoke(parseResult);
    }

    private sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            var ways = command is Verb verb ? [verb.Example] : Ways(command.Name);
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {string.Join("\n  ", ways)}\n");
            return code;
        }

        // The plain course of things, for who knows nothing yet.
        private static string[] Ways(string group) => group switch
        {
            "migrate" => ["ploy migrate dev --name add_customer_phone", "ploy migrate deploy", "ploy migrate status"],
            "db" => ["ploy db pull", "ploy db push", "ploy db seed"],
            _ => ["ploy init", "ploy migrate dev --name init", "ploy migrate dev --help"],
        };
    }
}
