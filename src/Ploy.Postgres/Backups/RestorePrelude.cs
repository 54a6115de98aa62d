using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Postgres.Sessions;

namespace Ploy.Postgres.Backups;

/// <summary>What is said before and after a restore, in one transaction with it: what is there goes first, or objects made since the backup would stay.</summary>
/// <param name="Begin">Begins the transaction and drops.</param>
/// <param name="End">Commits.</param>
internal sealed record RestorePrelude(string Begin, string End)
{
    // Namespaces of the server and of extensions stay: who made them makes them again.
    private const string IsOwn =
        """
        n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e')
        """;

    /// <summary>The namespaces that a restore of all replaces, without Ploy's own, whose rows nobody misses.</summary>
    public const string Namespaces = $"SELECT n.nspname::text FROM pg_catalog.pg_namespace n WHERE {IsOwn} AND n.nspname <> '_ploy' ORDER BY 1";

    /// <summary>Reads what has to go.</summary>
    /// <param name="session">A session on the database.</param>
    /// <param name="only">The one namespace that is brought back; null for all.</param>
    /// <param name="lockTimeout">Longest wait for what others hold of it; zero for no limit.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2345 where others depend on the namespace.</exception>
    public static async ValueTask<RestorePrelude> CreateAsync(PostgresSession session, string? only, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        if (only is not null) await RequireAloneAsync(session, only, cancellationToken).ConfigureAwait(false);
        // A dump says nothing of a `public` that is as it was at first, nor of a namespace of which it is asked for the contents alone.
        var kept = only ?? "public";
        var which = only is null ? IsOwn : $"n.nspname = {PostgresNames.Literal(only)}";
        var statements = await session.QueryTextsAsync(
            $"""
             SELECT format('DROP SCHEMA %I CASCADE', n.nspname) FROM pg_catalog.pg_namespace n WHERE {which}
             """,
            cancellationToken).ConfigureAwait(false);
        var made = await session.QueryTextsAsync(
            $"""
             SELECT sql FROM (
                 SELECT 1 AS place, format('CREATE SCHEMA %I AUTHORIZATION %I', n.nspname, pg_get_userbyid(n.nspowner)) AS sql FROM pg_catalog.pg_namespace n WHERE n.nspname = {PostgresNames.Literal(kept)}
                 UNION ALL
                 SELECT 2, format('GRANT %s ON SCHEMA %I TO %s%s', a.privilege_type, n.nspname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                 FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a WHERE n.nspname = {PostgresNames.Literal(kept)} AND a.grantee <> n.nspowner
                 UNION ALL
                 SELECT 3, format('COMMENT ON SCHEMA %I IS %L', n.nspname, d.description)
                 FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_description d ON d.objoid = n.oid AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass WHERE n.nspname = {PostgresNames.Literal(kept)}
             ) x ORDER BY place, sql
             """,
            cancellationToken).ConfigureAwait(false);
        statements.AddRange(made.Count > 0 ? made : [$"CREATE SCHEMA {PostgresNames.Quote(kept)}"]);
        var settings = new[] { "BEGIN", "SET LOCAL client_min_messages = warning", "SET LOCAL standard_conforming_strings = on", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {(long)lockTimeout.TotalMilliseconds}") };
        var end = only is null ? [] : await LedgerOfAsync(session, only, cancellationToken).ConfigureAwait(false);
        return new RestorePrelude(Text([.. settings, .. statements]), Text([.. end, "COMMIT"]));
    }

    // The ledger is the database's: what it says of an attempt that the backup holds unfinished may be from after the backup. Without it the
    // attempt stands as failed, for a person to look at, instead of being gone on with at the wrong statement.
    private static async ValueTask<string[]> LedgerOfAsync(PostgresSession session, string only, CancellationToken cancellationToken)
    {
        if (await session.QueryNumberAsync("SELECT (to_regclass('_ploy.ledger') IS NOT NULL)::int", cancellationToken).ConfigureAwait(false) != 1) return [];
        var history = PostgresNames.Quote(only, "_prisma_migrations");
        return
        [
            $"""
             DO $ploy$ BEGIN
                 IF to_regclass({PostgresNames.Literal(history)}) IS NOT NULL THEN
                     DELETE FROM "_ploy"."ledger" WHERE attempt IN (SELECT id FROM {history} WHERE finished_at IS NULL AND rolled_back_at IS NULL);
                 END IF;
             END $ploy$
             """,
        ];
    }

    // Dropping a namespace takes along what refers to it from elsewhere, which its backup does not hold.
    private static async ValueTask RequireAloneAsync(PostgresSession session, string only, CancellationToken cancellationToken)
    {
        var outside = await session.QueryTextsAsync(
            $"""
             SELECT DISTINCT format('%I.%I', n.nspname, c.relname)
             FROM pg_catalog.pg_class c
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid
             LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
             LEFT JOIN pg_catalog.pg_depend d ON d.objid = r.oid AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
             JOIN pg_catalog.pg_class t ON t.oid = coalesce(k.confrelid, d.refobjid)
             JOIN pg_catalog.pg_namespace m ON m.oid = t.relnamespace
             WHERE m.nspname = {PostgresNames.Literal(only)} AND n.nspname <> m.nspname
             ORDER BY 1
             """,
            cancellationToken).ConfigureAwait(false);
        if (outside.Count == 0) return;
        throw new PloyException(
            "PLOY2345",
            $"The schema `{only}` cannot be brought back alone: {string.Join(", ", outside.Take(8).Select(o => $"`{o}`"))}{(outside.Count > 8 ? $", ... {outside.Count} in all" : "")} outside refer to its tables and would be lost. Nothing has changed.",
            "Drop what refers to it first and make it again after, or bring back the whole database without `?schema=` in the URL.");
    }

    private static string Text(ImmutableArray<string> statements) => "\n" + string.Join(";\n", statements) + ";\n";
}
