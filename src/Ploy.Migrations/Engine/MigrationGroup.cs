using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Engine;

/// <summary>
/// Small migrations that travel together, each in a transaction of its own: what comes behind a failure does not run, and all before it is
/// applied. What was not applied is then tried alone, by which its failure is told as ever.
/// </summary>
internal sealed class MigrationGroup(MigrationServices services, IDatabaseSession session, IReadOnlyList<ReadScript> scripts)
{
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);

    /// <summary>Applies them; returns how many of the first are applied.</summary>
    public async ValueTask<int> ApplyAsync(CancellationToken cancellationToken)
    {
        var (start, began) = (services.Time.GetTimestamp(), services.Time.GetUtcNow());
        var attempts = scripts.Select(services.NewAttempt).ToList();
        var done = scripts.Count;
        try
        {
            await services.Dialect.Connector.RunAsync(session, [.. scripts.Select((s, i) => services.Whole(s, attempts[i]))], cancellationToken, Tell).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code == "P1017")
        {
            throw MigrationEngine.LostWhile(exception, What);
        }
        catch (StatementException exception)
        {
            var rows = await ReadHistoryAsync(exception, cancellationToken).ConfigureAwait(false);
            var known = (rows ?? []).Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
            done = attempts.TakeWhile(a => known.Contains(a.Id)).Count();
        }

        // Nobody knows where in the common message one ends and the next begins: each has its share.
        var each = services.Time.GetElapsedTime(start) / scripts.Count;
        foreach (var script in scripts.Take(done))
        {
            using (var span = Telemetry.Migration(script.File.Name, began)) span?.SetEndTime((began += each).UtcDateTime);
            Telemetry.Applied.Add(1);
            Telemetry.Duration.Record(each.TotalSeconds);
            Begin(script);
            services.Report(new MigrationFinished(script.File.Name, each));
        }

        return done;
    }

    private string What => $"the migrations `{scripts[0].File.Name}` to `{scripts[^1].File.Name}`";

    // A server may end with the failure that it tells of: that failure is the one to show.
    private async ValueTask<ImmutableArray<MigrationAttempt>?> ReadHistoryAsync(StatementException failure, CancellationToken cancellationToken)
    {
        try
        {
            return await services.Dialect.Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception)
        {
            throw MigrationEngine.LostWhile(
                new PloyException(exception.Code, exception.Message, null, failure) { Notes = [MigrationEngine.DatabaseNote(failure)] }, What);
        }
    }

    // What is seen of a statement is told behind the beginning of its migration.
    private void Tell(StatementProgress progress)
    {
        foreach (var script in scripts)
        {
            Begin(script);
            if (script.File.Name == progress.Migration) break;
        }

        services.Tell(progress);
    }

    private void Begin(ReadScript script)
    {
        if (_begun.Add(script.File.Name)) services.Report(new MigrationStarted(script.File.Name, script.Statements.Length));
    }
}
