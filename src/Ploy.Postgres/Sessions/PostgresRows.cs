using System.Collections.Immutable;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>Which tables hold rows.</summary>
internal static class PostgresRows
{
    // Each statement takes a lock on its tables and their indexes, of which a server has a limited number.
    private const int TablesPerStatement = 200;

    /// <summary>Quoted names in order; a table that may not be read counts as one with rows.</summary>
    public static async ValueTask<ImmutableArray<string>> TablesAsync(PostgresSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var scope = string.Join(", ", (namespaces.Count == 0 ? [session.Namespace] : namespaces).Select(PostgresNames.Literal));
        var tables = await session.QueryTextsAsync(
            $"""
             SELECT format('%I.%I', n.nspname, c.relname)
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ({scope}) AND c.relname <> '_prisma_migrations'
             ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
             """,
            cancellationToken).ConfigureAwait(false);
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var chunk in tables.Chunk(TablesPerStatement))
        {
            try
            {
                found.AddRange(await session.QueryTextsAsync(
                    string.Join("\nUNION ALL ", chunk.Select(t => $"SELECT {PostgresNames.Literal(t)} WHERE EXISTS (SELECT FROM {t})")), cancellationToken).ConfigureAwait(false));
            }
            catch (StatementException)
            {
                found.AddRange(chunk);
            }
        }

        return found.ToImmutable();
    }
}
