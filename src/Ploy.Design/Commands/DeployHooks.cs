using System.Collections.Immutable;
using Ploy.Design.Hooks;
using Ploy.Migrations.Engine;

namespace Ploy.Design.Commands;

/// <summary>
/// The commands of the user's around a deploy, run while it holds the lock and only where something is to be applied. They get the database as
/// <c>PLOY_DATABASE</c>, without a password, and the migrations as <c>PLOY_MIGRATIONS</c>, one a line.
/// </summary>
internal sealed class DeployHooks(Workspace workspace, MigrationServices services)
{
    public ValueTask BeforeAsync(ImmutableArray<string> migrations, CancellationToken cancellationToken) =>
        RunAsync("before-deploy", workspace.Project.Toml?.BeforeDeploy, migrations, "Nothing was applied.", "Look at its output above, then run the command again.", cancellationToken);

    public ValueTask AfterAsync(ImmutableArray<string> migrations, CancellationToken cancellationToken) =>
        RunAsync("after-deploy", workspace.Project.Toml?.AfterDeploy, migrations, "The migrations are applied.", "Look at its output above, and do by hand what it has not done: it runs again only where something is pending.", cancellationToken);

    private async ValueTask RunAsync(string key, string? command, ImmutableArray<string> migrations, string consequence, string help, CancellationToken cancellationToken)
    {
        if (command is null) return;
        services.Report(new HookStarted(key, command));
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PLOY_DATABASE"] = workspace.Address.ToString(),
            ["PLOY_MIGRATIONS"] = string.Join('\n', migrations),
        };
        await new Hook(key, command, workspace.Project.Root, line => services.Report(new HookOutput(key, line))).RunAsync(variables, consequence, help, cancellationToken).ConfigureAwait(false);
    }
}
