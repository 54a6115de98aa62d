using System.CommandLine;
using Ploy.Core.Diagnostics;

namespace Ploy.Cli.Commands;

/// <summary>Shows the page of a code; the pages of <c>docs/codes</c> are embedded.</summary>
internal sealed class ExplainVerb : Verb
{
    private readonly Argument<string> _code = new("CODE") { Description = "A code as errors show it: P1012, PLOY1201." };

    public ExplainVerb()
        : base("explain", "Explain an error code.", "ploy explain P3009")
    {
        Add(_code);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var code = (context.Options.GetValue(_code) ?? "").Trim().ToUpperInvariant();
        using var page = typeof(ExplainVerb).Assembly.GetManifestResourceStream($"codes/{code}.md")
            ?? throw new PloyException("PLOY2012", $"There is no code `{code}`.", "Give one as errors show it: `P1012`, `PLOY1201`.");
        using var reader = new StreamReader(page);
        var text = reader.ReadToEnd();
        context.Terminal.Json(json =>
        {
            json.WriteString("type", "result");
            json.WriteString("code", code);
            json.WriteString("text", text);
        });
        context.Terminal.Say(text.TrimEnd());
        return Task.FromResult(0);
    }
}
