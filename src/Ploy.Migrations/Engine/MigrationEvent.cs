using System.Collections.Immutable;
using Ploy.Relational.Sessions;

namespace Ploy.Migrations.Engine;

/// <summary>What an apply run tells while it works; the console and JSON draw from it.</summary>
public abstract record MigrationEvent
{
    private protected MigrationEvent()
    {
    }
}

/// <summary>The script of a migration begins.</summary>
/// <param name="Name">The migration.</param>
/// <param name="Statements">How many statements it has.</param>
public sealed record MigrationStarted(string Name, int Statements) : MigrationEvent;

/// <summary>A migration is applied.</summary>
/// <param name="Name">The migration.</param>
/// <param name="Duration">How long it took.</param>
public sealed record MigrationFinished(string Name, TimeSpan Duration) : MigrationEvent;

/// <summary>A lock was not to be had within its limit; the statement is tried again.</summary>
/// <param name="Name">The migration.</param>
/// <param name="Attempt">How often it was tried, from 1.</param>
/// <param name="Pause">How long it waits before the next try.</param>
/// <param name="Reason">What the database said.</param>
public sealed record MigrationRetried(string Name, int Attempt, TimeSpan Pause, string Reason) : MigrationEvent;

/// <summary>A command of the user's begins.</summary>
/// <param name="Key">Its key in <c>ploy.toml</c>.</param>
/// <param name="Command">The command line.</param>
public sealed record HookStarted(string Key, string Command) : MigrationEvent;

/// <summary>A line that a command of the user's wrote.</summary>
/// <param name="Key">Its key in <c>ploy.toml</c>.</param>
/// <param name="Line">The line.</param>
public sealed record HookOutput(string Key, string Line) : MigrationEvent;

/// <summary>
/// A statement took effect. Told of each on SQLite and of each that runs alone; of those that PostgreSQL gets together only where it was seen to run, which takes a second.
/// </summary>
/// <param name="Name">The migration.</param>
/// <param name="Index">Its place among the script's statements, from 1.</param>
/// <param name="Statements">How many there are.</param>
/// <param name="Duration">How long it took; to half a second where it ran together with others.</param>
public sealed record StatementFinished(string Name, int Index, int Statements, TimeSpan Duration) : MigrationEvent;

/// <summary>A statement is at work, told about twice a second after its first.</summary>
/// <param name="Name">The migration.</param>
/// <param name="Index">Its place among the script's statements, from 1.</param>
/// <param name="Statements">How many there are.</param>
/// <param name="Elapsed">How long it has run.</param>
/// <param name="WaitsFor">Whose locks it waits for at this moment; empty where it works.</param>
public sealed record StatementRunning(string Name, int Index, int Statements, TimeSpan Elapsed, ImmutableArray<LockHolder> WaitsFor) : MigrationEvent;

/// <summary>Another run holds the migration lock, and this one waits for it.</summary>
/// <param name="Holder">Who it is, in words.</param>
public sealed record MigrationLockAwaited(string Holder) : MigrationEvent;

/// <summary>A backup begins, before anything is applied.</summary>
/// <param name="Path">The file that it will be, in full.</param>
public sealed record BackupStarted(string Path) : MigrationEvent;

/// <summary>A backup is written and was read back.</summary>
/// <param name="Backup">What it holds.</param>
/// <param name="Duration">How long writing and reading took.</param>
public sealed record BackupFinished(Backup Backup, TimeSpan Duration) : MigrationEvent;
