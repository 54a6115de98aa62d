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
internal sealed class CommandContext(Terminal terminal, ParseResult options, DialectSet dialects, CancellationToken cancellationToken)
{
    /// <summary>Where it reads and writes.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>What the user wrote.</summary>
    public ParseResult Options { get; } = options;

    /// <summary>The products.</summary>
    public DialectSet Dialects { get; } = dialects;

    /// <summary>Asks the user.</summary>
    public IPrompt Prompt { get; } = new ConsolePrompt(terminal, cancellationToken);

    /// <summary>Finds the project by the options that every command has.</summary>
    public Project LoadProject(string? url = null, string? shadowUrl = null, string? schema = null) => Project.Load(new ProjectOptions
    {
        WorkingDirectory = Terminal.WorkingDirectory,
        Environment = Terminal.Environment,
        Application = Application,
        Schema = schema ?? Options.GetValue(GlobalOptions.Schema),
        Config = Options.GetValue(GlobalOptions.Config),
        Url = url,
        ShadowUrl = shadowUrl,
    });

    /// <summary>Compiles the project's schema, shows its warnings, and names the database on standard error.</summary>
    public Workspace LoadWorkspace(string? url, string? shadowUrl = null) => Show(Workspace.Load(LoadProject(url, shadowUrl), Dialects));

    /// <summary>The same for a command that goes by migrations and database alone: errors in models are a warning.</summary>
    public Workspace LoadForDatabase(string? url, string? shadowUrl = null)
    {
        var workspace = Workspace.LoadForDatabase(LoadProject(url, shadowUrl), Dialects);
        if (workspace.Unread is [var first, .. var unread])
        {
            var place = $"{first.Location.Source.Path}:{first.Location.Source.GetPosition(first.Location.Span.Start).Line + 1}";
            Terminal.Warn(
                unread.IsEmpty
                    ? $"The schema has an error in {place}, which does not matter here: {first.Message} `ploy validate` shows it."
                    : $"The schema has {unread.Length + 1} errors, the first in {place}, which do not matter here: {first.Message} `ploy validate` shows them.");
        }

        return Show(workspace);
    }

    /// <summary>The same, but models are not even looked at.</summary>
    public Workspace LoadConfiguration(string? url) => Show(Workspace.LoadConfiguration(LoadProject(url), Dialects));

    private Workspace Show(Workspace workspace)
    {
        new ErrorRenderer(Terminal).Render(workspace.Compilation.Diagnostics.Where(d => d.Severity == Severity.Warning));
        foreach (var warning in workspace.Address.Warnings) Terminal.Warn(warning);
        Terminal.Note(Describe(workspace));
        System.Diagnostics.Activity.Current?.SetTag("db.namespace", workspace.Address.Database).SetTag("server.address", workspace.Address.Location);
        return workspace;
    }

    /// <summary>The database that the options or the project name; a schema is read only where nothing else says which.</summary>
    public (Dialect Dialect, DatabaseAddress Address) FindDatabase(string? url)
    {
        if (url is not null)
        {
            var dialect = Dialects.OfConnection(url);
            return (dialect, dialect.Connector.Parse(url, Terminal.WorkingDirectory) with { Application = Application });
        }

        var workspace = LoadForDatabase(null);
        return (workspace.Dialect, workspace.Address);
    }

    /// <summary>What the engine needs, with progress on standard error or as JSON.</summary>
    public MigrationServices Services(Workspace workspace, LimitOptions? limits = null) => new()
    {
        Dialect = workspace.Dialect,
        NewId = NewId,
        Report = new EventRenderer(Terminal).Render,
        Limits = limits?.Of(this, workspace.Project) ?? LimitOptions.Of(workspace.Project),
    };

    /// <summary>How long to wait for another run.</summary>
    public TimeSpan LockWait(Option<TimeSpan?> option) => Options.GetValue(option) ?? TimeSpan.FromMinutes(5);

    // One random identifier for each attempt; nothing else here is random.
#pragma warning disable RS0030 // the composition root is where the source of identifiers is injected
    private static Guid NewId() => Guid.NewGuid();
#pragma warning restore RS0030

    // What a server shows of who is connected: `ploy migrate deploy`.
    private string Application => string.Join(' ', Program.Path(Options.CommandResult).Skip(1).Prepend("ploy"));

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
}
