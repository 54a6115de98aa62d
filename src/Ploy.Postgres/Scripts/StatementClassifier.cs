using Ploy.Relational.Sql;

namespace Ploy.Postgres.Scripts;

/// <summary>
/// What a statement does to transactions: https://www.postgresql.org/docs/current/sql-commands.html, the notes "cannot be executed inside
/// a transaction block" of versions 13 to 18.
/// </summary>
internal static class StatementClassifier
{
    /// <summary>What it does to the transaction that it runs in.</summary>
    public static TransactionControl ControlOf(StatementHead head) => head[0] switch
    {
        "BEGIN" => TransactionControl.Begin,
        "START" when head[1] == "TRANSACTION" => TransactionControl.Begin,
        "SET" when head[1] == "TRANSACTION" => head[2] == "SNAPSHOT" ? TransactionControl.Other : TransactionControl.Mode,
        "COMMIT" or "END" or "ROLLBACK" when head[1] == "PREPARED" => TransactionControl.Other,
        "COMMIT" or "END" => Chains(head) ? TransactionControl.Other : TransactionControl.Commit,
        "ROLLBACK" or "ABORT" when head.Has("TO") => TransactionControl.Savepoint,
        "ROLLBACK" or "ABORT" => Chains(head) ? TransactionControl.Other : TransactionControl.Rollback,
        "SAVEPOINT" or "RELEASE" => TransactionControl.Savepoint,
        "PREPARE" when head[1] == "TRANSACTION" => TransactionControl.Other,
        _ => TransactionControl.None,
    };

    /// <summary>Whether it may share a transaction.</summary>
    public static TransactionUse UseOf(StatementHead head) =>
        IsForbidden(head) ? TransactionUse.Forbidden
        : AddsEnumValue(head) ? TransactionUse.CommitBeforeUse
        : TransactionUse.Any;

    /// <summary>
    /// Entries of the shared lock table that it takes until its transaction ends
    /// (https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION): one for each relation, and a table comes with
    /// its overflow table, that one's index, its keys' indexes and sequences.
    /// </summary>
    public static int LocksOf(StatementHead head) => head[0] switch
    {
        "CREATE" when head.Has("TABLE") => 8,
        "DROP" when head[1] is "TABLE" or "SCHEMA" => 8,
        "CREATE" or "ALTER" or "DROP" or "TRUNCATE" => 2,
        _ => 0,
    };

    /// <summary>Whether what follows in the session depends on it: settings of the session, by whichever way.</summary>
    public static bool ChangesSession(StatementHead head) => head[0] switch
    {
        "SET" => head[1] is not ("LOCAL" or "TRANSACTION" or "CONSTRAINTS"),
        "RESET" or "DISCARD" => true,
        "SELECT" => head[1] == "SET_CONFIG" || (head[1] == "PG_CATALOG" && head[3] == "SET_CONFIG"),
        _ => false,
    };

    private static bool Chains(StatementHead head)
    {
        for (var i = 1; i < head.Count; i++)
            if (head[i] == "CHAIN")
                return head[i - 1] != "NO";
        return false;
    }

    private static bool IsForbidden(StatementHead head) => head[0] switch
    {
        "VACUUM" => true,
        "CREATE" => head[1] switch
        {
            "DATABASE" or "TABLESPACE" or "SUBSCRIPTION" => true,
            "INDEX" => head[2] == "CONCURRENTLY",
            "UNIQUE" => head[2] == "INDEX" && head[3] == "CONCURRENTLY",
            _ => false,
        },
        "DROP" => head[1] is "DATABASE" or "TABLESPACE" or "SUBSCRIPTION" || (head[1] == "INDEX" && head[2] == "CONCURRENTLY"),
        "ALTER" => head[1] switch
        {
            "SYSTEM" => true,
            "DATABASE" => head.Has("TABLESPACE") && head.Has("SET"),
            "SUBSCRIPTION" => head.Has("REFRESH") || head.Has("PUBLICATION") || head.Has("FAILOVER") || head.Has("TWO_PHASE"),
            "TABLE" => head.Has("DETACH") && head.Last == "CONCURRENTLY",
            _ => false,
        },
        "REINDEX" => head.Has("CONCURRENTLY") || IsWholeReindex(head),
        // Of all tables; of a partitioned one only the server knows.
        "CLUSTER" => head.Count == 1 || (head.Count == 2 && head[1] == "VERBOSE") || (head[1] == "(" && head.Last == ")"),
        "DISCARD" => head[1] == "ALL",
        _ => false,
    };

    // REINDEX SCHEMA, DATABASE and SYSTEM commit after each table.
    private static bool IsWholeReindex(StatementHead head)
    {
        var index = 1;
        if (head[1] == "(")
            while (index < head.Count && head[index++] != ")")
            {
            }

        return head[index] is "SCHEMA" or "DATABASE" or "SYSTEM";
    }

    private static bool AddsEnumValue(StatementHead head)
    {
        if (head[0] != "ALTER" || head[1] != "TYPE") return false;
        for (var i = 3; i + 1 < head.Count; i++)
            if (head[i] == "ADD")
                return head[i + 1] == "VALUE";
        return false;
    }
}
