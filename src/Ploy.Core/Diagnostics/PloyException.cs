using System.Collections.Immutable;
using Ploy.Core.Text;

namespace Ploy.Core.Diagnostics;

/// <summary>
/// The world outside failed, or the command was used wrongly: made where the failure is understood, shown as one error,
/// exit code 1. A bug is any other exception.
/// </summary>
public class PloyException(string code, string message, string? help = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A P-code where Prisma has the condition (<c>P1001</c>), else a <c>PLOY2xxx</c> code.</summary>
    public string Code { get; } = code;

    /// <summary>What to do, as one imperative sentence; null where there is no honest advice.</summary>
    public string? Help { get; } = help;

    /// <summary>The place in a file that failed; null where there is none.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>Facts that belong to the error, each as <c>label: text</c>: what the database said, when it began.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The exit code of the process: 1, but 130 where the user has to reset or said no.</summary>
    public int ExitCode { get; init; } = 1;

    /// <summary>With code, place, facts and help, for applications that end with it: what a log shows of an exception is this.</summary>
    public override string ToString()
    {
        List<string> lines = [$"{Code}: {Message}"];
        if (Location is { } location)
        {
            var at = location.Source.GetPosition(location.Span.Start);
            lines.Add($"  at {location.Source.Path}:{at.Line + 1}:{at.Column + 1}");
        }

        lines.AddRange(Notes.Select(n => "  = " + n));
        if (Help is not null) lines.Add("  = help: " + Help);
        return string.Join(Environment.NewLine, lines) + Environment.NewLine + base.ToString();
    }
}
