using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Formatting.Completion;

/// <summary>
/// Adds what relations lack: the field at the other side, the fields of the key, <c>@relation</c> and its arguments. What is
/// added stands at the end of its model, in whatever file that is.
/// </summary>
internal sealed class RelationCompletion
{
    private readonly ImmutableArray<SyntaxTree> _trees;
    private readonly Dictionary<string, ModelPlace> _models;
    private readonly List<(int At, string Text)>[] _additions;

    private RelationCompletion(ImmutableArray<SyntaxTree> trees)
    {
        _trees = trees;
        _additions = [.. trees.Select(_ => new List<(int, string)>())];
        _models = trees.SelectMany((tree, file) => tree.Root.Declarations.OfType<ModelSyntax>().Select(m => new ModelPlace(file, m)))
            .Where(m => m.Syntax.Kind != ModelKind.CompositeType)
            .ToDictionary(m => m.Name, StringComparer.Ordinal);
    }

    /// <summary>The files with what was missing; the same trees where nothing was.</summary>
    /// <param name="trees">Files whose names are all unique.</param>
    public static ImmutableArray<SyntaxTree> Complete(ImmutableArray<SyntaxTree> trees)
    {
        var completion = new RelationCompletion(trees);
        var relations = completion.Relations();
        // In this order, since what is added at one place stays in the order in which it is found.
        foreach (var relation in relations) completion.AddFields(relation);
        foreach (var relation in relations) completion.AddAttribute(relation);
        foreach (var relation in relations) completion.AddArguments(relation);
        return [.. trees.Select((tree, file) => completion.WithAdditions(tree, file))];
    }

    private List<InlineRelation> Relations()
    {
        var sides =
            from model in _models.Values
            from field in model.Syntax.Fields
            where field.Type.Unsupported is null && _models.ContainsKey(field.Type.Name)
            select new RelationSide(model, field, _models[field.Type.Name]);
        var all = sides.ToList();
        var byEnds = all.ToLookup(s => (s.Model.Name, s.Target.Name, s.RelationName));
        return [.. all.Select(side => InlineRelation.Of(side, byEnds[(side.Target.Name, side.Model.Name, side.RelationName)].FirstOrDefault(s => s != side))).OfType<InlineRelation>()];
    }

    private void AddFields(InlineRelation relation)
    {
        if (relation.Back is null)
        {
            var name = CamelCase.Of(relation.Referencing.Name);
            var (field, mark) = relation.IsOneToOne ? (name, "?") : (Plurals.Of(name), "[]");
            var ignore = relation.Referencing.Syntax.Attributes.Find("ignore") is null ? "" : "@ignore";
            AddLine(relation.Referenced, $"{field} {relation.Referencing.Name}{mark} {ignore}");
        }

        var key = KeyFields(relation);
        if (relation.Forward is null)
        {
            var mark = key.Any(f => f.IsOptional) ? "?" : "";
            AddLine(relation.Referencing, $"{CamelCase.Of(relation.Referenced.Name)} {relation.Referenced.Name}{mark} @relation({Fields(key)}, {References(relation)})");
        }

        if (relation.Forward is { HasFields: true }) return;
        foreach (var field in key.Where(f => !f.Exists))
        {
            // The engine stops at the first part of a key that is an enum.
            if (!Enum.TryParse<ScalarKind>(field.Model.Type.Name, out _)) return;
            var native = field.Model.Attributes.FirstOrDefault(a => a.Name.Text.Contains('.', StringComparison.Ordinal));
            var source = _trees[relation.Referenced.File].Source;
            AddLine(relation.Referencing, $"{field.Name} {field.Model.Type.Name}{(field.IsOptional ? "?" : "")} {(native is null ? "" : source[native.Span])}");
        }
    }

    private void AddAttribute(InlineRelation relation)
    {
        if (relation.Forward is not { Attribute: null } side) return;
        var text = _trees[side.Model.File].Source.Text;
        var at = side.Field.Type.Span.End;
        while (at < text.Length && text[at] is '[' or ']' or '?' or '!') at++;
        Add(side.Model, at, $" @relation({Fields(KeyFields(relation))}, {References(relation)})");
    }

    private void AddArguments(InlineRelation relation)
    {
        if (relation.Forward is not { Attribute: { } attribute } side) return;
        var missing = string.Join(", ", Missing());
        if (attribute.Arguments is not { Arguments.IsEmpty: false }) Add(side.Model, attribute.Span.End, $"({missing})");
        else Add(side.Model, attribute.Span.End - 1, $", {missing}");

        IEnumerable<string> Missing()
        {
            if (!side.HasFields) yield return Fields(KeyFields(relation));
            if (!side.HasReferences) yield return References(relation);
        }
    }

    /// <summary>The fields of the key as they should be: one for each field of the other model's first key.</summary>
    private static List<KeyField> KeyFields(InlineRelation relation)
    {
        var fields = new List<KeyField>();
        var target = relation.Referenced.Syntax;
        foreach (var part in UniqueKeys.Of(target).FirstOrDefault([]))
        {
            var model = target.Fields.First(f => f.Name.Text == part);
            var name = CamelCase.WithSmallFirst(relation.Referenced.Name) + CamelCase.WithLargeFirst(part);
            var existing = relation.Referencing.Syntax.Fields.FirstOrDefault(f => f.Name.Text == name);
            var arity = existing?.Arity ?? relation.Forward?.Field.Arity ?? FieldArity.Optional;
            fields.Add(new KeyField(name, model, arity == FieldArity.Optional, existing is not null));
        }

        return fields;
    }

    private static string Fields(List<KeyField> key) => $"fields: [{string.Join(", ", key.Select(f => f.Name))}]";

    private static string References(InlineRelation relation)
    {
        var fields = relation.Forward is { HasReferences: true } side
            ? AttributeReader.Words(side.Attribute!.Argument("references"))
            : UniqueKeys.Strict(relation.Referenced.Syntax);
        return $"references: [{string.Join(", ", fields)}]";
    }

    /// <summary>Adds a line before the model's closing brace.</summary>
    private void AddLine(ModelPlace model, string line) => Add(model, model.Syntax.Span.End - 1, line + "\n");

    private void Add(ModelPlace model, int at, string text) => _additions[model.File].Add((at, text));

    private SyntaxTree WithAdditions(SyntaxTree tree, int file)
    {
        if (_additions[file].Count == 0) return tree;
        var text = new StringBuilder(tree.Source.Length);
        var at = 0;
        foreach (var addition in _additions[file].OrderBy(a => a.At))
        {
            text.Append(tree.Source.Text, at, addition.At - at).Append(addition.Text);
            at = addition.At;
        }

        return SyntaxTree.Parse(SourceText.From(tree.Source.Path, text.Append(tree.Source.Text, at, tree.Source.Length - at).ToString()));
    }

    /// <summary>A field of a foreign key.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Model">The field that it refers to.</param>
    /// <param name="IsOptional">Whether it may be null.</param>
    /// <param name="Exists">Whether it is there already.</param>
    private sealed record KeyField(string Name, FieldSyntax Model, bool IsOptional, bool Exists);
}
