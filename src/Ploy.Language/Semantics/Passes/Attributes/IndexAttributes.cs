using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@unique</c>, <c>@@unique</c>, <c>@@index</c> and <c>@@fulltext</c>.</summary>
internal static class IndexAttributes
{
    private static readonly ImmutableArray<string> Methods = ["BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"];

    public static void ReadField(AttributeSet attributes, FieldSymbol field)
    {
        if (attributes.Take("unique") is not { } arguments) return;
        field.Model.Indexes.Add(new IndexSymbol(arguments.Syntax)
        {
            Kind = IndexKind.Unique,
            DatabaseName = arguments.NonEmptyText("map"),
            Parts = [KeyParts.OfField(arguments, field)],
            IsClustered = arguments.Flag("clustered"),
            Predicate = IndexPredicate.Read(arguments, field.Model),
            IsOnField = true,
        });
        arguments.End();
    }

    /// <summary>All of one kind come before those of the next, which is the order in which the engine makes them.</summary>
    public static void ReadBlock(AttributeSet attributes, ModelSymbol model)
    {
        for (var at = 0; attributes.TakeNext("index", ref at) is { } arguments;) model.Indexes.Add(Index(arguments, model));
        for (var at = 0; attributes.TakeNext("unique", ref at) is { } arguments;) model.Indexes.Add(Unique(arguments, model));
        for (var at = 0; attributes.TakeNext("fulltext", ref at) is { } arguments;) model.Indexes.Add(FullText(arguments, model));
    }

    private static IndexSymbol Index(AttributeArguments arguments, ModelSymbol model)
    {
        var parts = Parts(arguments, model);
        // Before the name in the database was called map, it was called name.
        var (name, databaseName) = (arguments.NonEmptyText("name"), arguments.NonEmptyText("map"));
        if (name is not null && databaseName is not null) arguments.Report(SchemaDiagnostics.NameBesideMap(name.Location));
        var index = new IndexSymbol(arguments.Syntax)
        {
            Kind = IndexKind.Normal,
            Parts = parts,
            DatabaseName = databaseName ?? name,
            Method = Method(arguments),
            IsClustered = arguments.Flag("clustered"),
            Predicate = IndexPredicate.Read(arguments, model),
        };
        arguments.End();
        return index;
    }

    private static IndexSymbol Unique(AttributeArguments arguments, ModelSymbol model)
    {
        var parts = Parts(arguments, model);
        var name = arguments.NonEmptyText("name");
        ClientName.Check(arguments, name);
        var index = new IndexSymbol(arguments.Syntax)
        {
            Kind = IndexKind.Unique,
            Parts = parts,
            ClientName = name,
            DatabaseName = arguments.NonEmptyText("map"),
            IsClustered = arguments.Flag("clustered"),
            Predicate = IndexPredicate.Read(arguments, model),
        };
        arguments.End();
        return index;
    }

    private static IndexSymbol FullText(AttributeArguments arguments, ModelSymbol model)
    {
        var index = new IndexSymbol(arguments.Syntax)
        {
            Kind = IndexKind.FullText,
            Parts = Parts(arguments, model),
            DatabaseName = arguments.NonEmptyText("map"),
        };
        arguments.End();
        return index;
    }

    private static ImmutableArray<PartSymbol> Parts(AttributeArguments arguments, ModelSymbol model) =>
        KeyParts.Read(arguments, model, followsComposites: true) ?? [];

    private static PlacedText? Method(AttributeArguments arguments)
    {
        if (arguments.Word("type") is not { } word) return null;
        if (Methods.Contains(word.Text)) return new PlacedText(word.Text, arguments.At(word));
        arguments.Report(SchemaDiagnostics.UnknownIndexMethod(arguments.At(word), word.Text, Suggestion.For(word.Text, Methods)));
        return null;
    }
}
