using System.Collections.Immutable;
using System.Data;
using Npgsql;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Introspection;

/// <summary>
/// What of a whole database, whatever the namespaces of the schema are, keeps tables, columns, types, views and functions from being changed or dropped: what the server
/// names in 2BP01 and 0A000. Checks and indexes follow a column's new type by themselves; those that name a value of an enum do not.
/// https://www.postgresql.org/docs/current/catalog-pg-depend.html. Tried on 15.
/// </summary>
internal static class DependantQuery
{
    private const string Text =
        """
        WITH asked AS (SELECT * FROM unnest($1, $2, $3) WITH ORDINALITY AS a(space, name, attribute, number)),
        targets AS (
            SELECT 'pg_class'::regclass AS catalogue, c.oid, coalesce(b.attnum, 0) AS part, a.number, c.oid AS relation, false AS istype, false AS isdomain
            FROM asked a JOIN pg_namespace n ON n.nspname = a.space JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = a.name
            LEFT JOIN pg_attribute b ON b.attrelid = c.oid AND b.attname = a.attribute
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND (a.attribute IS NULL OR b.attnum IS NOT NULL)
            UNION ALL
            SELECT 'pg_type'::regclass, y.oid, 0, a.number, y.typrelid, y.typrelid = 0, e.typtype = 'd'
            FROM asked a JOIN pg_namespace n ON n.nspname = a.space JOIN pg_type e ON e.typnamespace = n.oid AND e.typname = a.name JOIN pg_type y ON y.oid IN (e.oid, e.typarray)
            WHERE a.attribute IS NULL AND e.typtype IN ('c', 'd', 'e')
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid, 0, a.number, 0, false, false
            FROM asked a JOIN pg_namespace n ON n.nspname = a.space JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname || '(' || oidvectortypes(p.proargtypes) || ')' = a.name
            WHERE a.attribute IS NULL
        ),
        found AS (
            SELECT DISTINCT d.classid, d.objid, d.objsubid, t.number, t.relation, t.istype, t.isdomain
            FROM targets t JOIN pg_depend d ON d.refclassid = t.catalogue AND d.refobjid = t.oid AND (t.part = 0 OR d.refobjsubid = t.part)
            WHERE d.deptype IN ('n', 'a')
        ),
        named AS (
            SELECT f.number, CASE WHEN r.rulename <> '_RETURN' THEN 'rule' WHEN c.relkind = 'm' THEN 'materialized view' ELSE 'view' END AS kind,
                   CASE WHEN r.rulename = '_RETURN' THEN n.nspname END AS space, CASE WHEN r.rulename = '_RETURN' THEN c.relname ELSE r.rulename END AS name,
                   CASE WHEN r.rulename <> '_RETURN' THEN n.nspname END AS tablespace, CASE WHEN r.rulename <> '_RETURN' THEN c.relname END AS tablename
            FROM found f JOIN pg_rewrite r ON f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE r.ev_class <> f.relation
            UNION
            SELECT f.number, CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL, NULL
            FROM found f JOIN pg_proc p ON f.classid = 'pg_proc'::regclass AND p.oid = f.objid JOIN pg_namespace n ON n.oid = p.pronamespace
            UNION
            SELECT g.number, x.kind, NULL, x.name, n.nspname, c.relname
            FROM found g
            JOIN LATERAL (
                SELECT 'policy' AS kind, p.polname AS name, p.polrelid AS relation FROM pg_policy p WHERE g.classid = 'pg_policy'::regclass AND p.oid = g.objid
                UNION ALL
                SELECT 'trigger', t.tgname, t.tgrelid FROM pg_trigger t WHERE g.classid = 'pg_trigger'::regclass AND t.oid = g.objid AND NOT t.tgisinternal
                UNION ALL
                SELECT CASE k.contype WHEN 'c' THEN 'check' ELSE 'foreign key' END, k.conname, k.conrelid
                FROM pg_constraint k WHERE g.classid = 'pg_constraint'::regclass AND k.oid = g.objid AND k.conrelid <> 0 AND (k.contype = 'f' OR (k.contype = 'c' AND g.istype))
                UNION ALL
                SELECT 'default', a.attname, f.adrelid FROM pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
                WHERE g.classid = 'pg_attrdef'::regclass AND f.oid = g.objid AND a.attgenerated = '' AND f.adrelid <> g.relation AND (g.isdomain OR NOT g.istype)
                UNION ALL
                SELECT 'column', a.attname, a.attrelid FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p')
                WHERE g.isdomain AND g.classid = 'pg_class'::regclass AND a.attrelid = g.objid AND a.attnum = g.objsubid
            ) x ON true
            JOIN pg_class c ON c.oid = x.relation JOIN pg_namespace n ON n.oid = c.relnamespace
            -- What belongs to a table goes with it.
            WHERE x.relation <> g.relation OR EXISTS (SELECT FROM asked a WHERE a.number = g.number AND a.attribute IS NOT NULL)
        )
        SELECT number::int, kind, space::text, name::text, tablespace::text, tablename::text FROM named
        ORDER BY number, kind COLLATE "C", space::text COLLATE "C" NULLS FIRST, tablespace::text COLLATE "C", tablename::text COLLATE "C", name::text COLLATE "C"
        """;

    /// <summary>Reads them in one round trip; by what was asked for, then kind and name.</summary>
    public static async ValueTask<ImmutableArray<Dependant>> ReadAsync(PostgresSession session, ImmutableArray<ObjectUse> uses, CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = new NpgsqlBatch(session.Connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN TRANSACTION READ ONLY"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL search_path = pg_catalog"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Text)
            {
                Parameters =
                {
                    new NpgsqlParameter<string[]> { TypedValue = [.. uses.Select(u => u.Name.Namespace ?? session.Namespace)] },
                    new NpgsqlParameter<string[]> { TypedValue = [.. uses.Select(u => u.Name.Name)] },
                    new NpgsqlParameter<string?[]> { TypedValue = [.. uses.Select(u => u.Column)] },
                },
            });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
            var found = ImmutableArray.CreateBuilder<Dependant>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                found.Add(new Dependant(
                    reader.GetString(1),
                    new QualifiedName(reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3)),
                    reader.IsDBNull(5) ? null : new QualifiedName(reader.GetString(4), reader.GetString(5)),
                    uses[reader.GetInt32(0) - 1]));
            }

            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }

            return found.ToImmutable();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            throw PostgresErrors.OfStatement(exception, Text, null);
        }
    }
}
