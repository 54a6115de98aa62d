using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Rules;

/// <summary>Enums against each other and the datasource.</summary>
internal sealed class EnumRules(RuleContext context)
{
    public void Check()
    {
        var names = new Dictionary<(string? Namespace, string Name), EnumSymbol>();
        foreach (var type in context.Symbols.Enums)
        {
            var key = (type.Namespace?.Text, type.DatabaseName);
            if (!names.TryAdd(key, type)) context.Report(SchemaDiagnostics.DuplicateDatabaseEnum(type.Location, type.Name, names[key].Name, type.DatabaseName));
            NamespaceRules.Check(context, "enum", type.Name, type.Namespace, type.Location);
        }
    }
}
