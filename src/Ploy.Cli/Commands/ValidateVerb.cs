using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class ValidateVerb() : Verb("validate", "Check the schema files.", "ploy validate --schema prisma/schema")
{
    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = Workspace.Load(context.LoadProject(), context.Dialects);
        var warnings = workspace.Compilation.Diagnostics.Where(d => d.Severity == Severity.Warning).ToList();
        new ErrorRenderer(context.Terminal).Render(warnings);
        var path = workspace.Project.Display(workspace.Project.SchemaPath);
        var objects = workspace.ObjectLocations.Count;
        context.Terminal.Result(json =>
        {
            json.WriteBoolean("valid", true);
            json.WriteString("schema", path);
            json.WriteNumber("models", workspace.Model.ModelCount);
            json.WriteNumber("enums", workspace.Model.EnumCount);
            json.WriteNumber("objects", objects);
        });
        var files = workspace.Compilation.Trees.Length;
        context.Terminal.Say($"The schema at {path} is valid ({Count(files, "file")}, {Count(workspace.Model.ModelCount, "model")}{(objects == 0 ? "" : $", {Count(objects, "object")} beyond the language")}).");
        return Task.FromResult(0);
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
