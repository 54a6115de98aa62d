using System.Collections.Immutable;
using Ploy.Relational.Sql;

namespace Ploy.Migrations.Engine;

/// <summary>A statement that would run.</summary>
/// <param name="Index">Its place among the script's statements, from 1.</param>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Text">Its own text.</param>
/// <param name="Locks">What it locks that others may wait for: tables that these migrations make themselves are left out.</param>
public sealed record PlannedStatement(int Index, int Line, string Text, ImmutableArray<StatementLock> Locks);

/// <summary>Statements that would run together.</summary>
/// <param name="IsTransaction">Whether they are one transaction; else it is one statement that takes none.</param>
/// <param name="Statements">The statements, in order.</param>
public sealed record PlannedPart(bool IsTransaction, ImmutableArray<PlannedStatement> Statements);

/// <summary>How a migration would run.</summary>
/// <param name="Name">The migration.</param>
/// <param name="Parts">In order; empty where the script holds no statement, or all of it has run.</param>
public sealed record PlannedMigration(string Name, ImmutableArray<PlannedPart> Parts)
{
    /// <summary>Whether an earlier run was cut off, so that only what is left would run.</summary>
    public bool IsResumed { get; init; }

    /// <summary>
    /// Whether it is tried as one transaction and, where the server then says that a new enum value was used before its commit, runs in parts.
    /// </summary>
    public bool MayNeedParts { get; init; }

    /// <summary>Whether queries of a <c>verify.sql</c> must find no row before it counts as applied.</summary>
    public bool IsVerified { get; init; }

    /// <summary>Longest wait of a statement for a lock; zero for no limit.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <summary>Longest run of a statement; zero for no limit.</summary>
    public TimeSpan StatementTimeout { get; init; }
}
