using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>
/// Where the client looks after foreign keys, a change that leads from model to model and back to where it began would
/// never end: one relation of each circle must stop it.
/// </summary>
internal static class ReferentialCycles
{
    public static void Check(RelationSymbol relation, RuleContext context)
    {
        if (context.RelationMode != RelationMode.Prisma) return;
        var start = relation.Model;
        var seen = new HashSet<FieldSymbol>();
        var open = new Stack<RelationSymbol>([relation]);
        while (open.TryPop(out var next))
        {
            seen.Add(next.Forward!);
            if (!PassesOn(next)) continue;
            if (next.Model == next.Target || next.Target == start)
            {
                context.Report(SchemaDiagnostics.ReferentialCycle(relation.Forward!.Location, relation.Model.Name, relation.Forward.Name));
                return;
            }

            foreach (var onward in context.RelationsFrom(next.Target))
                if (!seen.Contains(onward.Forward!))
                    open.Push(onward);
        }
    }

    /// <summary>Whether a change at the target changes rows here: an update does, unless it is said otherwise.</summary>
    private static bool PassesOn(RelationSymbol relation)
    {
        var forward = relation.Forward!;
        var isRequired = forward.IsRequired || (forward.Relation?.Fields is { } fields && fields.Any(f => f.IsRequired));
        var onDelete = forward.Relation?.OnDelete?.Action ?? (isRequired ? ReferentialAction.Restrict : ReferentialAction.SetNull);
        var onUpdate = forward.Relation?.OnUpdate?.Action ?? ReferentialAction.Cascade;
        return Changes(onDelete) || Changes(onUpdate);
    }

    private static bool Changes(ReferentialAction action) => action is not (ReferentialAction.NoAction or ReferentialAction.Restrict);
}
