using Ploy.Core.Diagnostics;

namespace Ploy.Relational.Sessions;

/// <summary>Why a database refused a statement, as far as that says what to do.</summary>
public enum StatementFault
{
    /// <summary>The statement, or nothing that is known.</summary>
    Statement,

    /// <summary>A lock was not to be had in time, or two waited for each other.</summary>
    Lock,

    /// <summary>The user lacks a right.</summary>
    Permission,

    /// <summary>Policies hide rows from the user.</summary>
    RowSecurity,

    /// <summary>The database takes no writes.</summary>
    ReadOnly,

    /// <summary>The disk is full.</summary>
    Space,

    /// <summary>It ran longer than it may, or was cancelled.</summary>
    Time,

    /// <summary>The database is damaged.</summary>
    Damage,
}

/// <summary>What refusals mean to a user.</summary>
public static class StatementFaults
{
    /// <summary>The way on where a statement of a script was refused; null where the script itself is what can be changed.</summary>
    public static string? Help(StatementException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Fault switch
        {
            StatementFault.Statement => null,
            StatementFault.Lock => "Wait until what holds the lock is done, or end it, then run the command again.",
            StatementFault.Permission => "Grant the right, or run the command as a user who has it.",
            StatementFault.RowSecurity => "Run the command as a superuser, or as a role with BYPASSRLS (`ALTER ROLE name BYPASSRLS`).",
            StatementFault.ReadOnly => "Make the database take writes, then run the command again.",
            StatementFault.Space => "Make room on the disk of the database, then run the command again.",
            StatementFault.Time => "Raise the limit (`--statement-timeout`, or `-- ploy:statement_timeout 10min` in the file), then run the command again.",
            StatementFault.Damage => "Do not write to this database any more: restore it from a backup, or copy what can still be read into a new one.",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>The error to show where the refused statement was one that a command sends by itself, not one of a user's.</summary>
    public static PloyException ToError(StatementException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var (code, message) = exception.Fault switch
        {
            StatementFault.Permission => ("P1010", "The user of the connection may not do what the command needs"),
            StatementFault.RowSecurity => ("PLOY2316", "Row-level security hides rows from the role of the connection, so that no count of them could be trusted"),
            StatementFault.ReadOnly => ("PLOY2315", "The database takes no writes"),
            StatementFault.Space => ("PLOY2317", "The disk of the database is full"),
            StatementFault.Lock or StatementFault.Time => ("P1008", "The database did not answer in time"),
            StatementFault.Damage => ("PLOY2320", "The database is damaged"),
            StatementFault.Statement => ("PLOY2318", "The database refused a statement that the command needs"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var lines = exception.Message.Split('\n', 2);
        return new PloyException(code, $"{message}: {lines[0].TrimEnd('.')}.", Help(exception), exception)
        {
            Notes = exception.SqlState is { } state ? [$"database: {state} {exception.Message}"] : [],
        };
    }
}
