using System.Collections.Frozen;
using Ploy.Core.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Providers;

/// <summary>SQLite: a column's type is one of few, and constraints have no names.</summary>
internal sealed class SqliteRules : ProviderRules
{
    public static SqliteRules Instance { get; } = new();

    public override string Title => "SQLite";

    // SQLite has no limit of its own; this is the one by which the engine cuts names that it makes up.
    public override int LongestName => 10000;

    public override bool HasNamedKeys => false;

    public override bool HasLists => false;

    public override bool HasNamespaces => false;

    public override bool HasExtensions => false;

    public override bool CountsOnlyIds => true;

    public override IReadOnlyDictionary<string, NativeTypeRule> NativeTypes { get; } = FrozenDictionary<string, NativeTypeRule>.Empty;

    public override bool HasIndexMethod(string method) => method == "BTree";

    public override bool AllowsSetNullOnRequired(RelationMode mode) => false;

    public override void CheckIndex(ModelSymbol model, IndexSymbol index, Action<Diagnostic> report) { }
}
