using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What a person has said may be done to a database.</summary>
public enum DatabaseMark
{
    /// <summary>Nothing was said.</summary>
    None,

    /// <summary>Its rows may go: one for development.</summary>
    Disposable,

    /// <summary>Nothing is lost here without a consent, rows or not.</summary>
    Protected,
}

/// <summary>Reads and writes the mark of a database.</summary>
public static class DatabaseMarks
{
    private const string Topic = "mark";
    private const string Key = "database";
    private const string Disposable = "disposable";
    private const string Protected = "protected";

    /// <summary>The mark. One that came along with a dump of another database does not count as disposable here.</summary>
    public static async ValueTask<DatabaseMark> ReadAsync(IOwnState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        if ((await state.ReadAsync(Topic, cancellationToken).ConfigureAwait(false)).FirstOrDefault(n => n.Key == Key) is not { } note) return DatabaseMark.None;
        if (note.Text == Protected) return DatabaseMark.Protected;
        return note.Text == await DisposableAsync(state, cancellationToken).ConfigureAwait(false) ? DatabaseMark.Disposable : DatabaseMark.None;
    }

    /// <summary>Writes the mark; <see cref="DatabaseMark.None"/> takes it away.</summary>
    /// <exception cref="PloyException">PLOY2227 where the database refuses it.</exception>
    public static async ValueTask WriteAsync(IOwnState state, DatabaseMark mark, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            if (mark == DatabaseMark.None)
            {
                await state.RemoveAsync(Topic, Key, cancellationToken).ConfigureAwait(false);
                return;
            }

            var text = mark == DatabaseMark.Protected ? Protected : await DisposableAsync(state, cancellationToken).ConfigureAwait(false);
            await state.WriteAsync(new OwnNote(Topic, Key, text), cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw new PloyException(
                "PLOY2227",
                $"The mark of the database could not be written: {exception.Message.TrimEnd('.')}. Nothing has changed.",
                "Run it as the owner of the database, or grant what that needs: the mark is kept in the namespace `_ploy` (SQLite: in a file beside the database).",
                exception);
        }
    }

    private static async ValueTask<string> DisposableAsync(IOwnState state, CancellationToken cancellationToken) =>
        $"{Disposable} {await state.IdentityAsync(cancellationToken).ConfigureAwait(false)}".TrimEnd();
}
