using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Planning;
using Ploy.Relational.Pulling;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Relational;

/// <summary>
/// What differs from one database product to the next, without a connection: names, types, SQL. Stateless and thread-safe.
/// Everything that needs a connection hangs on <see cref="Connector"/>.
/// </summary>
public abstract class Dialect
{
    /// <summary>The provider's name in schemas and lock files: <c>postgresql</c>, <c>sqlite</c>.</summary>
    public abstract string Id { get; }

    /// <summary>Longest identifier in UTF-8 bytes; null where there is no limit.</summary>
    public abstract int? MaxIdentifierBytes { get; }

    /// <summary>The namespace that is meant where none is named; null where the product has none.</summary>
    public abstract string? DefaultNamespace { get; }

    /// <summary>The identifier in quotes, those inside it doubled.</summary>
    public abstract string Quote(string identifier);

    /// <summary>The column type of a scalar without a native type.</summary>
    public abstract ColumnType DefaultType(TypeFamily family, ColumnArity arity);

    /// <summary>The column type of a native type (<c>VarChar</c>, its arguments as written); the pair was validated before.</summary>
    public abstract ColumnType NativeType(TypeFamily family, string name, EquatableArray<string> arguments, ColumnArity arity);

    /// <summary>
    /// Splits a script into its statements, in linear time; text that does not parse gives statements too, for the database to
    /// refuse. Empty where there is nothing but blanks and comments.
    /// </summary>
    public abstract ImmutableArray<ScriptStatement> Split(string script);

    /// <summary>
    /// The locks on tables that a statement takes by the product's manual, as far as its text tells; reading locks are left out, since they hold up
    /// no work. Empty where it takes none, or the product locks nothing less than the database.
    /// </summary>
    /// <param name="statement">The statement's own text.</param>
    public abstract ImmutableArray<StatementLock> LocksOf(string statement);

    /// <summary>What each transaction locks whatever its statements are, as one sentence; null for nothing.</summary>
    public abstract string? TransactionLock { get; }

    /// <summary>Whether <c>BEGIN</c> inside a transaction and <c>COMMIT</c> outside of one are warnings to the product, not errors.</summary>
    public abstract bool ForgivesUnmatchedTransactions { get; }

    /// <summary>What decides how two schemas are compared.</summary>
    public abstract DiffRules DiffRules { get; }

    /// <summary>What is known of objects beyond the language.</summary>
    public abstract ObjectRules Objects { get; }

    /// <summary>What decides which changes may lose data.</summary>
    public abstract DestructiveRules DestructiveRules { get; }

    /// <summary>What its objects are in the schema language.</summary>
    public abstract PullRules PullRules { get; }

    /// <summary>
    /// A schema as the engine writes it between two files, where it takes a liberty that no database objects to; what is made for a database is written from the schema as it is.
    /// </summary>
    public virtual DatabaseSchema BetweenFiles(DatabaseSchema schema) => schema;

    /// <summary>A schema that was read from a database, with what order means nothing in the order in which the engine writes it into a script to that database.</summary>
    public virtual DatabaseSchema AsTarget(DatabaseSchema read) => read;

    /// <summary>
    /// The renderer of one difference: the statements of a change in order, without terminators; none where a change needs no statement.
    /// </summary>
    public abstract SchemaChangeVisitor<ImmutableArray<string>> CreateRenderer(SchemaDifference difference);

    /// <summary>Everything that needs a connection.</summary>
    public abstract IDatabaseConnector Connector { get; }

    /// <summary>Writes migrations as a file for an administrator.</summary>
    public abstract HandoverWriter Handover { get; }
}
