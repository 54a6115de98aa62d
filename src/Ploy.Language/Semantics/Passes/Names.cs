using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes;

/// <summary>First pass: every name is allowed, and stands once in its place.</summary>
/// <param name="first">Who has each name first; null where no two blocks have the same.</param>
/// <param name="sink">Takes the faults.</param>
internal sealed class Names(FirstNames? first, DiagnosticSink sink)
{
    private readonly SeenNames _seen = new();

    /// <summary>Checks the names of all files.</summary>
    /// <param name="trees">The files.</param>
    /// <param name="symbols">What they declare.</param>
    /// <param name="sink">Takes the faults.</param>
    public static void Check(ImmutableArray<SyntaxTree> trees, SchemaSymbols symbols, DiagnosticSink sink)
    {
        var first = symbols.HasRepeatedNames ? new FirstNames(trees) : null;
        Parts.Run(symbols.Models.Count, trees.Length, sink, (own, from, to) =>
        {
            var names = new Names(first, own);
            for (var i = from; i < to; i++) names.Check(trees[i]);
        });
    }

    private void Check(SyntaxTree tree)
    {
        foreach (var declaration in tree.Root.Declarations)
        {
            var at = new SourceLocation(tree.Source, declaration.Name.Span);
            if (Types.ScalarOf(declaration.Name.Text) is not null)
                sink.Report(SchemaDiagnostics.ReservedScalarName(at, declaration.Name.Text));
            switch (declaration)
            {
                case ModelSyntax model:
                    Check(tree.Source, model);
                    break;
                case EnumSyntax type:
                    Check(tree.Source, type);
                    break;
                case ConfigurationSyntax block:
                    Check(tree.Source, block);
                    break;
                case BadDeclarationSyntax:
                    break;
            }
        }
    }

    private void Check(SourceText source, ModelSyntax model)
    {
        var kind = model.Kind.Word();
        Once(first?.Types, source, model.Name, kind);
        Identifier(source, model.Name, kind);
        if (model.Kind != ModelKind.CompositeType)
        {
            Type(source, model, kind);
            Attributes(source, model.Attributes);
        }

        _seen.Clear();
        foreach (var field in model.Fields)
        {
            if (model.Kind != ModelKind.CompositeType)
            {
                Identifier(source, field.Name, "field");
                Attributes(source, field.Attributes);
            }

            if (_seen.Add(field.Name) is { } other)
                sink.Report(SchemaDiagnostics.DuplicateField(At(source, field.Name), kind, model.Name.Text, field.Name.Text, At(source, other)));
        }
    }

    private void Check(SourceText source, EnumSyntax type)
    {
        Once(first?.Types, source, type.Name, "enum");
        Identifier(source, type.Name, "enum");
        Type(source, type, "enum");
        Attributes(source, type.Attributes);
        _seen.Clear();
        foreach (var value in type.Values)
        {
            Identifier(source, value.Name, "enum value");
            Attributes(source, value.Attributes);
            if (_seen.Add(value.Name) is { } other)
                sink.Report(SchemaDiagnostics.DuplicateEnumValue(At(source, value.Name), type.Name.Text, value.Name.Text, At(source, other)));
        }
    }

    private void Check(SourceText source, ConfigurationSyntax block)
    {
        var isDatasource = block.Kind == ConfigurationKind.Datasource;
        var kind = isDatasource ? "datasource" : "generator";
        // A second datasource is a fault whatever its name is, and told as that.
        if (!isDatasource) Once(first?.Generators, source, block.Name, kind);
        _seen.Clear();
        foreach (var property in block.Properties)
            if (_seen.Add(property.Name) is { } other)
                sink.Report(SchemaDiagnostics.DuplicateProperty(At(source, property.Name), kind, block.Name.Text, property.Name.Text, At(source, other)));
    }

    private void Once(Dictionary<string, FirstNames.Declared>? names, SourceText source, NameSyntax name, string kind)
    {
        if (names is null) return;
        var (at, known) = (At(source, name), names[name.Text]);
        if (known.Location != at) sink.Report(SchemaDiagnostics.DuplicateDeclaration(at, kind, name.Text, known.Kind, known.Location));
    }

    private void Type(SourceText source, DeclarationSyntax declaration, string kind)
    {
        if (ReservedNames.Contains(declaration.Name.Text)) sink.Report(SchemaDiagnostics.ReservedName(At(source, declaration.Name), kind, declaration.Name.Text));
    }

    private void Attributes(SourceText source, ImmutableArray<AttributeSyntax> attributes)
    {
        foreach (var attribute in attributes) Identifier(source, attribute.Name, "attribute");
    }

    private void Identifier(SourceText source, NameSyntax name, string kind)
    {
        if (char.IsNumber(name.Text[0])) sink.Report(SchemaDiagnostics.NameBeginsWithDigit(At(source, name), kind, name.Text));
        else if (name.Text.Contains('-', StringComparison.Ordinal)) sink.Report(SchemaDiagnostics.NameHasHyphen(At(source, name), kind, name.Text));
    }

    private static SourceLocation At(SourceText source, NameSyntax name) => new(source, name.Span);
}
