using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Introspection;

/// <summary>Reads a database in one snapshot. Inside a transaction of the session it reads what that transaction sees.</summary>
internal sealed class SqliteIntrospector(SqliteSession session) : IDatabaseIntrospector
{
    /// <inheritdoc />
    public async ValueTask<DatabaseSchema> ReadAsync(IntrospectionScope scope, CancellationToken cancellationToken)
    {
        var rows = new CatalogRows();
        ImmutableArray<(string Sql, Action<SqliteDataReader> Add)> queries =
        [
            (CatalogQueries.Objects, rows.AddObject), (CatalogQueries.Columns, rows.AddColumn), (CatalogQueries.Indexes, rows.AddIndex),
            (CatalogQueries.ForeignKeys, rows.AddForeignKey),
            .. scope.WithViewColumns ? [(CatalogQueries.ViewColumns, rows.AddColumn)] : Array.Empty<(string, Action<SqliteDataReader>)>(),
        ];
        try
        {
            session.Run("SAVEPOINT ploy_read", cancellationToken);
            try
            {
                foreach (var (sql, add) in queries) await ReadAsync(sql, add, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                session.Run("RELEASE ploy_read", CancellationToken.None);
            }
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(session.Address, exception, null);
        }

        return new SchemaBuilder(rows, scope.LeavesPartialIndexes).Build();
    }

    private async ValueTask ReadAsync(string sql, Action<SqliteDataReader> add, CancellationToken cancellationToken)
    {
        await using var command = session.NewCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) add(reader);
    }
}
