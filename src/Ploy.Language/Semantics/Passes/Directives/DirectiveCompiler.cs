using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Directives;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Directives;

/// <summary>Finds the directives in the doc comments of valid files and checks them against the schema.</summary>
public static class DirectiveCompiler
{
    /// <summary>Reads all directives.</summary>
    /// <param name="trees">The files; they have no errors.</param>
    /// <param name="schema">What they say.</param>
    /// <param name="report">Takes each fault.</param>
    public static SchemaDirectives Compile(ImmutableArray<SyntaxTree> trees, SchemaModel schema, Action<Diagnostic> report)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(report);
        var models = new Dictionary<string, ImmutableArray<PlacedDirective>>(StringComparer.Ordinal);
        var fields = new Dictionary<(string Model, string Field), ImmutableArray<PlacedDirective>>();
        foreach (var tree in trees)
        {
            // Most files have none, and then nothing of this costs more than one search.
            if (!tree.Source.Text.Contains(DirectiveTextReader.Prefix, StringComparison.Ordinal)) continue;
            var comments = new DocComments(tree);
            foreach (var syntax in tree.Root.Declarations.OfType<ModelSyntax>())
            {
                if (schema.FindModel(syntax.Name.Text) is not { } model) continue;
                var reader = new DirectiveTarget(tree.Source, schema, model, report);
                var found = reader.Model(comments.Take(syntax.Span), syntax);
                if (!found.IsEmpty) models[model.Name] = found;
                // The fields of a model are those of its syntax, in the same order.
                foreach (var (field, target) in syntax.Fields.Zip(model.Fields))
                {
                    var placed = reader.Field(comments.Take(field.Span), target);
                    if (!placed.IsEmpty) fields[(model.Name, target.Name)] = placed;
                }
            }

            foreach (var stray in comments.Rest)
                if (DirectiveTarget.Read(tree.Source, stray, report) is { } text)
                    report(DirectiveDiagnostics.Misplaced(new SourceLocation(tree.Source, text.Span), text.Name, "model or field"));
        }

        return models.Count == 0 && fields.Count == 0 ? SchemaDirectives.Empty : new SchemaDirectives(models, fields);
    }

    /// <summary>The <c>@ploy.</c> lines of one file, each belonging to what stands behind it or before it on its line.</summary>
    private sealed class DocComments
    {
        private readonly SyntaxTree _tree;
        private readonly SortedDictionary<int, TextSpan> _directives = [];

        public DocComments(SyntaxTree tree)
        {
            _tree = tree;
            for (var i = 0; i < tree.Tokens.Length; i++)
            {
                if (tree.Tokens[i].Kind != TokenKind.DocComment) continue;
                var text = tree.Source[tree.Tokens[i].Span].TrimEnd();
                var at = text.IndexOfAnyExcept('/', ' ', '\t');
                if (at >= 0 && text[at..].StartsWith(DirectiveTextReader.Prefix, StringComparison.Ordinal))
                    _directives[i] = TextSpan.FromBounds(tree.Tokens[i].Span.Start + at, tree.Tokens[i].Span.Start + text.Length);
            }
        }

        /// <summary>Lines that belonged to nothing.</summary>
        public IEnumerable<TextSpan> Rest => _directives.Values;

        /// <summary>The lines right above a node, and the one behind it on its last line.</summary>
        public List<TextSpan> Take(TextSpan node)
        {
            var found = new List<TextSpan>();
            if (_directives.Count == 0) return found;
            var index = TokenAt(node.Start);
            for (var i = index - 1; i >= 0 && _tree.Tokens[i].Kind is TokenKind.Blank or TokenKind.NewLine or TokenKind.DocComment; i--)
                if (_directives.Remove(i, out var span))
                    found.Insert(0, span);
            for (var i = TokenAt(node.End); i < _tree.Tokens.Length && _tree.Tokens[i].Kind is TokenKind.Blank or TokenKind.DocComment; i++)
                if (_directives.Remove(i, out var span))
                    found.Add(span);
            return found;
        }

        private int TokenAt(int offset)
        {
            var (low, high) = (0, _tree.Tokens.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_tree.Tokens[middle].Span.Start < offset) low = middle + 1;
                else high = middle;
            }

            return low;
        }
    }
}
