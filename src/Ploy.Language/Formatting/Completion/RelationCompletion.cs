using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Semantics.Passes.Relations;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting.Completion;

/// <summary>
/// Adds what relations lack: the field at the other side, the fields of the key, <c>@relation</c> and its arguments. New fields
/// stand at the end of their model, in whatever file that is.
/// </summary>
internal sealed class RelationCompletion
{
    private readonly Dictionary<SourceText, List<(int At, string Text)>> _additions = [];
    private readonly Dictionary<ModelSymbol, ImmutableArray<PartSymbol>> _strictKeys = [];

    /// <summary>The files with what was missing; the same trees where nothing was.</summary>
    /// <param name="trees">The files.</param>
    /// <param name="symbols">What they declare, without faults.</param>
    public static ImmutableArray<SyntaxTree> Complete(ImmutableArray<SyntaxTree> trees, SchemaSymbols symbols)
    {
        var completion = new RelationCompletion();
        var relations = RelationPairing.Pair(symbols).Where(r => r.Cardinality != Cardinality.ManyToMany).ToList();
        // In this order, since what is added at one place stays in the order in which it is found.
        foreach (var relation in relations) completion.AddFields(relation);
        foreach (var relation in relations) completion.AddAttribute(relation);
        foreach (var relation in relations) completion.AddArguments(relation);
        return [.. trees.Select(completion.WithAdditions)];
    }

    private void AddFields(RelationSymbol relation)
    {
        if (relation.Back is null)
        {
            var name = CamelCase.Of(relation.Model.Name);
            var (field, mark) = relation.Cardinality == Cardinality.OneToOne ? (name, "?") : (Plurals.Of(name), "[]");
            AddLine(relation.Target, $"{field} {relation.Model.Name}{mark} {(relation.Model.IsIgnored ? "@ignore" : "")}");
        }

        var key = KeyFields(relation);
        if (relation.Forward is null)
        {
            var mark = key.Any(f => f.IsOptional) ? "?" : "";
            AddLine(relation.Model, $"{CamelCase.Of(relation.Target.Name)} {relation.Target.Name}{mark} @relation({Fields(key)}, {References(relation)})");
        }

        if (relation.Forward?.Relation?.Fields is not null) return;
        foreach (var field in key.Where(f => !f.Exists))
        {
            // The engine stops at the first part of a key that is an enum.
            if (field.Referenced.Scalar is not { } type) return;
            var native = field.Referenced.NativeType is { } written ? relation.Target.Source[written.Attribute.Span].ToString() : "";
            AddLine(relation.Model, $"{field.Name} {type}{(field.IsOptional ? "?" : "")} {native}");
        }
    }

    private void AddAttribute(RelationSymbol relation)
    {
        if (relation.Forward is not { Relation: null } field) return;
        var text = field.Model.Source.Text;
        var at = field.Syntax.Type.Span.End;
        while (at < text.Length && text[at] is '[' or ']' or '?' or '!') at++;
        Add(field.Model.Source, at, $" @relation({Fields(KeyFields(relation))}, {References(relation)})");
    }

    private void AddArguments(RelationSymbol relation)
    {
        if (relation.Forward is not { Relation: { } written } field) return;
        var missing = new List<string>();
        if (written.Fields is null) missing.Add(Fields(KeyFields(relation)));
        if (written.References is null) missing.Add(References(relation));
        if (missing.Count == 0) return;
        var attribute = written.Attribute;
        var text = string.Join(", ", missing);
        if (attribute.Arguments is { Arguments.IsEmpty: false }) Add(field.Model.Source, attribute.Span.End - 1, $", {text}");
        else Add(field.Model.Source, attribute.Span.End, $"({text})");
    }

    /// <summary>The fields of the key as they should be: one for each field of the other model's first key.</summary>
    private static List<KeyField> KeyFields(RelationSymbol relation) =>
    [
        .. FirstKey(relation.Target, _ => true).Select(part =>
        {
            var name = CamelCase.WithSmallFirst(relation.Target.Name) + CamelCase.WithLargeFirst(part.Field.Name);
            var existing = relation.Model.Find(name);
            var arity = existing?.Arity ?? relation.Forward?.Arity ?? FieldArity.Optional;
            return new KeyField(name, part.Field, arity == FieldArity.Optional, existing is not null);
        }),
    ];

    private static string Fields(List<KeyField> key) => $"fields: [{string.Join(", ", key.Select(f => f.Name))}]";

    private string References(RelationSymbol relation)
    {
        var fields = relation.Forward?.Relation?.References ?? StrictKey(relation.Target).Select(p => p.Field);
        return $"references: [{string.Join(", ", fields.Select(f => f.Name))}]";
    }

    /// <summary>The first key that identifies each row and is of types that can be compared; empty where there is none.</summary>
    private ImmutableArray<PartSymbol> StrictKey(ModelSymbol model) => _strictKeys.TryGetValue(model, out var known) ? known
        : _strictKeys[model] = FirstKey(model, parts => parts.All(p => p.Field is { Arity: not FieldArity.Optional, Syntax.Type.Unsupported: null }));

    /// <summary>The first key that fulfils a condition; empty where none does.</summary>
    private static ImmutableArray<PartSymbol> FirstKey(ModelSymbol model, Func<ImmutableArray<PartSymbol>, bool> condition) =>
        model.UniqueCriteria.Where(condition).DefaultIfEmpty([]).First();

    /// <summary>Adds a line before the model's closing brace.</summary>
    private void AddLine(ModelSymbol model, string line) => Add(model.Source, model.Syntax.Span.End - 1, line + "\n");

    private void Add(SourceText source, int at, string text)
    {
        if (!_additions.TryGetValue(source, out var additions)) _additions[source] = additions = [];
        additions.Add((at, text));
    }

    private SyntaxTree WithAdditions(SyntaxTree tree)
    {
        if (!_additions.TryGetValue(tree.Source, out var additions)) return tree;
        var text = new StringBuilder(tree.Source.Length);
        var at = 0;
        foreach (var addition in additions.OrderBy(a => a.At))
        {
            text.Append(tree.Source.Text, at, addition.At - at).Append(addition.Text);
            at = addition.At;
        }

        return SyntaxTree.Parse(SourceText.From(tree.Source.Path, text.Append(tree.Source.Text, at, tree.Source.Length - at).ToString()));
    }

    /// <summary>A field of a foreign key.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Referenced">The field that it refers to.</param>
    /// <param name="IsOptional">Whether it may be null.</param>
    /// <param name="Exists">Whether it is there already.</param>
    private sealed record KeyField(string Name, FieldSymbol Referenced, bool IsOptional, bool Exists);
}
