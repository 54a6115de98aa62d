using System.CommandLine;
using System.CommandLine.Completions;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Cli.Commands;

/// <summary>Shows the page of a code; the pages of <c>docs/codes</c> are embedded.</summary>
internal sealed class ExplainVerb : Verb
{
    private readonly Argument<string> _code = new("CODE") { Description = "A code as errors show it: P1012, PLOY1201.", HelpName = "CODE" };

    public ExplainVerb()
        : base("explain", "Explain an error code.", "ploy explain P3009")
    {
        _code.CompletionSources.Add(_ => Codes().Select(code => new CompletionItem(code)));
        Add(_code);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var code = (context.Options.GetValue(_code) ?? "").Trim().ToUpperInvariant();
        using var page = typeof(ExplainVerb).Assembly.GetManifestResourceStream($"codes/{code}.md") ?? throw Unknown(code);
        using var reader = new StreamReader(page);
        var text = reader.ReadToEnd();
        context.Terminal.Result(json =>
        {
            json.WriteString("code", code);
            json.WriteString("text", text);
        });
        context.Terminal.Say(text.TrimEnd());
        return Task.FromResult(0);
    }

    private static IOrderedEnumerable<string> Codes() => typeof(ExplainVerb).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith("codes/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal);

    private static PloyException Unknown(string code)
    {
        var meant = Suggestion.For(code, Codes()) is { } near ? $"Did you mean `{near}`? " : "";
        return new PloyException("PLOY2012", $"There is no code `{code}`.", meant + "Give one as errors show it: `P1012`, `PLOY1201`.");
    }
}
