using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Migrations.Engine;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Ploy.Design.Configuration;

/// <summary>What <c>ploy.toml</c> says; null where it does not.</summary>
public sealed record PloyToml
{
    /// <summary>The file.</summary>
    public required SourceText Source { get; init; }

    /// <summary><c>[schema] path</c>: file or folder, relative to the file.</summary>
    public string? SchemaPath { get; init; }

    /// <summary><c>[schema] external</c>: tables that Ploy does not see.</summary>
    public ImmutableArray<string>? External { get; init; }

    /// <summary><c>[schema] externalEnums</c>: enums that Ploy does not see.</summary>
    public ImmutableArray<string>? ExternalEnums { get; init; }

    /// <summary><c>[migrations] initShadowDb</c>: SQL that runs on a shadow database before migrations are replayed.</summary>
    public string? InitShadowDb { get; init; }

    /// <summary><c>[migrations] path</c>, relative to the file.</summary>
    public string? MigrationsPath { get; init; }

    /// <summary><c>[migrations] lockTimeout</c>: longest wait of a statement for a lock.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary><c>[migrations] lockRetry</c>: how long to go on trying for locks; zero for one try.</summary>
    public TimeSpan? LockRetry { get; init; }

    /// <summary><c>[migrations] statementTimeout</c>: longest run of a statement; zero for no limit.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary><c>[hooks] before-deploy</c>: a command that runs before anything is applied.</summary>
    public string? BeforeDeploy { get; init; }

    /// <summary><c>[hooks] after-deploy</c>: a command that runs when all is applied.</summary>
    public string? AfterDeploy { get; init; }

    /// <summary><c>[datasource] url</c></summary>
    public ConfigurationText? Url { get; init; }

    /// <summary><c>[datasource] connection</c>: a name among <c>ConnectionStrings</c>.</summary>
    public string? Connection { get; init; }

    /// <summary><c>[datasource] project</c>: the folder whose <c>appsettings*.json</c> and user secrets count, relative to the file.</summary>
    public string? ProjectPath { get; init; }

    /// <summary><c>[datasource] shadowDatabaseUrl</c></summary>
    public ConfigurationText? ShadowDatabaseUrl { get; init; }

    /// <summary><c>[client] output</c>: the folder of generated C#, relative to the file.</summary>
    public string? ClientOutput { get; init; }

    /// <summary><c>[client] namespace</c></summary>
    public string? ClientNamespace { get; init; }

    /// <summary><c>[client] context</c>: the name of the <c>DbContext</c>.</summary>
    public string? ClientContext { get; init; }

    /// <summary><c>[seed] command</c>: a command line for the system's shell, run in the folder of the file.</summary>
    public string? SeedCommand { get; init; }

