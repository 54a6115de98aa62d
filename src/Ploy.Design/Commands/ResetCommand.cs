using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;

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
    /// <param name="force">Whether the question is answered already.</param>
    /// <param name="lockWait">How long to wait for another run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2201 where nobody can be asked; 130 is the exit code where the user says no.</exception>
    public async ValueTask<ResetReport> RunAsync(bool force, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        var directory = workspace.ReadMigrations();
        foreach (var file in directory.Files) MigrationScriptReader.Read(file, workspace.Dialect);
        var created = await connector.EnsureDatabaseAsync(address, cancellationToken).ConfigureAwait(false);
        if (!force && !created) RequireConsent(address.ToString());
        await using var held = await connector.LockAsync(address, lockWait, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        if (!created) await connector.ResetAsync(session, workspace.NamespacesIn(address), cancellationToken).ConfigureAwait(false);
        if (directory.Files.IsEmpty) return new ResetReport(directory, [], created);
        await connector.History(session).CreateAsync(cancellationToken).ConfigureAwait(false);
        var applied = await new MigrationEngine(services).ApplyAsync(session, directory.Files, cancellationToken).ConfigureAwait(false);
        return new ResetReport(directory, applied, created);
    }

    private void RequireConsent(string database)
    {
        if (!prompt.CanPrompt)
            throw new PloyException("PLOY2201", $"All data in `{database}` would be lost, and nobody can be asked here.", "Say so with `--force`.");
        if (!prompt.Confirm($"All data in `{database}` will be lost. Reset it?"))
            throw new PloyException("PLOY2202", "The reset was cancelled; nothing has changed.") { ExitCode = 130 };
    }
}
