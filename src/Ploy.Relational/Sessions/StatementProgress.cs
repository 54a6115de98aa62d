using System.Collections.Immutable;

namespace Ploy.Relational.Sessions;

/// <summary>Which statements of which migration a script holds, for those who look at the server: the text of each begins with a comment that says so.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="First">The place of the script's first statement in the migration, from 1.</param>
/// <param name="Total">How many statements the migration has.</param>
public sealed record ScriptTag(string Migration, int First, int Total);

/// <summary>A statement that was seen at work, or at its end.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Statement">Its place in it, from 1.</param>
/// <param name="Total">How many statements the migration has.</param>
/// <param name="Elapsed">How long it has run.</param>
/// <param name="IsFinished">Whether it is done.</param>
public sealed record StatementProgress(string Migration, int Statement, int Total, TimeSpan Elapsed, bool IsFinished)
{
    /// <summary>Whose locks it waits for at this moment; empty where it works.</summary>
    public ImmutableArray<LockHolder> WaitsFor { get; init; } = [];
}

/// <summary>A connection that holds a lock which others wait for.</summary>
/// <param name="Process">The number of its process on the server.</param>
/// <param name="Application">What it calls itself; may be empty.</param>
/// <param name="User">Its role.</param>
/// <param name="State">What it does: <c>active</c>, <c>idle in transaction</c>.</param>
/// <param name="Query">The beginning of its statement, or of its last one; empty where one may not see it.</param>
/// <param name="Since">How long its transaction has been open.</param>
public sealed record LockHolder(int Process, string Application, string User, string State, string Query, TimeSpan Since);
