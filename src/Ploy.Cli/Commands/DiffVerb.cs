using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;
using Ploy.Relational.Planning;

namespace Ploy.Cli.Commands;

/// <summary>Both generations' spellings of the two sides.</summary>
internal sealed class DiffVerb : Verb
{
    private readonly SideOptions _from = new("from");
    private readonly SideOptions _to = new("to");
    private readonly Option<bool> _script = new("--script") { Description = "Write SQL instead of a summary." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write to this file.", HelpName = "FILE" };
    private readonly Option<bool> _exitCode = new("--exit-code") { Description = "Exit 2 where there is a difference, 0 where there is none." };
    private readonly Option<string?> _shadow = GlobalOptions.ShadowUrl();

    public DiffVerb()
        : base("diff", "Compare any two of: nothing, schema files, migrations, a database.", "ploy migrate diff --from-migrations prisma/migrations --to-schema prisma/schema --script")
    {
        foreach (var option in _from.All.Concat(_to.All).Concat([_script, _output, _exitCode, _shadow])) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (from, to) = (_from.Read(context.Options), _to.Read(context.Options));
        var project = context.LoadProject(shadowUrl: context.Options.GetValue(_shadow));
        var report = await new DiffCommand(project, context.Dialects).RunAsync(from, to, cancellationToken).ConfigureAwait(false);
        var isEmpty = report.Difference.IsEmpty;
        var text = context.Options.GetValue(_script) ? MigrationScript.Render(report.Difference, report.Dialect) : ChangeSummary.Render(report.Difference);
        if (!text.EndsWith('\n')) text += "\n";
        if (context.Options.GetValue(_output) is { } output) Write(Path.GetFullPath(output, context.Terminal.WorkingDirectory), output, text);
        else if (!context.Terminal.IsJson) context.Terminal.Out.Write(text);
        context.Terminal.Result(json =>
        {
            json.WriteBoolean("empty", isEmpty);
            json.WritePropertyName("changes");
            ChangeOutline.Write(json, report.Difference, report.Dialect);
            json.WriteString("script", isEmpty ? "" : MigrationScript.Render(report.Difference, report.Dialect));
        });
        return context.Options.GetValue(_exitCode) && !isEmpty ? 2 : 0;
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

    private sealed class SideOptions(string side)
    {
        private readonly Option<bool> _empty = new($"--{side}-empty") { Description = "Nothing." };
        private readonly Option<string?> _schema = new($"--{side}-schema", $"--{side}-schema-datamodel") { Description = "Schema file or folder.", HelpName = "PATH" };
        private readonly Option<string?> _migrations = new($"--{side}-migrations") { Description = "Folder of migrations.", HelpName = "PATH" };
        private readonly Option<string?> _url = new($"--{side}-url") { Description = "Live database.", HelpName = "URL" };
        private readonly Option<bool> _configured = new($"--{side}-config-datasource") { Description = "The configured database." };
        private readonly Option<string?> _datasource = new($"--{side}-schema-datasource") { Description = "The database of that schema's datasource.", HelpName = "PATH" };

        public IEnumerable<Option> All => [_empty, _schema, _migrations, _url, _configured, _datasource];

        public DiffSide Read(ParseResult options)
        {
            var given = new List<DiffSide>();
            if (options.GetValue(_empty)) given.Add(new DiffSide.Empty());
            if (options.GetValue(_schema) is { } schema) given.Add(new DiffSide.Schema(schema));
            if (options.GetValue(_migrations) is { } migrations) given.Add(new DiffSide.Migrations(migrations));
            if (options.GetValue(_url) is { } url) given.Add(new DiffSide.Database(url));
            if (options.GetValue(_configured)) given.Add(new DiffSide.ConfiguredDatabase());
            if (options.GetValue(_datasource) is { } datasource) given.Add(new DiffSide.SchemaDatabase(datasource));
            return given is [var only] ? only : throw new PloyException(
                "PLOY2000",
                given.Count == 0 ? $"`migrate diff` needs to know what it compares: there is no `--{side}-...` option." : $"`migrate diff` takes one `--{side}-...` option, not {given.Count}.",
                $"Give one of {string.Join(", ", All.Select(o => $"`{o.Name}`"))}.");
        }
    }
}
