namespace Ploy.Client.Tests.Generator;

/// <summary>The differences between a client's model and its database that docs/client.md explains, in its order and with its numbers.</summary>
internal enum KnownDifference
{
    /// <summary>EF Core's scaffolder reads no names of SQLite's constraints, and invents its own.</summary>
    SqliteConstraintName = 1,

    /// <summary>A default is a value here and an expression there, or one expression in two forms, as that of a generated column.</summary>
    FormOfDefault = 2,

    /// <summary>The provider's scaffolder leaves out columns of enum types, and with them their indexes and keys.</summary>
    EnumColumn = 3,

    /// <summary>The client leaves it out: <c>@ignore</c>, <c>Unsupported</c>, a relation that EF Core cannot say; PLOY4001, 4002, 4005 or 4006 named it.</summary>
    LeftOut = 4,

    /// <summary>A unique index that stands for a key: a model without <c>@id</c>, the target of a relation, a join table on SQLite.</summary>
    IndexAsKey = 5,

    /// <summary>ON DELETE SET DEFAULT, or SET NULL on required columns, which EF Core has no word for.</summary>
    ReferentialAction = 6,

    /// <summary>An index that EF Core has no word for: over values that it cannot compare, or with operator classes and sort orders in another form.</summary>
    FormOfIndex = 7,

    /// <summary>EF Core's own scaffolder or the provider's prints a type in another form.</summary>
    FormOfType = 8,

    /// <summary>Every whole-number key of SQLite counts for EF Core's scaffolder, also where the schema does not say <c>autoincrement()</c>.</summary>
    SqliteRowId = 9,

    /// <summary>With <c>relationMode = "prisma"</c> the database has no foreign keys, but the client's relations stay relations.</summary>
    RelationModePrisma = 10,
}
