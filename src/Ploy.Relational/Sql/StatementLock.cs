namespace Ploy.Relational.Sql;

/// <summary>A lock that a statement takes and its transaction holds to its end.</summary>
/// <param name="Mode">As the product's manual calls it: <c>ACCESS EXCLUSIVE</c>.</param>
/// <param name="Relation">The table, quoted; null where the statement's text does not tell.</param>
/// <param name="Stops">What others cannot do meanwhile, in plain words.</param>
public sealed record StatementLock(string Mode, string? Relation, string Stops)
{
    /// <summary>Whether the statement makes the table, so that nobody can wait for it.</summary>
    public bool IsNew { get; init; }
}
