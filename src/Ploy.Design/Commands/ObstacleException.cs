using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>migrate dev</c> and <c>db push</c> say where something that is nobody's keeps a change from running.</summary>
internal static class ObstacleException
{
    /// <summary>PLOY2704, with all of them named.</summary>
    /// <param name="obstacles">At least one.</param>
    /// <param name="otherWay">What to do where they are to stay nobody's: the end of a sentence.</param>
    public static PloyException Of(ImmutableArray<Dependant> obstacles, string otherWay) => new(
        "PLOY2704",
        obstacles.Length == 1
            ? "The database would refuse the change, because of an object that no directive or object file holds. Nothing has changed."
            : $"The database would refuse the change, because of {obstacles.Length} objects that no directive or object file holds. Nothing has changed.",
        $"Take {(obstacles.Length == 1 ? "it" : "them")} in with `ploy db pull --directives` and `ploy migrate dev`, then make the change: what object files hold is dropped before and made again after. Or {otherWay}.")
    {
        Notes = [.. obstacles.Select(Obstacles.Describe)],
    };
}
