using System.Collections.Immutable;
using Ploy.Migrations.Files;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Deploying;

/// <summary>What is deployed where, and what belongs around it.</summary>
/// <param name="Address">The database.</param>
/// <param name="Directory">The migrations on disk.</param>
public sealed record DeployTarget(DatabaseAddress Address, MigrationDirectory Directory)
{
    /// <summary>
    /// The names of the tables that a database without a history must not have; null to look into the address's own namespace for any.
    /// </summary>
    public Func<IDatabaseSession, CancellationToken, ValueTask<ImmutableArray<string>>>? ReadTablesAsync { get; init; }

    /// <summary>Runs behind the lock before anything is applied, given the names of what will be; not called where that is nothing.</summary>
    public Func<ImmutableArray<string>, CancellationToken, ValueTask> BeforeAsync { get; init; } = static (_, _) => default;

    /// <summary>Runs behind the lock when all is applied, given the same names.</summary>
    public Func<ImmutableArray<string>, CancellationToken, ValueTask> AfterAsync { get; init; } = static (_, _) => default;
}
