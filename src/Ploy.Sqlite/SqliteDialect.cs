using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Relational;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Planning;
using Ploy.Relational.Pulling;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;
using Ploy.Sqlite.Handover;
using Ploy.Sqlite.Objects;
using Ploy.Sqlite.Pulling;
using Ploy.Sqlite.Rendering;
using Ploy.Sqlite.Scripts;
using Ploy.Sqlite.Sessions;
using Ploy.Sqlite.Types;

namespace Ploy.Sqlite;

/// <summary>SQLite.</summary>
public sealed class SqliteDialect : Dialect
{
    private SqliteDialect() { }

    /// <summary>The one instance.</summary>
    public static SqliteDialect Instance { get; } = new();

    /// <inheritdoc />
    public override string Id => "sqlite";

    /// <inheritdoc />
    public override int? MaxIdentifierBytes => null;

    /// <inheritdoc />
    public override string? DefaultNamespace => null;

    /// <inheritdoc />
    public override bool ForgivesUnmatchedTransactions => false;

    /// <inheritdoc />
    public override DiffRules DiffRules { get; } = new SqliteDiffRules();

    /// <inheritdoc />
    public override ObjectRules Objects { get; } = new SqliteObjectRules();

    /// <inheritdoc />
    public override DestructiveRules DestructiveRules { get; } = new SqliteDestructiveRules();

    /// <inheritdoc />
    public override PullRules PullRules { get; } = new SqlitePullRules();

    /// <inheritdoc />
    public override IDatabaseConnector Connector { get; } = new SqliteConnector();

    /// <inheritdoc />
    public override HandoverWriter Handover => SqliteHandover.Instance;

    /// <inheritdoc />
    public override string Quote(string identifier) => SqliteNames.Quote(identifier);

    /// <inheritdoc />
    public override ColumnType DefaultType(TypeFamily family, ColumnArity arity) => SqliteTypes.Default(family, arity);

    /// <inheritdoc />
    public override ColumnType NativeType(TypeFamily family, string name, EquatableArray<string> arguments, ColumnArity arity) =>
        SqliteTypes.Default(family, arity); // SQLite has no native types; the schema was validated

    /// <inheritdoc />
    public override ImmutableArray<ScriptStatement> Split(string script) => SqliteScriptScanner.Split(script);

    /// <inheritdoc />
    public override ImmutableArray<StatementLock> LocksOf(string statement) => [];

    /// <inheritdoc />
    public override string? TransactionLock => "Each transaction locks the whole database: others may read until it commits, and nobody else may write.";

    /// <inheritdoc />
    /// <remarks>SQLite lists foreign keys last first.</remarks>
    public override DatabaseSchema AsTarget(DatabaseSchema read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return read with { Tables = read.Tables.Select(t => t.ForeignKeys.Count < 2 ? t : t with { ForeignKeys = t.ForeignKeys.Reverse().ToEquatableArray() }).ToEquatableArray() };
    }

    /// <inheritdoc />
    public override DatabaseSchema BetweenFiles(DatabaseSchema schema) => BareJson.Of(schema);

    /// <inheritdoc />
    public override SchemaChangeVisitor<ImmutableArray<string>> CreateRenderer(SchemaDifference difference) => new SqliteRenderer(difference);
}