    /// <summary><c>[seed] files</c>: <c>.sql</c> files, and folders of them, relative to the file.</summary>
    public ImmutableArray<string>? SeedFiles { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="PloyException">PLOY2001 where it is no TOML, or a key or its value is not known.</exception>
    public static PloyToml Parse(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var document = SyntaxParser.Parse(source.Text, source.Path, validate: true);
        if (document.HasErrors)
        {
            var first = document.Diagnostics.First(d => d.Kind == DiagnosticMessageKind.Error);
            throw Refuse(source, SpanOf(first.Span), $"This is no TOML: {first.Message.TrimEnd('.')}.", null);
        }

        var reader = new Reader(source);
        foreach (var item in document.KeyValues) reader.Take("", item);
        foreach (var table in document.Tables)
        {
            if (table is not TableSyntax { Name: { } name }) throw Refuse(source, SpanOf(table.Span), "`ploy.toml` has no lists of tables.", null);
            reader.TakeTable(NameOf(name), name);
            foreach (var item in table.Items) reader.Take(NameOf(name), item);
        }

        return reader.Result;
    }

    private static string NameOf(KeySyntax key) =>
        string.Join('.', new[] { PartOf(key.Key) }.Concat(key.DotKeys.Select(d => PartOf(d.Key))));

    private static string PartOf(BareKeyOrStringValueSyntax? key) => key switch
    {
        BareKeySyntax bare => bare.Key?.Text ?? "",
        StringValueSyntax text => text.Value ?? "",
        _ => "",
    };

    private static TextSpan SpanOf(SourceSpan span) => new(Math.Max(0, span.Offset), Math.Max(0, span.Length));

    private static PloyException Refuse(SourceText source, TextSpan span, string message, string? help) =>
        new("PLOY2001", message, help) { Location = new SourceLocation(source, span) };

    private sealed class Reader(SourceText source)
    {
        private static readonly Dictionary<string, Action<Reader, ValueSyntax>> Keys = new(StringComparer.Ordinal)
        {
            ["schema.path"] = (r, v) => r.Result = r.Result with { SchemaPath = r.Text(v) },
            ["schema.external"] = (r, v) => r.Result = r.Result with { External = r.Texts(v) },
            ["schema.externalEnums"] = (r, v) => r.Result = r.Result with { ExternalEnums = r.Texts(v) },
            ["migrations.initShadowDb"] = (r, v) => r.Result = r.Result with { InitShadowDb = r.Text(v) },
            ["migrations.path"] = (r, v) => r.Result = r.Result with { MigrationsPath = r.Text(v) },
            ["migrations.lockTimeout"] = (r, v) => r.Result = r.Result with { LockTimeout = r.Time(v) },
            ["migrations.lockRetry"] = (r, v) => r.Result = r.Result with { LockRetry = r.Time(v) },
            ["migrations.statementTimeout"] = (r, v) => r.Result = r.Result with { StatementTimeout = r.Time(v) },
            ["hooks.before-deploy"] = (r, v) => r.Result = r.Result with { BeforeDeploy = r.Text(v) },
            ["hooks.after-deploy"] = (r, v) => r.Result = r.Result with { AfterDeploy = r.Text(v) },
            ["datasource.url"] = (r, v) => r.Result = r.Result with { Url = ConfigurationText.Parse(r.Text(v)) },
            ["datasource.connection"] = (r, v) => r.Result = r.Result with { Connection = r.Text(v) },
            ["datasource.project"] = (r, v) => r.Result = r.Result with { ProjectPath = r.Text(v) },
            ["datasource.shadowDatabaseUrl"] = (r, v) => r.Result = r.Result with { ShadowDatabaseUrl = ConfigurationText.Parse(r.Text(v)) },
            ["client.output"] = (r, v) => r.Result = r.Result with { ClientOutput = r.Text(v) },
            ["client.namespace"] = (r, v) => r.Result = r.Result with { ClientNamespace = r.Text(v) },
            ["client.context"] = (r, v) => r.Result = r.Result with { ClientContext = r.Text(v) },
            ["seed.command"] = (r, v) => r.Result = r.Result with { SeedCommand = r.Text(v) },
            ["seed.files"] = (r, v) => r.Result = r.Result with { SeedFiles = r.Texts(v) },
        };

        public PloyToml Result { get; private set; } = new() { Source = source };

        public void TakeTable(string name, KeySyntax key)
        {
            if (Keys.Keys.Any(k => k.StartsWith(name + ".", StringComparison.Ordinal))) return;
            throw Refuse(source, SpanOf(key.Span), $"There is no table `[{name}]` in `ploy.toml`.", $"The tables are {string.Join(", ", Keys.Keys.Select(k => $"`[{k.Split('.')[0]}]`").Distinct())}.");
        }

        public void Take(string table, KeyValueSyntax item)
        {
            if (item is not { Key: { } key, Value: { } value }) return;
            var name = table.Length == 0 ? NameOf(key) : $"{table}.{NameOf(key)}";
            if (value is InlineTableSyntax inline)
            {
                TakeTable(name, key);
                foreach (var inner in inline.Items)
                    if (inner.KeyValue is { } pair)
                        Take(name, pair);
                return;
            }

            if (!Keys.TryGetValue(name, out var set))
            {
                var near = Keys.Keys.Where(k => k.StartsWith(name.Split('.')[0] + ".", StringComparison.Ordinal)).ToList();
                var help = $"The keys {(near.Count == 0 ? "" : $"of `[{name.Split('.')[0]}]` ")}are {string.Join(", ", (near.Count == 0 ? [.. Keys.Keys] : near).Select(k => $"`{k}`"))}.";
                throw Refuse(source, SpanOf(key.Span), $"There is no key `{name}` in `ploy.toml`.", help);
            }

            set(this, value);
        }

        private string Text(ValueSyntax value) =>
            value is StringValueSyntax text ? text.Value ?? "" : throw Refuse(source, SpanOf(value.Span), "A text in quotes is expected here.", null);

        private TimeSpan Time(ValueSyntax value) =>
            ScriptSettings.ParseTime(Text(value)) ?? throw Refuse(source, SpanOf(value.Span), "A time is expected here.", "Write `\"500ms\"`, `\"5s\"`, `\"10min\"`, or `\"0\"` for no limit.");

        private ImmutableArray<string> Texts(ValueSyntax value) =>
            value is ArraySyntax array
                ? [.. array.Items.Select(i => Text(i.Value!))] // an item without a value is a syntax error, which was reported
                : throw Refuse(source, SpanOf(value.Span), "A list of texts is expected here.", "Write `[\"a\", \"b\"]`.");
    }
}
