using System.CommandLine;
using Ploy.Design.Commands;
using Ploy.Design.Configuration;

namespace Ploy.Cli.Commands;

internal sealed class FormatVerb : Verb
{
    private readonly Option<bool> _check = new("--check") { Description = "Write nothing; exit 1 where a file would change." };

    public FormatVerb()
        : base("format", "Lay out the schema files, and complete relations.", "ploy format --check")
    {
        Add(_check);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var project = context.LoadProject();
        var isCheck = context.Options.GetValue(_check);
        var files = SchemaFiles.Read(project.SchemaPath, project.Display);
        var changed = FormatCommand.Run(files, project.WorkingDirectory, isCheck);
        context.Terminal.Result(json =>
        {
            json.WriteBoolean("check", isCheck);
            json.WriteStartArray("changed");
            foreach (var file in changed) json.WriteStringValue(file.Path);
            json.WriteEndArray();
        });
        foreach (var file in changed) context.Terminal.Say(isCheck ? $"{file.Path} is not formatted." : $"Formatted {file.Path}.");
        if (changed.IsEmpty) context.Terminal.Say(files.Length == 1 ? "The schema file is formatted." : $"All {files.Length} schema files are formatted.");
        return Task.FromResult(isCheck && !changed.IsEmpty ? 1 : 0);
    }
}
