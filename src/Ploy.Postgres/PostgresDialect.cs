using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Postgres.Handover;
using Ploy.Postgres.Objects;
using Ploy.Postgres.Pulling;
using Ploy.Postgres.Rendering;
using Ploy.Postgres.Scripts;
using Ploy.Postgres.Types;
using Ploy.Relational;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Planning;
using Ploy.Relational.Pulling;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Postgres;

/// <summary>PostgreSQL.</summary>
public sealed class PostgresDialect : Dialect
{
    private PostgresDialect() { }

    /// <summary>The one instance.</summary>
    public static PostgresDialect Instance { get; } = new();

    /// <inheritdoc />
    public override string Id => "postgresql";

    /// <inheritdoc />
    public override int? MaxIdentifierBytes => IdentifierRules.MaxBytes;

    /// <inheritdoc />
    public override string? DefaultNamespace => "public";

    /// <inheritdoc />
    public override bool ForgivesUnmatchedTransactions => true;

    /// <inheritdoc />
    public override DiffRules DiffRules { get; } = new PostgresDiffRules();

    /// <inheritdoc />
    public override ObjectRules Objects { get; } = new PostgresObjectRules();

    /// <inheritdoc />
    public override DestructiveRules DestructiveRules { get; } = new PostgresDestructiveRules();

    /// <inheritdoc />
    public override PullRules PullRules { get; } = new PostgresPullRules();

    /// <inheritdoc />
    public override IDatabaseConnector Connector { get; } = new PostgresConnector();

    /// <inheritdoc />
    public override HandoverWriter Handover => PostgresHandover.Instance;

    /// <inheritdoc />
    public override string Quote(string identifier) => PostgresNames.Quote(identifier);

    /// <inheritdoc />
    public override ColumnType DefaultType(TypeFamily family, ColumnArity arity) => PostgresTypes.Default(family, arity);

    /// <inheritdoc />
    public override ColumnType NativeType(TypeFamily family, string name, EquatableArray<string> arguments, ColumnArity arity) =>
        PostgresTypes.Native(name, arguments, arity);

    /// <inheritdoc />
    public override ImmutableArray<ScriptStatement> Split(string script) => PostgresScriptScanner.Split(script);

    /// <inheritdoc />
    public override ImmutableArray<StatementLock> LocksOf(string statement) => StatementLocks.Of(statement);

    /// <inheritdoc />
    public override string? TransactionLock => null;

    /// <inheritdoc />
    public override SchemaChangeVisitor<ImmutableArray<string>> CreateRenderer(SchemaDifference difference) => new PostgresRenderer(difference);
}
