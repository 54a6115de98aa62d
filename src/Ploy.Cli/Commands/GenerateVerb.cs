using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class GenerateVerb() : Verb("generate", "Write the EF Core client.", "ploy generate")
{
    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = Workspace.Load(context.LoadProject(), context.Dialects);
        new ErrorRenderer(context.Terminal).Render(workspace.Compilation.Diagnostics.Where(d => d.Severity == Severity.Warning));
        Tell(context.Terminal, new GenerateCommand(workspace).Run());
        return Task.FromResult(0);
    }

    /// <summary>Says what was written.</summary>
    public static void Tell(Terminal terminal, GenerateReport report)
    {
        foreach (var warning in report.Warnings) terminal.Note($"warning[{warning.Code}]: {warning.Message}");
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
        terminal.Say(changes == 0 ? $"The client in {report.Output} is up to date ({report.Unchanged} files)." : $"The client is in {report.Output}: {report.Written.Length} files written, {report.Deleted.Length} deleted, {report.Unchanged} unchanged.");
    }
}
