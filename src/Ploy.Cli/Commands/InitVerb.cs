using System.CommandLine;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class InitVerb : Verb
{
    private readonly Option<string?> _provider = new("--datasource-provider", "--provider") { Description = "sqlite (the default) or postgresql.", HelpName = "PROVIDER" };
    private readonly Option<string?> _url = new("--url") { Description = "The database, written to .env.", HelpName = "URL" };

    public InitVerb()
        : base("init", "Begin a project: schema folder, ploy.toml, .env, .gitignore.", "ploy init --provider postgresql --url postgresql://localhost/shop")
    {
        _provider.AcceptOnlyFromAmong("sqlite", "postgresql", "postgres");
        Add(_provider);
        Add(_url);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var url = context.Options.GetValue(_url);
        var provider = context.Options.GetValue(_provider) ?? (url is null ? "sqlite" : context.Dialects.OfConnection(url).Id);
        var written = new InitCommand(context.Terminal.WorkingDirectory).Run(provider == "postgres" ? "postgresql" : provider, url);
        context.Terminal.Json(json =>
        {
            json.WriteString("type", "result");
            json.WriteStartArray("written");
            foreach (var file in written) json.WriteStringValue(file);
            json.WriteEndArray();
        });
        context.Terminal.Say("Written:");
        foreach (var file in written) context.Terminal.Say($"  {file}");
        context.Terminal.Say();
        context.Terminal.Say("Next: add a model to prisma/schema/, then run `ploy migrate dev --name init`.");
        return Task.FromResult(0);
    }
}
