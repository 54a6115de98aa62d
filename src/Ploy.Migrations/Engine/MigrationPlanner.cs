using Ploy.Core.Diagnostics;
using Ploy.Migrations.Files;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Engine;

/// <summary>Says how migrations would run, by what <see cref="MigrationEngine"/> goes by; changes nothing.</summary>
/// <param name="services">What the engine would take from outside.</param>
/// <param name="session">The database; null where a deploy would make it.</param>
internal sealed class MigrationPlanner(MigrationServices services, IDatabaseSession? session)
{
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    /// <summary>How one would run; to be asked in the order in which they would.</summary>
    /// <param name="file">The migration.</param>
    /// <param name="interrupted">The attempt that was cut off; null for a new one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2301, PLOY2302, PLOY2306 where it could not run.</exception>
    public async ValueTask<PlannedMigration> PlanAsync(MigrationFile file, MigrationAttempt? interrupted, CancellationToken cancellationToken)
    {
        var script = MigrationScriptReader.Read(file, services.Dialect);
        var limit = session is null ? long.MaxValue : await MigrationEngine.LockLimitAsync(session, script, services.Dialect, cancellationToken).ConfigureAwait(false);
        var done = await DoneAsync(interrupted, cancellationToken).ConfigureAwait(false);
        var isWhole = interrupted is null && !script.NeedsParts && script.Locks <= limit;
        IEnumerable<ScriptPart> parts =
            script.Statements.IsEmpty ? [] : isWhole ? [new ScriptPart([.. Enumerable.Range(0, script.Statements.Length)], IsLone: false)] : script.Parts(limit, done.Contains);
        return new PlannedMigration(file.Name, [.. parts.Select(p => new PlannedPart(!p.IsLone, [.. p.Statements.Select(i => Plan(script, i))]))])
        {
            IsResumed = interrupted is not null,
            MayNeedParts = isWhole && script.Settings.Transactions == ScriptTransactions.Automatic && script.Statements.Any(s => s.Transaction == Relational.Sql.TransactionUse.CommitBeforeUse),
            IsVerified = script.Verification is not null,
            LockTimeout = script.Settings.LockTimeout ?? services.Limits.Lock,
            StatementTimeout = script.Settings.StatementTimeout ?? services.Limits.Statement,
        };
    }

    private PlannedStatement Plan(ReadScript script, int index)
    {
        var statement = script.Statements[index];
        var text = script.TextOf(statement);
        var locks = services.Dialect.LocksOf(text);
        _made.UnionWith(locks.Where(l => l.IsNew).Select(l => l.Relation!)); // what is made has a name
        return new PlannedStatement(index + 1, script.Source.GetPosition(statement.Span.Start).Line + 1, text, [.. locks.Where(l => l.Relation is null || !_made.Contains(l.Relation))]);
    }

    private async ValueTask<HashSet<int>> DoneAsync(MigrationAttempt? interrupted, CancellationToken cancellationToken) =>
        interrupted is null || session is null || services.Dialect.Connector.Ledger(session) is not { } ledger
            ? []
            : [.. (await ledger.ReadAsync(interrupted.Id, cancellationToken).ConfigureAwait(false)).Where(e => e.IsFinished).Select(e => e.Index)];
}
