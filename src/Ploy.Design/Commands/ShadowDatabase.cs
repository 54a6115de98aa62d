using Ploy.Core.Diagnostics;
using Ploy.Design.Configuration;
using Ploy.Language.Semantics;
using Ploy.Migrations.Engine;
using Ploy.Relational;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>Databases to replay on.</summary>
internal static class ShadowDatabase
{
    /// <summary>Opens one, and runs the configuration's script there, which makes what migrations find of others.</summary>
    /// <param name="project">The project.</param>
    /// <param name="dialect">The product.</param>
    /// <param name="main">The main database, beside which it is made where none is set aside; null where that needs none.</param>
    /// <param name="datasource">The datasource; null where no schema is known.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">P3014 where none can be made; P3006 where the script fails.</exception>
    public static async ValueTask<IDatabaseSession> OpenAsync(Project project, Dialect dialect, DatabaseAddress? main, Datasource? datasource, CancellationToken cancellationToken)
    {
        var shadow = await dialect.Connector.OpenShadowAsync(main, project.FindShadowAddress(dialect, datasource), cancellationToken).ConfigureAwait(false);
        if (project.InitShadowDb is not { } script) return shadow;
        try
        {
            await shadow.ExecuteAsync(script, cancellationToken).ConfigureAwait(false);
            return shadow;
        }
        catch (StatementException exception)
        {
            await shadow.DisposeAsync().ConfigureAwait(false);
            throw new PloyException(
                "P3006", "`initShadowDb` of the configuration does not run on the shadow database.", "Correct that script: it makes what migrations find of others.", exception)
            {
                Notes = [MigrationEngine.DatabaseNote(exception)],
            };
        }
        catch
        {
            await shadow.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
