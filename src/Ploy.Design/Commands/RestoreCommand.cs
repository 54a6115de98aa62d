using System.Security.Cryptography;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.History;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>db restore</c> did.</summary>
/// <param name="Address">The database.</param>
/// <param name="Backup">What was brought back.</param>
/// <param name="Namespace">The one namespace that was brought back; null for the whole database.</param>
/// <param name="CreatedDatabase">Whether the database was made.</param>
/// <param name="History">What files and history say of each other now.</param>
public sealed record RestoreReport(DatabaseAddress Address, Backup Backup, string? Namespace, bool CreatedDatabase, HistoryState History);

/// <summary>Puts a backup in place of what the database holds.</summary>
public sealed class RestoreCommand(Workspace workspace, MigrationServices services, IPrompt prompt)
{
    /// <summary>Reads the backup, asks, brings it back.</summary>
    /// <param name="file">The backup, in full.</param>
    /// <param name="given">What the user has said already.</param>
    /// <param name="lockWait">How long to wait for another run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2340, PLOY2343, PLOY2344, PLOY2345, P1002, those of <see cref="ConsentGate"/> and of the connection.</exception>
    public async ValueTask<RestoreReport> RunAsync(string file, Given given, TimeSpan lockWait, CancellationToken cancellationToken)
    {
        var (connector, address) = (workspace.Dialect.Connector, workspace.Address);
        if (!File.Exists(file)) throw new PloyException("PLOY2343", $"There is no file `{workspace.Project.Display(file)}`.", "Name a file that `ploy migrate deploy --backup` has written.");
        var created = await connector.EnsureDatabaseAsync(address, cancellationToken).ConfigureAwait(false);
        await using var session = await connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        var backup = await connector.Backups.VerifyAsync(session, file, cancellationToken).ConfigureAwait(false);
        var state = connector.State(session);
        if (!created) await new ConsentGate(workspace, prompt).RequireAsync(session, await WorkAsync(session, backup, cancellationToken).ConfigureAwait(false), given, cancellationToken).ConfigureAwait(false);
        await using (await services.LockAsync(address, lockWait, cancellationToken).ConfigureAwait(false))
        {
            // What may be done to this database was said of it, not of the one that the backup was made of.
            var mark = await DatabaseMarks.ReadAsync(state, cancellationToken).ConfigureAwait(false);
            await connector.Backups.RestoreAsync(session, backup, Only, services.Limits.Lock, cancellationToken).ConfigureAwait(false);
            await DatabaseMarks.WriteAsync(state, mark, CancellationToken.None).ConfigureAwait(false);
        }

        var attempts = await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false);
        return new RestoreReport(address, backup, Only, created, HistoryState.Compare(workspace.ReadMigrations().Files, attempts));
    }

    // A tenant in a namespace of its own: the others are not to go back with it.
    private string? Only =>
        workspace.Model.Datasource is { Namespaces.IsEmpty: false } || workspace.Address.Namespace == workspace.Dialect.DefaultNamespace ? null : workspace.Address.Namespace;

    private async ValueTask<DestructiveWork> WorkAsync(IDatabaseSession session, Backup backup, CancellationToken cancellationToken)
    {
        var what = Only is { } name ? $"the schema `{name}` of `{workspace.Address}`" : $"`{workspace.Address}`";
        await using var content = File.OpenRead(backup.Path);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
        return new DestructiveWork
        {
            Verb = "db restore",
            Loss = $"What {what} holds now would be replaced by the backup.",
            Question = $"What {what} holds now will be replaced by the backup `{workspace.Project.Display(backup.Path)}`. Restore it?",
            Flag = "--force",
            UnansweredCode = "PLOY2201",
            Plan = [hash],
            Namespaces = Only is { } only ? [only] : await workspace.Dialect.Connector.Backups.NamespacesAsync(session, cancellationToken).ConfigureAwait(false),
        };
    }
}
