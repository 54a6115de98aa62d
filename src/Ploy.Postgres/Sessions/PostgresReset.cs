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

    // What is granted on a namespace, said of it, and granted beforehand on all that will be made in it: nobody's rows, and given by hand, often to the role that the
    // application runs as. What the owner may do follows the owner; rights that a role may not give stay away with a role that may not use them.
    private const string Kept =
        """
        SELECT line FROM (
          SELECT 1, format('GRANT %s ON SCHEMA %I TO %s%s', a.privilege_type, n.nspname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
            FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a WHERE n.nspname = ANY ($1) AND a.grantee <> n.nspowner
          UNION ALL SELECT 2, format('COMMENT ON SCHEMA %I IS %L', n.nspname, d.description)
            FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objoid = n.oid WHERE n.nspname = ANY ($1)
          UNION ALL SELECT 3, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON %s TO %s%s', pg_get_userbyid(p.defaclrole), n.nspname, a.privilege_type,
              CASE p.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
            FROM pg_catalog.pg_default_acl p JOIN pg_catalog.pg_namespace n ON n.oid = p.defaclnamespace, pg_catalog.aclexplode(p.defaclacl) a
            WHERE n.nspname = ANY ($1) AND pg_has_role(p.defaclrole, 'MEMBER')
        ) kept (rank, line) ORDER BY rank, line
        """;

    /// <summary>
    /// Drops each namespace with all in it, makes it again with the grants that it had, and drops the history in the session's namespace; all or nothing.
    /// </summary>
    /// <exception cref="StatementException">The role may not; nothing is changed.</exception>
    public static async ValueTask ResetAsync(PostgresSession session, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        string[] names = namespaces.Count == 0 ? [session.Namespace] : [.. namespaces];
        var kept = await QueryAsync(session, Kept, names, cancellationToken).ConfigureAwait(false);
        var statements = new List<string>();
        foreach (var name in names)
        {
            statements.Add("DROP SCHEMA IF EXISTS " + PostgresNames.Quote(name) + " CASCADE");
            statements.Add("CREATE SCHEMA " + PostgresNames.Quote(name));
        }

        statements.AddRange(kept);
        statements.Add("DROP TABLE IF EXISTS " + PostgresNames.Quote(session.Namespace, "_prisma_migrations"));
        await RunTogetherAsync(session, statements, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops every namespace that is the role's own and makes <c>public</c> again; what extensions own stays.</summary>
    public static async ValueTask EmptyAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var names = await QueryAsync(session, Own, null, cancellationToken).ConfigureAwait(false);
        var statements = names.ConvertAll(n => "DROP SCHEMA " + PostgresNames.Quote(n) + " CASCADE");
        if (names.Contains("public")) statements.Add("CREATE SCHEMA \"public\"");
        await RunTogetherAsync(session, statements, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<List<string>> QueryAsync(PostgresSession session, string query, string[]? names, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, session.Connection);
        if (names is not null) command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = names });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) lines.Add(reader.GetString(0));
        return lines;
    }

    private static async ValueTask RunTogetherAsync(PostgresSession session, List<string> statements, CancellationToken cancellationToken)
    {
        if (statements.Count == 0) return;
        await using var transaction = await session.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false);
        await session.RunAsync(string.Join(";\n", statements), cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}
