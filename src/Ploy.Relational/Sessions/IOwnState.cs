using System.Collections.Immutable;

namespace Ploy.Relational.Sessions;

/// <summary>Something that Ploy remembers about a database.</summary>
/// <param name="Topic">What it is about, a word for each use: <c>mark</c>.</param>
/// <param name="Key">Which one of the topic; unique in it.</param>
/// <param name="Text">What is remembered; its form is the topic's own affair.</param>
public sealed record OwnNote(string Topic, string Key, string Text);

/// <summary>
/// What Ploy remembers about a database, where Prisma's tools do not see it: on PostgreSQL the table <c>notes</c> in the namespace
/// <c>_ploy</c>, on SQLite the file <c>DATABASE.ploy</c> beside it. Made by the first note. A new use is a new topic, never a table.
/// </summary>
public interface IOwnState
{
    /// <summary>The notes of a topic by key; empty where nothing was ever noted.</summary>
    ValueTask<ImmutableArray<OwnNote>> ReadAsync(string topic, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a note or writes it anew. On PostgreSQL it is part of the session's transaction where one is open; on SQLite it is done at once,
    /// and a database in memory remembers nothing.
    /// </summary>
    ValueTask WriteAsync(OwnNote note, CancellationToken cancellationToken);

    /// <summary>Takes a note away; harmless where there is none.</summary>
    ValueTask RemoveAsync(string topic, string key, CancellationToken cancellationToken);

    /// <summary>
    /// What tells this database from a copy of it, so that a note which holds for one only does not go along: a dump restored elsewhere
    /// has another. Empty where the product cannot tell.
    /// </summary>
    ValueTask<string> IdentityAsync(CancellationToken cancellationToken);

    /// <summary>Removes everything of Ploy's, the ledger too; true where there was something.</summary>
    ValueTask<bool> RemoveAllAsync(CancellationToken cancellationToken);
}
