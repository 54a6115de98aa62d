using System.Collections.Immutable;
using System.Data;
using Npgsql;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Introspection;

/// <summary>
/// Reads a database in one snapshot with a constant number of queries, sent in one round trip. Inside a transaction of the session it
/// reads what that transaction sees.
/// </summary>
internal sealed class PostgresIntrospector(PostgresSession session) : IDatabaseIntrospector
{
    private static readonly ImmutableArray<string> Queries =
    [
        CatalogQueries.Namespaces, CatalogQueries.Extensions, CatalogQueries.Enums, CatalogQueries.Sequences, CatalogQueries.Tables,
        CatalogQueries.Columns, CatalogQueries.Indexes, CatalogQueries.ForeignKeys, CatalogQueries.Views, UnmanagedQuery.Text,
        ObjectQueries.Objects, ObjectQueries.Uses,
    ];

    // Those that read whole catalogues. Of a database that was made just now the server knows too little to see how many rows a part of them has, and
    // compares each with each: a second for 2,000 tables, and four times that for twice as many.
    private static readonly ImmutableArray<string> Whole = [CatalogQueries.Columns, UnmanagedQuery.Text, ObjectQueries.Objects, ObjectQueries.Uses];

    /// <inheritdoc />
    public async ValueTask<DatabaseSchema> ReadAsync(IntrospectionScope scope, CancellationToken cancellationToken)
    {
        string[] namespaces = scope.Namespaces.IsDefaultOrEmpty ? [session.Namespace] : [.. scope.Namespaces];
        var isInside = session.IsInTransaction;
        var rows = new CatalogRows();
        try
        {
            await using var batch = NewBatch(namespaces, isInside, scope);
            await using (var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false))
                await ReadAllAsync(reader, rows, scope.WithViewColumns, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            if (!isInside) await EndAsync().ConfigureAwait(false);
            throw PostgresErrors.OfStatement(exception, "", null);
        }

        return new SchemaBuilder(rows, scope.LeavesPartialIndexes).Build();
    }

    // All statements of one batch run in one implicit transaction, which SET TRANSACTION turns into one snapshot.
    private NpgsqlBatch NewBatch(string[] namespaces, bool isInside, IntrospectionScope scope)
    {
        var batch = new NpgsqlBatch(session.Connection);
        if (!isInside) batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SAVEPOINT ploy_read"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL search_path = " + (scope.PrintedFrom is { } visible ? PostgresNames.Quote(visible) : "pg_catalog")));
        // Each is asked once: to compile it first would cost more than it saves.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL jit = off"));
        var loops = true;
        foreach (var query in scope.WithViewColumns ? Queries.Add(CatalogQueries.ViewColumns) : Queries)
        {
            if (loops == Whole.Contains(query))
            {
                loops = !loops;
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL enable_nestloop = " + (loops ? "on" : "off")));
            }

            var command = new NpgsqlBatchCommand(UnmanagedQuery.For(query, session.ServerVersion));
            if (query.Contains("$1", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = namespaces });
            batch.BatchCommands.Add(command);
        }

        // Rolling back to the savepoint restores the search path of a transaction that goes on.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("ROLLBACK TO SAVEPOINT ploy_read"));
        if (!isInside) batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        return batch;
    }

    private static async ValueTask ReadAllAsync(NpgsqlDataReader reader, CatalogRows rows, bool withViewColumns, CancellationToken cancellationToken)
    {
        Action<NpgsqlDataReader>[] readers =
        [
            rows.AddNamespace, rows.AddExtension, rows.AddEnum, rows.AddSequence, rows.AddTable, rows.AddColumn, rows.AddIndex, rows.AddForeignKey,
            rows.AddView, rows.AddUnmanaged, rows.AddObject, rows.AddUse, .. withViewColumns ? [rows.AddColumn] : Array.Empty<Action<NpgsqlDataReader>>(),
        ];
        foreach (var add in readers)
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) add(reader);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        // Failures of the statements behind the last query surface here.
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }
    }

    private async ValueTask EndAsync()
    {
        try
        {
            await session.RunAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is StatementException or Core.Diagnostics.PloyException)
        {
            // The connection is gone; the first failure is the one to tell.
        }
    }
}
