using Npgsql;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>Empties namespaces, as the engine does: each is dropped with all in it and made again.</summary>
internal static class PostgresReset
{
    // Namespaces of the server and of extensions stay, as do those that the role may not drop.
    private const string Own =
        """
        SELECT n.nspname::text
        FROM pg_catalog.pg_namespace n
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND pg_has_role(n.nspowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e')
        ORDER BY 1
        """;

    /// <summary>Drops each namespace with all in it, makes it again, and drops the history in the session's namespace; all or nothing.</summary>
    /// <exception cref="StatementException">The role may not; nothing is changed.</exception>
    public static async ValueTask ResetAsync(PostgresSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var statements = new List<string>();
        foreach (var name in namespaces.Count == 0 ? [session.Namespace] : namespaces)
        {
            statements.Add("DROP SCHEMA IF EXISTS " + PostgresNames.Quote(name) + " CASCADE");
            statements.Add("CREATE SCHEMA " + PostgresNames.Quote(name));
        }

        statements.Add("DROP TABLE IF EXISTS " + PostgresNames.Quote(session.Namespace, "_prisma_migrations"));
        await RunTogetherAsync(session, statements, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops every namespace that is the role's own and makes <c>public</c> again; what extensions own stays.</summary>
    public static async ValueTask EmptyAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var statements = new List<string>();
        var hasPublic = false;
        await using (var command = new NpgsqlCommand(Own, session.Connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var name = reader.GetString(0);
                hasPublic |= name == "public";
                statements.Add("DROP SCHEMA " + PostgresNames.Quote(name) + " CASCADE");
            }
        }

        if (hasPublic) statements.Add("CREATE SCHEMA \"public\"");
        await RunTogetherAsync(session, statements, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask RunTogetherAsync(PostgresSession session, List<string> statements, CancellationToken cancellationToken)
    {
        if (statements.Count == 0) return;
        await using var transaction = await session.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false);
        await session.RunAsync(string.Join(";\n", statements), cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}
