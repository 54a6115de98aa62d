using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Relational.Planning;

/// <summary>A message about a step.</summary>
/// <param name="Description">One or more full sentences.</param>
/// <param name="StepIndex">Zero-based place of the step among the changes.</param>
public sealed record DestructiveMessage(string Description, int StepIndex);

/// <summary>What a migration may lose, and what of it cannot run.</summary>
/// <param name="Warnings">What may lose data.</param>
/// <param name="Unexecutable">What fails on rows.</param>
public sealed record DestructiveDiagnostics(ImmutableArray<DestructiveMessage> Warnings, ImmutableArray<DestructiveMessage> Unexecutable)
{
    /// <summary>Whether there is nothing to say.</summary>
    public bool IsEmpty => Warnings.IsEmpty && Unexecutable.IsEmpty;
}

/// <summary>
/// The checks that a migration needs. Made from its steps alone; worded as possibilities (<see cref="Describe"/>) for databases that nobody has
/// seen, or with counts (<see cref="InspectAsync"/>) for one that is there.
/// </summary>
public sealed class DestructiveCheckPlan
{
    private readonly List<(DestructiveCheck Check, int Step)> _checks = [];
    private readonly List<MoveToNamespace> _moves = [];
    private int _step;

    /// <summary>Finds the checks of a migration.</summary>
    public static DestructiveCheckPlan Create(SchemaDifference difference, Dialect dialect)
    {
        var plan = new DestructiveCheckPlan();
        var planner = new DestructiveCheckPlanner(plan, dialect.DestructiveRules);
        foreach (var change in difference.Changes)
        {
            change.Accept(planner);
            plan._step++;
        }

        return plan;
    }

    /// <summary>Adds a check for the step at hand.</summary>
    public void Add(DestructiveCheck check) => _checks.Add((check, _step));

    /// <summary>Notes that a table is counted where it still stands.</summary>
    internal void Move(MoveToNamespace move) => _moves.Add(move);

    /// <summary>What may happen on a database that nobody has seen.</summary>
    public DestructiveDiagnostics Describe() => Word([], []);

    /// <summary>What will happen on this database: counts rows and values, and leaves out what is harmless there.</summary>
    public async ValueTask<DestructiveDiagnostics> InspectAsync(IDatabaseSession session, Dialect dialect, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<QualifiedName, long>();
        var values = new Dictionary<(QualifiedName, string), long>();
        foreach (var (check, _) in _checks.OrderBy(c => c.Check.IsUnexecutable ? 0 : 1))
        {
            if (check.CountedTable is { } table && !rows.ContainsKey(table))
                rows.Add(table, await CountAsync(dialect.DestructiveRules.CountRows(Placed(table))).ConfigureAwait(false));
            if (check.CountedColumn is { } column && check.ColumnTable is { } owner && !values.ContainsKey((owner, column)))
                values.Add((owner, column), await CountAsync(dialect.DestructiveRules.CountValues(Placed(owner), column)).ConfigureAwait(false));
        }

        return Word(rows, values);

        async ValueTask<long> CountAsync(string sql) => await session.QueryNumberAsync(sql, cancellationToken).ConfigureAwait(false) ?? 0;
    }

    private QualifiedName Placed(QualifiedName table) =>
        _moves.Find(m => !m.IsEnum && m.After.Name == table.Name && (table.Namespace is null || table.Namespace == m.After.Namespace))?.Before ?? table;

    private DestructiveDiagnostics Word(Dictionary<QualifiedName, long> rows, Dictionary<(QualifiedName, string), long> values)
    {
        var (warnings, unexecutable) = (ImmutableArray.CreateBuilder<DestructiveMessage>(), ImmutableArray.CreateBuilder<DestructiveMessage>());
        foreach (var (check, step) in _checks)
        {
            var table = check.ColumnTable ?? check.CountedTable;
            long? rowCount = table is { } owner && rows.TryGetValue(owner, out var r) ? r : null;
            long? valueCount = table is { } holder && check.CountedColumn is { } column && values.TryGetValue((holder, column), out var v) ? v : null;
            if (check.Describe(rowCount, valueCount) is { } text)
                (check.IsUnexecutable ? unexecutable : warnings).Add(new DestructiveMessage(text, step));
        }

        return new DestructiveDiagnostics(warnings.ToImmutable(), unexecutable.ToImmutable());
    }
}
