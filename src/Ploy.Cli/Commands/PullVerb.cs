using System.Collections.Immutable;
using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Text;
using Ploy.Design.Commands;
using Ploy.Relational.Model;

namespace Ploy.Cli.Commands;

internal sealed class PullVerb : Verb
{
    private readonly Option<bool> _print = new("--print") { Description = "Write the schema to standard output and no file." };
    private readonly Option<bool> _force = new("--force") { Description = "Put aside what the files say of models so far." };
    private readonly Option<bool> _directives = new("--directives") { Description = "Write what the language leaves out as directives and object files." };
    private readonly Option<string?> _schemas = new("--schemas") { Description = "Namespaces to read, with commas between.", HelpName = "A,B" };
    private readonly Option<string?> _url = GlobalOptions.Url();

    public PullVerb()
        : base("pull", "Write the schema files after a database; names, comments and order are kept.", "ploy db pull --url \"$DATABASE_URL\" --print")
    {
        foreach (var option in (Option[])[_print, _force, _directives, _schemas, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var input = new PullInput
        {
            Print = context.Options.GetValue(_print),
            Force = context.Options.GetValue(_force),
            Directives = context.Options.GetValue(_directives),
            Namespaces = [.. (context.Options.GetValue(_schemas) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
        var report = await new PullCommand(context.LoadProject(context.Options.GetValue(_url)), context.Dialects).RunAsync(input, cancellationToken).ConfigureAwait(false);
        Tell(context.Terminal, report, input);
        return 0;
    }

    private static void Tell(Terminal terminal, PullReport report, PullInput input)
    {
        ImmutableArray<SourceText> files = [.. report.Pulled.Files, .. report.ObjectFiles];
        terminal.Result(json =>
        {
            json.WriteNumber("models", report.Pulled.Models);
            json.WriteNumber("enums", report.Pulled.Enums);
            json.WriteNumber("views", report.Pulled.Views);
            Write("changed", report.Changed);
            Write("warnings", report.Pulled.Warnings);
            Write("unmanaged", report.Unmanaged.Select(UnmanagedList.Describe));
            if (!input.Print) return;
            json.WriteStartObject("files");
            foreach (var file in files) json.WriteString(file.Path, file.Text);
            json.WriteEndObject();

            void Write(string name, IEnumerable<string> texts)
            {
                json.WriteStartArray(name);
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
            }
        });
        if (input.Print && !terminal.IsJson)
            terminal.Out.Write(files is [var only] ? only.Text : string.Join('\n', files.Select(f => $"// {f.Path}\n{f.Text}")));
        foreach (var warning in report.Pulled.Warnings) terminal.Note($"warning: {warning}");
        UnmanagedList.Tell(terminal, report.Unmanaged);
        if (!input.Directives && report.Unmanaged.Any(u => ObjectKinds.IsSayable(u.Kind))) terminal.Note("`ploy db pull --directives` writes those of them that directives and object files can say.");
        if (input.Print) return;
        terminal.Say($"Read {Count(report.Pulled.Models, "model")}{And(report.Pulled.Views, "view")}{And(report.Pulled.Enums, "enum")} from {report.Address}.");
        if (report.Changed.IsEmpty) terminal.Say("The schema says all of it already; no file was changed.");
        else terminal.Say($"Written: {string.Join(", ", report.Changed)}");
    }

    private static string And(int count, string what) => count == 0 ? "" : ", " + Count(count, what);

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
