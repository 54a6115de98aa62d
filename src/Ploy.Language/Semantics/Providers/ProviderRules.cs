using System.Diagnostics;
using Ploy.Core.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Providers;

/// <summary>What a database product allows in a schema.</summary>
internal abstract class ProviderRules
{
    /// <summary>The product's name in sentences.</summary>
    public abstract string Title { get; }

    /// <summary>The longest name of a constraint or index, in bytes of UTF-8.</summary>
    public abstract int LongestName { get; }

    /// <summary>Whether primary and foreign keys have names.</summary>
    public abstract bool HasNamedKeys { get; }

    /// <summary>Whether a column can be a list.</summary>
    public abstract bool HasLists { get; }

    /// <summary>Whether tables and enums stand in namespaces.</summary>
    public abstract bool HasNamespaces { get; }

    /// <summary>Whether extensions can be installed.</summary>
    public abstract bool HasExtensions { get; }

    /// <summary>Whether only one column counts by itself, the primary key.</summary>
    public abstract bool CountsOnlyIds { get; }

    /// <summary>The native types by their names; empty where there are none.</summary>
    public abstract IReadOnlyDictionary<string, NativeTypeRule> NativeTypes { get; }

    public static ProviderRules For(Provider provider) => provider switch
    {
        Provider.PostgreSql => PostgresRules.Instance,
        Provider.Sqlite => SqliteRules.Instance,
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether an index can have that method.</summary>
    public abstract bool HasIndexMethod(string method);

    /// <summary>Whether the database lets a column that must have a value be set to null, and fails only when it happens.</summary>
    public abstract bool AllowsSetNullOnRequired(RelationMode mode);

    /// <summary>What the index's method and columns allow.</summary>
    public abstract void CheckIndex(ModelSymbol model, IndexSymbol index, Action<Diagnostic> report);

    /// <summary>The client can act in fewer ways than the database.</summary>
    public static bool Allows(ReferentialAction action, RelationMode mode) =>
        mode == RelationMode.ForeignKeys || action is ReferentialAction.Cascade or ReferentialAction.Restrict or ReferentialAction.SetNull;
}
