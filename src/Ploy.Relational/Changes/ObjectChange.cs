using Ploy.Relational.Model;

namespace Ploy.Relational.Changes;

/// <summary>Why an object is made or dropped.</summary>
public enum ObjectReason
{
    /// <summary>The schema after has it new, or no longer.</summary>
    Wanted,

    /// <summary>It changes, or something changes that it uses: dropped before and made again after.</summary>
    Rebuilt,

    /// <summary>It goes with its table or column, which needs no statement.</summary>
    WithOwner,
}

/// <summary>An object beyond the language is made.</summary>
/// <param name="Object">The object after.</param>
/// <param name="Reason">New, or rebuilt.</param>
/// <param name="IsMarked">Whether its mark is written: it was not ours before.</param>
public sealed record CreateObject(SchemaObject Object, ObjectReason Reason, bool IsMarked) : SchemaChange
{
    /// <summary>Whether one of that name may be there, made by hand where no migration tells of it: the new one takes its place.</summary>
    public bool MayBeThere { get; init; }

    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An object beyond the language is dropped; it is ours, or one of ours takes its place.</summary>
/// <param name="Object">The object before.</param>
/// <param name="Reason">Why.</param>
public sealed record DropObject(SchemaObject Object, ObjectReason Reason) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An object that is changed in place: a function's body, a comment, a sequence's steps.</summary>
/// <param name="Before">The object before.</param>
/// <param name="After">The object after.</param>
public sealed record ReplaceObject(SchemaObject Before, SchemaObject After) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>An object that is there as the schema after says, and becomes ours: a mark and no statement.</summary>
/// <param name="Object">The object after.</param>
public sealed record AdoptObject(SchemaObject Object) : SchemaChange
{
    /// <inheritdoc />
    public override TResult Accept<TResult>(SchemaChangeVisitor<TResult> visitor) => visitor.Visit(this);
}
