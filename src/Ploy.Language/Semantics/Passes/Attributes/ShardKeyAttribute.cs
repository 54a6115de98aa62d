using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@shardKey</c> and <c>@@shardKey</c>, which no provider of ours has: only where they stand matters.</summary>
internal static class ShardKeyAttribute
{
    public static void ReadField(AttributeSet attributes, FieldSymbol field)
    {
        if (attributes.Take("shardKey") is not { } arguments) return;
        arguments.End();
        field.Model.AddShardKey(arguments.Syntax);
    }

    public static void ReadBlock(AttributeSet attributes, ModelSymbol model)
    {
        if (attributes.Take("shardKey") is not { } arguments) return;
        KeyParts.Read(arguments, model, followsComposites: false);
        arguments.End();
        model.AddShardKey(arguments.Syntax);
    }
}
