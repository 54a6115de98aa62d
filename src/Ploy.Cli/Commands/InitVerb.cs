using System.CommandLine;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class InitVerb : Verb
{
    private readonly Option<string?> _provider = new("--datasource-provider", "--provider") { Description = "sqlite (the default) or postgresql.", HelpName = "PROVIDER" };
    private readonly Option<string?> _url = new("--url") { Description = "The database, written to .env.", HelpName = "URL" };

    private readonly Option<string?> _fromDatabase = new("--from-database") { Description = "Begin from this database; it is written into no file.", HelpName = "URL" };

    private readonly Option<string?> _schemas = new("--schemas") { Description = "With --from-database: namespaces to read, with commas between.", HelpName = "A,B" };
    private readonly Option<string?> _files = new("--files") { Description = "With --from-database: one (the default), namespace or prefix: how many files the schema has.", HelpName = "HOW" };

    public InitVerb()
        : base("init", "Begin a project: schema folder, ploy.toml, .env, .gitignore.", "ploy init --provider postgresql --url postgresql://localhost/shop")
    {
        GlobalOptions.Among(_provider, "sqlite", "postgresql", "postgres");
        Add(_provider);
        Add(_url);
        Add(_fromDatabase);
        Add(_schemas);
        GlobalOptions.Among(_files, "one", "namespace", "prefix");
        Add(_files);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Options.GetValue(_fromDatabase) is { } database)
        {
            await AdoptAsync(context, database, cancellationToken).ConfigureAwait(false);
            return 0;
        }

        var url = context.Options.GetValue(_url);
        var provider = context.Options.GetValue(_provider) ?? (url is null ? "sqlite" : context.Dialects.OfConnection(url).Id);
        if (provider == "postgres") provider = "postgresql";
        if (url is not null && context.Dialects.OfConnection(url).Id is var product && product != provider)
            throw new PloyException("P1013", $"`--url` names a database of `{product}`, but `--provider` says `{provider}`.", "Leave out one of the two.");
        var written = new InitCommand(context.Terminal.WorkingDirectory).Run(provider, url);
        context.Terminal.Result(json =>
        {
            json.WriteStartArray("written");
            foreach (var file in written) json.WriteStringValue(file);
            json.WriteEndArray();
        });
        context.Terminal.Say("Written:");
        foreach (var file in written) context.Terminal.Say($"  {file}");
        context.Terminal.Say();
        context.Terminal.Say("Next: add a model to prisma/schema/, then run `ploy migrate dev --name init`.");
        return 0;
    }

    private async Task AdoptAsync(CommandContext context, string database, CancellationToken cancellationToken)
    {
        var terminal = context.Terminal;
        var report = await new AdoptCommand(terminal.WorkingDirectory, terminal.Environment, context.Dialects, w => context.Services(w)).RunAsync(
            new AdoptInput(database)
            {
                Namespaces = [.. (context.Options.GetValue(_schemas) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
                Split = context.Options.GetValue(_files) switch { "namespace" => SchemaSplit.Namespace, "prefix" => SchemaSplit.Prefix, _ => SchemaSplit.None },
            },
            cancellationToken).ConfigureAwait(false);
        terminal.Result(json =>
        {
            Write("written", report.Written);
            json.WriteString("baseline", report.Baseline);
            Write("external", report.External);
            Write("warnings", report.Pulled.Pulled.Warnings);
            Write("unmanaged", report.Pulled.Unmanaged.Select(UnmanagedList.Describe));

            void Write(string name, IEnumerable<string> texts)
            {
                json.WriteStartArray(name);
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
            }
        });
        foreach (var warning in report.Pulled.Pulled.Warnings) terminal.Note($"warning: {warning}");
        UnmanagedList.Tell(terminal, report.Pulled.Unmanaged);
        terminal.Say("Written:");
        foreach (var file in report.Written) terminal.Say($"  {file}");
        if (!report.External.IsEmpty) terminal.Say($"Left to the tool that made them: {string.Join(", ", report.External)}.");
        terminal.Say(report.Baseline is { } baseline
            ? $"`{baseline}` is recorded as applied in {report.Pulled.Address}."
            : $"{report.Pulled.Address} has a history of migrations already, so that none was written: put their folders into prisma/migrations/.");
        terminal.Say();
        terminal.Say("Next: set DATABASE_URL in the environment or in .env, then run `ploy migrate status`.");
    }
}
