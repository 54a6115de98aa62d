using System.CommandLine;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class EjectVerb : Verb
{
    private readonly Option<bool> _force = new("--force", "-f") { Description = "Do not ask." };
    private readonly Option<string?> _url = GlobalOptions.Url();

    public EjectVerb()
        : base("eject", "Leave a plain Prisma project: remove ploy.toml, .ploy/ and Ploy's notes about the database.", "ploy eject --force")
    {
        foreach (var option in (Option[])[_force, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var workspace = context.LoadForDatabase(context.Options.GetValue(_url));
        var report = await new EjectCommand(workspace, context.Prompt).RunAsync(context.Options.GetValue(_force), cancellationToken).ConfigureAwait(false);
        var terminal = context.Terminal;
        terminal.Result(json =>
        {
            json.WriteStartArray("removed");
            foreach (var file in report.Files) json.WriteStringValue(file);
            json.WriteEndArray();
            json.WriteString("state", report.State);
        });
        if (report.Unreachable is { } reason) terminal.Warn($"{reason} Nothing was removed there.");
        foreach (var file in report.Files) terminal.Say($"Removed {file}");
        if (report.State is { } state) terminal.Say($"Removed Ploy's notes about `{state}`");
        terminal.Say(report.Files.IsEmpty && report.State is null ? "There was nothing of Ploy's to remove." : "What is left is a plain Prisma project. Where ploy.toml named paths or a connection, name them to Prisma too.");
        return 0;
    }
}
