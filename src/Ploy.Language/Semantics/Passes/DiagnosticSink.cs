using System.Collections.Immutable;
using Ploy.Core.Diagnostics;

namespace Ploy.Language.Semantics.Passes;

/// <summary>Collects what the passes report.</summary>
internal sealed class DiagnosticSink
{
    private readonly List<Diagnostic> _found = [];

    /// <summary>Whether an error was reported so far.</summary>
    public bool HasErrors { get; private set; }

    public void Report(Diagnostic diagnostic)
    {
        _found.Add(diagnostic);
        HasErrors |= diagnostic.Severity == Severity.Error;
    }

    /// <summary>Takes what another has collected.</summary>
    public void AddAll(DiagnosticSink other)
    {
        _found.AddRange(other._found);
        HasErrors |= other.HasErrors;
    }

    /// <summary>All of them in the order of the files and of the places in each; a sentence that repeats itself at one place stands once.</summary>
    public ImmutableArray<Diagnostic> InOrder(IEnumerable<string> paths)
    {
        if (_found.Count == 0) return [];
        var order = paths.Distinct(StringComparer.Ordinal).Select((path, i) => (path, i)).ToDictionary(p => p.path, p => p.i, StringComparer.Ordinal);
        return
        [
            .. _found.DistinctBy(d => (d.Code, d.Location.Source.Path, d.Location.Span, d.Message))
                .OrderBy(d => order.GetValueOrDefault(d.Location.Source.Path)).ThenBy(d => d.Location.Span.Start),
        ];
    }
}
