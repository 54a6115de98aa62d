using System.Data;

namespace Ploy.Postgres.Sessions;

/// <summary>How PostgreSQL calls what a transaction is kept apart from: https://www.postgresql.org/docs/current/sql-set-transaction.html.</summary>
internal static class IsolationLevels
{
    /// <summary>The words behind <c>ISOLATION LEVEL</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none that a script can ask for.</exception>
    public static string Words(IsolationLevel level) => level switch
    {
        IsolationLevel.ReadCommitted => "READ COMMITTED",
        IsolationLevel.RepeatableRead => "REPEATABLE READ",
        IsolationLevel.Serializable => "SERIALIZABLE",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
