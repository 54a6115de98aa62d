using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>Which tables hold rows.</summary>
internal static class SqliteRows
{
    private const string Tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_prisma_migrations' ORDER BY name";

    /// <summary>Quoted names in order; a table that cannot be read, such as one of a module that is not there, counts as one with rows.</summary>
    public static async ValueTask<ImmutableArray<string>> TablesAsync(SqliteSession session, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        try
        {
            await using var command = session.NewCommand(Tables);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) names.Add(SqliteNames.Quote(reader.GetString(0)));
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.OfStatement(session.Address, exception, null);
        }

        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
            if (await HasRowsAsync(session, name, cancellationToken).ConfigureAwait(false))
                found.Add(name);
        return found.ToImmutable();
    }

    private static async ValueTask<bool> HasRowsAsync(SqliteSession session, string table, CancellationToken cancellationToken)
    {
        try
        {
            return await session.QueryNumberAsync($"SELECT EXISTS (SELECT 1 FROM main.{table})", cancellationToken).ConfigureAwait(false) != 0;
        }
        catch (StatementException)
        {
            return true;
        }
    }
}
