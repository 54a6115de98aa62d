using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;
using Ploy.Design.Configuration;
using Ploy.Migrations.Engine;
using Ploy.Relational;
using Ploy.Relational.Sessions;

namespace Ploy.Cli;

/// <summary>What a command takes from outside: the terminal, the options of every command, the parts wired together.</summary>
internal sealed class CommandContext(Terminal terminal, ParseResult options, DialectSet dialects)
{
    // Shorter than this is not worth a line.
    private static readonly TimeSpan Noteworthy = TimeSpan.FromSeconds(1);

    /// <summary>Where it reads and writes.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>What the user wrote.</summary>
    public ParseResult Options { get; } = options;

    /// <summary>The products.</summary>
    public DialectSet Dialects { get; } = dialects;

    /// <summary>Asks the user.</summary>
    public IPrompt Prompt { get; } = new ConsolePrompt(terminal);

    /// <summary>Finds the project by the options that every command has.</summary>
    public Project LoadProject(string? url = null, string? shadowUrl = null, string? schema = null) => Project.Load(new ProjectOptions
    {
        WorkingDirectory = Terminal.WorkingDirectory,
        Environment = Terminal.Environment,
        Schema = schema ?? Options.GetValue(GlobalOptions.Schema),
        Config = Options.GetValue(GlobalOptions.Config),
        Url = url,
        ShadowUrl = shadowUrl,
    });

    /// <summary>Compiles the project's schema, shows its warnings, and names the database on standard error.</summary>
    public Workspace LoadWorkspace(string? url, string? shadowUrl = null)
    {
        var workspace = Workspace.Load(LoadProject(url, shadowUrl), Dialects);
        new ErrorRenderer(Terminal).Render(workspace.Compilation.Diagnostics.Where(d => d.Severity == Severity.Warning));
        foreach (var warning in workspace.Address.Warnings) Terminal.Note($"warning: {warning}");
        Terminal.Note(Describe(workspace));
        return workspace;
    }

    /// <summary>The database that the options or the project name; a schema is read only where nothing else says which.</summary>
    public (Dialect Dialect, DatabaseAddress Address) FindDatabase(string? url)
    {
        if (url is not null)
        {
            var dialect = Dialects.OfConnection(url);
            return (dialect, dialect.Connector.Parse(url, Terminal.WorkingDirectory));
        }

        var workspace = LoadWorkspace(null);
        return (workspace.Dialect, workspace.Address);
    }

    /// <summary>What the engine needs, with progress on standard error or as JSON.</summary>
    public MigrationServices Services(Workspace workspace, TimeSpan? lockTimeout = null, TimeSpan? statementTimeout = null) => new()
    {
        Dialect = workspace.Dialect,
        NewId = NewId,
        Report = Report,
        Limits = LimitsOf(workspace.Project, lockTimeout, statementTimeout),
    };

    /// <summary>How long statements may wait and run: by option, else by <c>ploy.toml</c>, else the defaults.</summary>
    public static Limits LimitsOf(Project project, TimeSpan? lockTimeout, TimeSpan? statementTimeout)
    {
        var usual = new Limits();
        return usual with
        {
            Lock = lockTimeout ?? project.Toml?.LockTimeout ?? usual.Lock,
            Statement = statementTimeout ?? project.Toml?.StatementTimeout ?? usual.Statement,
        };
    }

    // One random identifier for each attempt; nothing else here is random.
#pragma warning disable RS0030 // the composition root is where the source of identifiers is injected
    private static Guid NewId() => Guid.NewGuid();
#pragma warning restore RS0030

    private static string Describe(Workspace workspace)
    {
        var product = workspace.Dialect.Id == "sqlite" ? "SQLite" : "PostgreSQL";
        var names = workspace.NamespacesIn(workspace.Address);
        var schemas = names.Length switch
        {
            0 => "",
            1 => $", schema \"{names[0]}\"",
            _ => $", schemas \"{string.Join(", ", names)}\"",
        };
        return $"Datasource \"{workspace.Model.Datasource?.Name}\": {product} database \"{workspace.Address.Database}\"{schemas} at \"{workspace.Address.Location}\"";
    }

    private static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private void Report(MigrationEvent happened)
    {
        switch (happened)
        {
            case MigrationStarted started:
                Terminal.Json(json =>
                {
                    json.WriteString("type", "migrationStarted");
                    json.WriteString("name", started.Name);
                    json.WriteNumber("statements", started.Statements);
                });
                Terminal.Note($"Applying migration `{started.Name}`");
                break;
            case MigrationFinished finished:
                Terminal.Json(json =>
                {
                    json.WriteString("type", "migrationFinished");
                    json.WriteString("name", finished.Name);
                    json.WriteNumber("milliseconds", (long)finished.Duration.TotalMilliseconds);
                });
                if (finished.Duration >= Noteworthy) Terminal.Note($"`{finished.Name}` took {Seconds(finished.Duration)}");
                break;
            case StatementFinished statement:
                Terminal.Json(json =>
                {
                    json.WriteString("type", "statementFinished");
                    json.WriteString("name", statement.Name);
                    json.WriteNumber("statement", statement.Index);
                    json.WriteNumber("statements", statement.Statements);
                    json.WriteNumber("milliseconds", (long)statement.Duration.TotalMilliseconds);
                });
                Terminal.Note($"  statement {statement.Index} of {statement.Statements}: {Seconds(statement.Duration)}");
                break;
            case HookStarted hook:
                Terminal.Json(json =>
                {
                    json.WriteString("type", "hookStarted");
                    json.WriteString("hook", hook.Key);
                });
                Terminal.Note($"Running {hook.Key}: {hook.Command}");
                break;
            case HookOutput output:
                Terminal.Json(json =>
                {
                    json.WriteString("type", "hookOutput");
                    json.WriteString("hook", output.Key);
                    json.WriteString("line", output.Line);
                });
                Terminal.Note($"  {output.Line}");
                break;
            case MigrationRetried retried:
                Terminal.Json(json =>
                {
                    json.WriteString("type", "migrationRetried");
                    json.WriteString("name", retried.Name);
                    json.WriteNumber("attempt", retried.Attempt);
                    json.WriteString("reason", retried.Reason);
                });
                Terminal.Note($"`{retried.Name}` waits for a lock, try {retried.Attempt}: {retried.Reason}");
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
