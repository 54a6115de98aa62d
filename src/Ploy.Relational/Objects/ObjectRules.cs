using System.Collections.Immutable;
using Ploy.Relational.Model;

namespace Ploy.Relational.Objects;

/// <summary>What a dialect knows of objects beyond the language, without a connection. Stateless.</summary>
public abstract class ObjectRules
{
    /// <summary>What an object file may hold, for messages: <c>views, functions and triggers</c>.</summary>
    public abstract string Held { get; }

    /// <summary>The object that a statement of an object file makes; null where the statement makes none that can be held so.</summary>
    /// <param name="statement">The statement, without a terminator.</param>
    public abstract SchemaObject? Identify(string statement);

    /// <summary>The names that a text mentions, without quotes and as the product folds them; literals do not count, the text of a body does.</summary>
    public abstract IReadOnlySet<string> NamesIn(string sql);

    /// <summary>Whether the object is changed where it stands, so that nothing that uses it has to go.</summary>
    public abstract bool CanReplace(SchemaObject before, SchemaObject after);

    /// <summary>Whether a kind is written with its table, so that its own steps are marks alone.</summary>
    public abstract bool IsInline(ObjectKind kind);

    /// <summary>Whether a failure of a statement may only mean that something it uses does not exist yet.</summary>
    /// <param name="sqlState">As <see cref="Sessions.StatementException.SqlState"/>; null where the database gave none.</param>
    public abstract bool MayComeLater(string? sqlState);

    /// <summary>The statements that make an object of a live or wanted schema.</summary>
    /// <param name="item">The object.</param>
    /// <param name="write">Writes the name of a table, view or function.</param>
    public abstract ImmutableArray<string> Create(SchemaObject item, Func<QualifiedName, string> write);

    /// <summary>The same where one of that name may be there already, made by hand: right for databases that have it and for those that do not.</summary>
    /// <param name="item">The object.</param>
    /// <param name="write">Writes the name of a table, view or function.</param>
    public abstract ImmutableArray<string> CreateOver(SchemaObject item, Func<QualifiedName, string> write);

    /// <summary>The statement of an object file that makes an object of a live database again, without a terminator; null where none makes all of it.</summary>
    public abstract string? Statement(SchemaObject item);

    /// <summary>The statements that drop an object; on PostgreSQL nothing that uses it may be left.</summary>
    /// <param name="item">The object.</param>
    /// <param name="write">Writes the name of a table, view or function.</param>
    public abstract ImmutableArray<string> Drop(SchemaObject item, Func<QualifiedName, string> write);

    /// <summary>
    /// The statements that give an object, and what has a name of its own in it, another name on a database that is thrown away, where it cannot be dropped because something uses it: a
    /// default, a column's type; none where the product has none.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="name">A name that nothing has.</param>
    /// <param name="write">Writes the name of a table, view or function.</param>
    public virtual ImmutableArray<string> SetAside(SchemaObject item, string name, Func<QualifiedName, string> write) => [];

    /// <summary>The statements that turn one into the other, where <see cref="CanReplace"/> says that it can be.</summary>
    /// <param name="before">The object before.</param>
    /// <param name="after">The object after.</param>
    /// <param name="write">Writes the name of a table, view or function of the schema after.</param>
    public abstract ImmutableArray<string> Replace(SchemaObject before, SchemaObject after, Func<QualifiedName, string> write);
}
