using Ploy.Relational.Sql;

namespace Ploy.Postgres.Scripts;

/// <summary>
/// The table-level locks of https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES, the weakest first, without those of
/// readers.
/// </summary>
internal enum LockMode
{
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

/// <summary>How the modes are called and what they conflict with, by the table of the same section.</summary>
internal static class LockModes
{
    /// <summary>The lock as it is shown.</summary>
    public static StatementLock On(this LockMode mode, string? relation) => new(NameOf(mode), relation, StopsOf(mode));

    private static string NameOf(LockMode mode) => mode switch
    {
        LockMode.RowExclusive => "ROW EXCLUSIVE",
        LockMode.ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
        LockMode.Share => "SHARE",
        LockMode.ShareRowExclusive => "SHARE ROW EXCLUSIVE",
        LockMode.Exclusive => "EXCLUSIVE",
        LockMode.AccessExclusive => "ACCESS EXCLUSIVE",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string StopsOf(LockMode mode) => mode switch
    {
        LockMode.RowExclusive => "index builds and changes of the table",
        LockMode.ShareUpdateExclusive => "vacuum, index builds and changes of the table",
        LockMode.Share or LockMode.ShareRowExclusive or LockMode.Exclusive => "writes",
        LockMode.AccessExclusive => "reads and writes",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
