using Ploy.Relational.Model;

namespace Ploy.Relational.Sessions;

/// <summary>An object of a live database that keeps another one from being changed or dropped.</summary>
/// <param name="Kind">What it is, in the words that users know: <c>view</c>, <c>policy</c>, <c>rule</c>.</param>
/// <param name="Name">Its name; without a namespace where it belongs to a table. A function's holds the types of its arguments.</param>
/// <param name="Table">The table or view that it belongs to; null where to none.</param>
/// <param name="Uses">What it stands in the way of, as it was asked for.</param>
public sealed record Dependant(string Kind, QualifiedName Name, QualifiedName? Table, ObjectUse Uses);
