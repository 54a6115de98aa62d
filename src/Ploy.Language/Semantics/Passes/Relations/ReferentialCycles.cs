using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Passes.Rules;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Relations;

/// <summary>
/// Where the client looks after foreign keys, a change that leads from model to model and back to where it began, or into a model that refers to itself, would
/// never end: one relation of each circle must stop it. All circles are found at once, in time linear in the models and relations.
/// </summary>
internal sealed class ReferentialCycles
{
    private readonly Dictionary<ModelSymbol, int> _groups = [];
    private readonly HashSet<ModelSymbol> _leadIntoThemselves = [];

    private ReferentialCycles(RuleContext context)
    {
        var onward = context.Relations.Where(r => r is { Cardinality: not Cardinality.ManyToMany, Forward: not null, Back: not null } && PassesOn(r)).ToLookup(r => r.Model);
        var back = onward.SelectMany(g => g).ToLookup(r => r.Target);
        Group(onward, back);

        // Whatever leads to a model that refers to itself.
        var open = new Stack<ModelSymbol>(back.Where(g => g.Any(r => r.Model == r.Target)).Select(g => g.Key));
        while (open.TryPop(out var model))
            if (_leadIntoThemselves.Add(model))
                foreach (var relation in back[model]) open.Push(relation.Model);
    }

    /// <summary>The circles of a schema; null where the database looks after foreign keys, which has no such rule.</summary>
    public static ReferentialCycles? Of(RuleContext context) => context.RelationMode == RelationMode.Prisma ? new ReferentialCycles(context) : null;

    public void Check(RelationSymbol relation, RuleContext context)
    {
        if (!PassesOn(relation) || !_leadIntoThemselves.Contains(relation.Target) && _groups[relation.Model] != _groups[relation.Target]) return;
        context.Report(SchemaDiagnostics.ReferentialCycle(relation.Forward!.Location, relation.Model.Name, relation.Forward.Name)); // complete: the caller asks
    }

    // Models that lead to each other are of one group (Kosaraju's algorithm).
    private void Group(ILookup<ModelSymbol, RelationSymbol> onward, ILookup<ModelSymbol, RelationSymbol> back)
    {
        var finished = new List<ModelSymbol>();
        var seen = new HashSet<ModelSymbol>();
        foreach (var start in onward.Concat(back).Select(g => g.Key))
        {
            if (!seen.Add(start)) continue;
            var path = new Stack<(ModelSymbol Model, IEnumerator<RelationSymbol> Next)>([(start, onward[start].GetEnumerator())]);
            while (path.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                    finished.Add(path.Pop().Model);
                else if (seen.Add(top.Next.Current.Target))
                    path.Push((top.Next.Current.Target, onward[top.Next.Current.Target].GetEnumerator()));
            }
        }

        for (var i = finished.Count - 1; i >= 0; i--)
        {
            var open = new Stack<ModelSymbol>([finished[i]]);
            while (open.TryPop(out var model))
                if (_groups.TryAdd(model, i))
                    foreach (var relation in back[model]) open.Push(relation.Model);
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
