using Ploy.Core.Diagnostics;
using Ploy.Migrations.Deploying;
using Ploy.Migrations.Engine;

namespace Ploy.Design.Commands;

/// <summary>Applies what is pending to the project's database, with the project's hooks around it.</summary>
public sealed class DeployCommand(Workspace workspace, MigrationServices services)
{
    /// <summary>Applies pending migrations under the lock.</summary>
    /// <exception cref="PloyException">Those of <see cref="Deployment"/>; PLOY2314 where a hook fails.</exception>
    public ValueTask<DeployReport> RunAsync(DeployInput input, CancellationToken cancellationToken) => For(workspace, services).RunAsync(input, cancellationToken);

    /// <summary>The project's migrations onto its database.</summary>
    internal static Deployment For(Workspace workspace, MigrationServices services)
    {
        var hooks = new DeployHooks(workspace, services);
        return new Deployment(services, new DeployTarget(workspace.Address, workspace.ReadMigrations())
        {
            // What the project calls external is no reason to ask for a baseline.
            ReadTablesAsync = async (session, cancellationToken) =>
                [.. (await workspace.ReadAsync(session, workspace.Address, cancellationToken).ConfigureAwait(false)).Tables.Select(t => t.Name.Name)],
            BeforeAsync = hooks.BeforeAsync,
            AfterAsync = hooks.AfterAsync,
        });
    }
}
