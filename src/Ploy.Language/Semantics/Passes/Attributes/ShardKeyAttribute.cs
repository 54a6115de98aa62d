using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@shardKey</c> and <c>@@shardKey</c>, which no provider of ours has.</summary>
internal static class ShardKeyAttribute
{
    public static void ReadField(AttributeSet attributes, FieldSymbol field, PreviewFeatureSet features)
    {
        if (attributes.Take("shardKey") is not { } arguments) return;
        arguments.End();
        Refuse(arguments, field.Model, features);
    }

    public static void ReadBlock(AttributeSet attributes, ModelSymbol model, PreviewFeatureSet features)
    {
        if (attributes.Take("shardKey") is not { } arguments) return;
        KeyParts.Read(arguments, model, followsComposites: false);
        arguments.End();
        Refuse(arguments, model, features);
    }

    private static void Refuse(AttributeArguments arguments, ModelSymbol model, PreviewFeatureSet features) => arguments.Report(
        features.ShardKeys
            ? SchemaDiagnostics.NoShardKeys(arguments.Location, arguments.Title, model.Name)
            : SchemaDiagnostics.NeedsPreviewFeature(arguments.Location, $"`{arguments.Title}`", "shardKeys"));
}
