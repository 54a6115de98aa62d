using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Migrations.Engine;
using Ploy.Relational;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>How long statements of the user's may wait for a lock and run, where the user says so; a script may say otherwise after that.</summary>
/// <param name="Lock">Longest wait for a lock; null for no limit.</param>
/// <param name="Statement">Longest run; null for no limit.</param>
public readonly record struct ScriptLimits(TimeSpan? Lock, TimeSpan? Statement)
{
    /// <summary>Limits what follows in the session.</summary>
    internal ValueTask SetAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        Lock is null && Statement is null ? default : session.LimitAsync(Lock ?? TimeSpan.Zero, Statement ?? TimeSpan.Zero, cancellationToken);
}

/// <summary>Runs a script of the user's as it is; rows that it gives are dropped. Policies hold for it.</summary>
/// <param name="dialect">The product.</param>
/// <param name="address">The database, which has to be there.</param>
/// <param name="limits">How long its statements may wait and run; they are not tried again.</param>
public sealed class ExecuteCommand(Dialect dialect, DatabaseAddress address, ScriptLimits limits)
{
    /// <summary>Runs the script: in one transaction, where it does not begin and end its own.</summary>
    /// <exception cref="PloyException">PLOY2232 where the database refuses it; those of opening it.</exception>
    public async ValueTask RunAsync(SourceText script, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(script);
        await using var session = await dialect.Connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        await dialect.Connector.ObeyPoliciesAsync(session, cancellationToken).ConfigureAwait(false);
        await limits.SetAsync(session, cancellationToken).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync(script.Text, cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw Refused(script, exception);
        }
    }

    /// <summary>The error of a script that the database refused.</summary>
    internal static PloyException Refused(SourceText script, StatementException exception) => new(
        "PLOY2232", $"The database refused `{script.Path}`.", "Correct the script, then run the command again.", exception)
    {
        Location = exception.Position is { } position && position <= script.Length ? new SourceLocation(script, new TextSpan(position, 0)) : null,
        Notes = [MigrationEngine.DatabaseNote(exception)],
    };
}
