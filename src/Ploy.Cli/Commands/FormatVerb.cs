using System.CommandLine;
using Ploy.Core.Text;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

/// <summary><c>ploy format [--check]</c></summary>
internal static class FormatVerb
{
    public static Command Create()
    {
        var schema = new Option<string>("--schema") { Description = "A schema file, or a folder of them.", Required = true };
        var check = new Option<bool>("--check") { Description = "Write nothing; exit with 1 where a file would change." };
        var command = new Command("format", "Lays out the schema files, and completes relations.") { schema, check };
        command.SetAction(result => Run(result.GetValue(schema)!, result.GetValue(check)));
        return command;
    }

    private static int Run(string path, bool isCheck)
    {
        IEnumerable<string> files = Directory.Exists(path)
            ? Directory.GetFiles(path, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : [path];
        var changed = FormatCommand.Run([.. files.Select(f => SourceText.From(f, File.ReadAllText(f)))], isCheck);
        foreach (var file in changed) Console.Out.WriteLine(isCheck ? $"{file.Path} is not formatted." : $"Formatted {file.Path}.");
        return isCheck && changed.Length > 0 ? 1 : 0;
    }
}
