using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class GenerateVerb : Verb
{
    private readonly Option<bool> _watch = new("--watch") { Description = "Go on: write the client again whenever a schema file changes." };
    private readonly Option<string?> _diagram = new("--erd") { Description = "Draw the schema too, as .svg or as .md with a Mermaid diagram.", HelpName = "FILE" };

    private readonly Option<string?> _buildStep = new("--build-step") { Description = "As a step of a build: problems as MSBuild reads them, a line each, and a list of the client's files.", HelpName = "LIST" };

    public GenerateVerb()
        : base("generate", "Write the EF Core client.", "ploy generate --erd docs/schema.svg")
    {
        Add(_watch);
        Add(_diagram);
        Add(_buildStep);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        context.Terminal.IsBuildStep = context.Options.GetValue(_buildStep) is not null;
        if (!context.Options.GetValue(_watch))
        {
            Run(context);
            return 0;
        }

        var project = context.LoadProject();
        var watch = new SchemaWatch(project.SchemaPath);
        while (true)
        {
            TryRun(context);
            context.Terminal.Note($"Watching {project.Display(project.SchemaPath)}; Ctrl-C ends it.");
            await watch.ChangedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Run(CommandContext context)
    {
        var workspace = Workspace.Load(context.LoadProject(), context.Dialects);
        new ErrorRenderer(context.Terminal).Render(workspace.Compilation.Diagnostics.Where(d => d.Severity == Severity.Warning));
        var (generate, diagram) = (new GenerateCommand(workspace), context.Options.GetValue(_diagram));
        // Without a place for a client, the diagram alone is what is wanted.
        if (generate.IsConfigured || diagram is null)
        {
            var report = generate.Run();
            Tell(context.Terminal, report);
            if (context.Options.GetValue(_buildStep) is { } list) generate.WriteList(list, report);
        }

        if (diagram is null) return;
        var isWritten = new DiagramCommand(workspace).Write(diagram);
        context.Terminal.Json(json =>
        {
            json.WriteString("type", "diagram");
            json.WriteString("file", diagram);
            json.WriteBoolean("written", isWritten);
        });
        context.Terminal.Say(isWritten ? $"The diagram is in {diagram}." : $"The diagram in {diagram} is up to date.");
    }

    /// <summary>A fault in the schema is shown, and then waits for its repair.</summary>
    private void TryRun(CommandContext context)
    {
        try
        {
            Run(context);
        }
        catch (SchemaException exception)
        {
            new ErrorRenderer(context.Terminal).Render(exception.Compilation.Diagnostics.Where(d => d.Severity == Severity.Error));
        }
        catch (PloyException exception)
        {
            new ErrorRenderer(context.Terminal).Render(exception);
        }
    }

    /// <summary>Says what was written.</summary>
    public static void Tell(Terminal terminal, GenerateReport report)
    {
        new ErrorRenderer(terminal).Render(report.Warnings);
        foreach (var name in report.OtherGenerators) terminal.Note($"The generator `{name}` is another program's; it was not run.");
        terminal.Json(json =>
        {
            json.WriteString("type", "generated");
            json.WriteString("output", report.Output);
            json.WriteStartArray("written");
            foreach (var file in report.Written) json.WriteStringValue(file);
            json.WriteEndArray();
            json.WriteStartArray("deleted");
            foreach (var file in report.Deleted) json.WriteStringValue(file);
            json.WriteEndArray();
            json.WriteNumber("unchanged", report.Unchanged);
        });
        var changes = report.Written.Length + report.Deleted.Length;
        terminal.Say(changes == 0 ? $"The client in {report.Output} is up to date ({report.Unchanged} files)." : $"The client is in {report.Output}: {report.Written.Length} file{(report.Written.Length == 1 ? "" : "s")} written, {report.Deleted.Length} deleted, {report.Unchanged} unchanged.");
    }
}
