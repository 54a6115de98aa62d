using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes;

/// <summary>First pass: every name is allowed, and stands once in its place.</summary>
internal sealed class Names(DiagnosticSink sink)
{
    private readonly Dictionary<string, Declared> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Declared> _generators = new(StringComparer.Ordinal);
    private readonly SeenNames _seen = new();

    public void Check(SyntaxTree tree)
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
        var kind = model.Kind switch { ModelKind.Model => "model", ModelKind.View => "view", _ => "type" };
        Once(_types, source, model.Name, kind);
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

            if (_seen.Add(field.Name) is { } first)
                sink.Report(SchemaDiagnostics.DuplicateField(At(source, field.Name), kind, model.Name.Text, field.Name.Text, At(source, first)));
        }
    }

    private void Check(SourceText source, EnumSyntax type)
    {
        Once(_types, source, type.Name, "enum");
        Identifier(source, type.Name, "enum");
        Type(source, type, "enum");
        Attributes(source, type.Attributes);
        _seen.Clear();
        foreach (var value in type.Values)
        {
            Identifier(source, value.Name, "enum value");
            Attributes(source, value.Attributes);
            if (_seen.Add(value.Name) is { } first)
                sink.Report(SchemaDiagnostics.DuplicateEnumValue(At(source, value.Name), type.Name.Text, value.Name.Text, At(source, first)));
        }
    }

    private void Check(SourceText source, ConfigurationSyntax block)
    {
        var isDatasource = block.Kind == ConfigurationKind.Datasource;
        var kind = isDatasource ? "datasource" : "generator";
        // A second datasource is a fault whatever its name is, and told as that.
        if (!isDatasource) Once(_generators, source, block.Name, kind);
        _seen.Clear();
        foreach (var property in block.Properties)
            if (_seen.Add(property.Name) is { } first)
                sink.Report(SchemaDiagnostics.DuplicateProperty(At(source, property.Name), kind, block.Name.Text, property.Name.Text, At(source, first)));
    }

    private void Once(Dictionary<string, Declared> names, SourceText source, NameSyntax name, string kind)
    {
        var at = At(source, name);
        if (!names.TryAdd(name.Text, new Declared(kind, at)))
            sink.Report(SchemaDiagnostics.DuplicateDeclaration(at, kind, name.Text, names[name.Text].Kind, names[name.Text].Location));
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

    /// <summary>What has a name already.</summary>
    private readonly record struct Declared(string Kind, SourceLocation Location);
}
