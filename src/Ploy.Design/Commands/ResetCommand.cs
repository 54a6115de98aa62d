using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>migrate reset</c> did.</summary>
/// <param name="Directory">The migrations on disk.</param>
/// <param name="Applied">Names of those applied.</param>
/// <param name="CreatedDatabase">Whether the database was made.</param>
public sealed record ResetReport(MigrationDirectory Directory, ImmutableArray<string> Applied, bool CreatedDatabase);

/// <summary>Empties the database and applies all migrations again. Everything in it is lost.</summary>
public sealed class ResetCommand(Workspace workspace, MigrationServices services, IPrompt prompt)
{
    /// <summary>Asks, empties, applies.</summary>
    /// <param name="given">What the user has said already.</param>
    /// <param name="lockWait">How long to wait for another run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2201 and those of <see cref="ConsentGate"/>; P3016 where the database refuses to be emptied.</exception>
    public async ValueTask<ResetReport> RunAsync(Given given, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var directory = workspace.ReadMigrations();
        foreach (var file in directory.Files) MigrationScriptReader.Read(file, workspace.Dialect);
        var created = await connector.EnsureDatabaseAsync(address, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        // Asked before the lock is taken: nobody should wait for somebody who thinks.
        if (!created) await new ConsentGate(workspace, prompt).RequireAsync(session, Work(directory), given, cancellationToken).ConfigureAwait(false);
        await using var held = await services.LockAsync(address, lockWait, cancellationToken).ConfigureAwait(false);
        if (!created) await EmptyAsync(workspace, services, session, cancellationToken).ConfigureAwait(false);
        if (directory.Files.IsEmpty) return new ResetReport(directory, [], created);
        await connector.History(session).CreateAsync(cancellationToken).ConfigureAwait(false);
        var applied = await new MigrationEngine(services).ApplyAsync(session, directory.Files, cancellationToken).ConfigureAwait(false);
        return new ResetReport(directory, applied, created);
    }

    private DestructiveWork Work(MigrationDirectory directory) => new()
    {
        Verb = "migrate reset",
        Loss = $"All data in `{workspace.Address}` would be lost.",
        Question = $"All data in `{workspace.Address}` will be lost. Reset it?",
        Flag = "--force",
        UnansweredCode = "PLOY2201",
        Plan = [.. workspace.NamespacesIn(workspace.Address), .. directory.Files.Select(f => $"{f.Name} {f.Checksum}")],
    };

    /// <summary>Empties the database; whoever calls it has made sure that it may be.</summary>
    /// <exception cref="PloyException">P3016 where the database refuses.</exception>
    internal static async ValueTask EmptyAsync(Workspace workspace, MigrationServices services, IDatabaseSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.LimitAsync(services.Limits.Lock, services.Limits.Statement, cancellationToken).ConfigureAwait(false);
            await services.RetryAsync(
                "reset", () => workspace.Dialect.Connector.ResetAsync(session, workspace.NamespacesIn(workspace.Address), cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw new PloyException(
                "P3016",
                $"The database `{workspace.Address}` could not be emptied; nothing has changed.",
                "Run it as the owner of the schema, or drop and create the database as an administrator.",
                exception)
            {
                Notes = [MigrationEngine.DatabaseNote(exception)],
            };
        }
    }
}
