using System.CommandLine;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class ScriptVerb : Verb
{
    private readonly Option<string?> _from = new("--from") { Description = "Begin behind this migration.", HelpName = "NAME" };
    private readonly Option<string?> _to = new("--to") { Description = "End with this migration.", HelpName = "NAME" };
    private readonly Option<bool> _idempotent = new("--idempotent") { Description = "Pass over what is applied already." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write into this file.", HelpName = "FILE" };
    private readonly Option<string?> _url = GlobalOptions.Url();

    public ScriptVerb()
        : base("script", "Write migrations as one SQL file for an administrator, history rows included.", "ploy migrate script --idempotent --output deploy.sql")
    {
        foreach (var option in (Option[])[_from, _to, _idempotent, _output, _url]) Add(option);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = Workspace.LoadForDatabase(context.LoadProject(context.Options.GetValue(_url)), context.Dialects);
        var script = new ScriptCommand(workspace).Run(context.Options.GetValue(_from), context.Options.GetValue(_to), context.Options.GetValue(_idempotent));
        var (terminal, output) = (context.Terminal, context.Options.GetValue(_output));
        if (script is not null && output is not null) Write(Path.GetFullPath(output, terminal.WorkingDirectory), output, script);
        terminal.Result(json =>
        {
            json.WriteString("output", output);
            json.WriteString("script", output is null ? script : null);
        });
        if (script is null) terminal.Note("There is no migration between the two; nothing was written.");
        else if (output is not null) terminal.Note($"Written: {output}");
        else if (!terminal.IsJson) terminal.Out.Write(script);
        return Task.FromResult(0);
    }

    private static void Write(string path, string asGiven, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a full path of a file has a folder
            File.WriteAllText(path, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2011", $"The file `{asGiven}` cannot be written: {exception.Message}", null, exception);
        }
    }
}
