namespace Ploy.Postgres.Introspection;

/// <summary>Everything that a database can have and the schema language cannot say.</summary>
internal static class UnmanagedQuery
{
    /// <summary>
    /// Kind, namespace, name, table's namespace and name (null where it belongs to none), the literal of a comment (null elsewhere); sorted. Kinds are the words users
    /// know. What an extension owns is left out. `@nullsnotdistinct`: see <see cref="For"/>.
    /// </summary>
    public const string Text =
        """
        WITH spaces AS (SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = ANY ($1)),
        owned AS (SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'),
        relations AS (
            SELECT c.oid, c.relname, c.relkind, c.relpersistence, c.reloptions, c.relispartition, c.relrowsecurity, c.relforcerowsecurity, s.nspname
            FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
            WHERE NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid)
        ),
        tables AS (SELECT * FROM relations WHERE relkind IN ('r', 'p', 'f', 'v', 'm')),
        collated AS (SELECT a.attrelid FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid WHERE a.attcollation NOT IN (0, 100)),
        found AS (
            SELECT CASE WHEN k.contype = 'c' THEN CASE WHEN k.convalidated THEN 'check constraint' ELSE 'check constraint that is not validated' END
                        WHEN k.contype = 'x' THEN 'exclusion constraint'
                        WHEN k.contype = 't' THEN 'constraint trigger'
                        WHEN k.contype IN ('u', 'p') THEN 'deferrable constraint'
                        WHEN k.condeferrable THEN 'deferrable foreign key'
                        ELSE 'foreign key that is not validated' END AS kind,
                   t.nspname, k.conname AS name, t.nspname AS tablespace, t.relname AS tablename
            FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid
            WHERE NOT t.relispartition AND (k.contype IN ('c', 'x', 't') OR (k.contype IN ('u', 'p') AND k.condeferrable)
               OR (k.contype = 'f' AND k.conparentid = 0 AND (k.condeferrable OR NOT k.convalidated)))
            UNION ALL
            SELECT CASE WHEN i.indexprs IS NOT NULL THEN 'expression index'
                        WHEN NOT i.indisvalid THEN 'invalid index'
                        WHEN i.indnatts > i.indnkeyatts THEN 'index with included columns'
                        WHEN i.indoption::int2[] OPERATOR(pg_catalog.&&) '{1,2}'::int2[] THEN 'index with its own order of nulls'
                        WHEN @nullsnotdistinct THEN 'index that takes nulls for equal'
                        WHEN c.reloptions IS NOT NULL THEN 'index with storage parameters'
                        ELSE 'index with its own collation' END,
                   t.nspname, c.relname, t.nspname, t.relname
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN tables t ON t.oid = i.indrelid
            WHERE NOT t.relispartition AND NOT i.indisexclusion AND t.relkind <> 'm' AND (i.indexprs IS NOT NULL OR NOT i.indisvalid OR i.indnatts > i.indnkeyatts
               OR @nullsnotdistinct OR c.reloptions IS NOT NULL
               OR i.indoption::int2[] OPERATOR(pg_catalog.&&) '{1,2}'::int2[]
               OR ((NOT i.indcollation::oid[] OPERATOR(pg_catalog.<@) '{0,100}'::oid[] OR i.indrelid IN (SELECT attrelid FROM collated))
                AND EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) AS k(n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n]
                    WHERE i.indcollation[k.n] NOT IN (0, a.attcollation))))
            UNION ALL
            SELECT 'unlogged table', t.nspname, t.relname, t.nspname, t.relname FROM tables t WHERE t.relpersistence = 'u'
            UNION ALL
            SELECT 'storage parameters', t.nspname, t.relname, t.nspname, t.relname FROM tables t WHERE t.relkind IN ('r', 'p') AND t.reloptions IS NOT NULL
            UNION ALL
            SELECT CASE WHEN a.attidentity <> '' THEN 'identity column' WHEN y.typtype = 'd' THEN 'column of a domain' ELSE 'column with its own collation' END, t.nspname, a.attname, t.nspname, t.relname
            FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid JOIN pg_type y ON y.oid = a.atttypid
            WHERE a.attnum > 0 AND NOT a.attisdropped AND t.relkind IN ('r', 'p') AND NOT t.relispartition AND (a.attidentity <> '' OR y.typtype = 'd' OR a.attcollation NOT IN (0, y.typcollation))
            UNION ALL
            SELECT 'default from a sequence of its own', t.nspname, a.attname, t.nspname, t.relname
            FROM pg_depend d JOIN pg_class q ON q.oid = d.refobjid AND q.relkind = 'S' JOIN pg_attrdef f ON f.oid = d.objid
            JOIN tables t ON t.oid = f.adrelid JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
            WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND NOT t.relispartition
              AND NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = q.oid AND o.deptype = 'a' AND o.refobjid = f.adrelid AND o.refobjsubid = f.adnum)
            UNION ALL
            SELECT CASE g.tgenabled WHEN 'O' THEN 'trigger' WHEN 'D' THEN 'trigger that is switched off' ELSE 'trigger that is on for replicas' END, t.nspname, g.tgname, t.nspname, t.relname
            FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgconstraint = 0 AND NOT t.relispartition
            UNION ALL
            SELECT 'policy', t.nspname, p.polname, t.nspname, t.relname FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
            UNION ALL
            SELECT CASE WHEN t.relforcerowsecurity THEN 'forced row-level security' ELSE 'row-level security' END, t.nspname, t.relname, t.nspname, t.relname
            FROM tables t WHERE t.relrowsecurity
            UNION ALL
            SELECT 'rule', t.nspname, r.rulename, t.nspname, t.relname
            FROM pg_rewrite r JOIN tables t ON t.oid = r.ev_class WHERE r.rulename <> '_RETURN'
            UNION ALL
            SELECT 'generated column', t.nspname, a.attname, t.nspname, t.relname
            FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid WHERE a.attgenerated <> '' AND NOT a.attisdropped AND NOT t.relispartition
            UNION ALL
            SELECT CASE t.relkind WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'partitioned table' END, t.nspname, t.relname, NULL, NULL
            FROM tables t WHERE t.relkind IN ('m', 'f') OR (t.relkind = 'p' AND NOT t.relispartition)
            UNION ALL
            SELECT CASE WHEN t.relispartition THEN 'partition' ELSE 'inherited table' END, t.nspname, t.relname, pn.nspname, p.relname
            FROM pg_inherits h JOIN tables t ON t.oid = h.inhrelid JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
            UNION ALL
            SELECT 'sequence', r.nspname, r.relname, NULL, NULL
            FROM relations r
            WHERE r.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i'))
            UNION ALL
            SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, s.nspname,
                   p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL, NULL
            FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
            WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
            UNION ALL
            SELECT CASE y.typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' ELSE 'composite type' END, s.nspname, y.typname, NULL, NULL
            FROM pg_type y JOIN spaces s ON s.oid = y.typnamespace LEFT JOIN pg_class c ON c.oid = y.typrelid
            WHERE (y.typtype IN ('d', 'r') OR (y.typtype = 'c' AND c.relkind = 'c'))
              AND NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_type'::regclass AND o.objid = y.oid)
            UNION ALL
            SELECT 'collation', s.nspname, c.collname, NULL, NULL
            FROM pg_collation c JOIN spaces s ON s.oid = c.collnamespace
            WHERE NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_collation'::regclass AND o.objid = c.oid)
            UNION ALL
            SELECT 'operator', s.nspname, p.oprname, NULL, NULL
            FROM pg_operator p JOIN spaces s ON s.oid = p.oprnamespace
            WHERE NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_operator'::regclass AND o.objid = p.oid)
            UNION ALL
            SELECT 'text search configuration', s.nspname, x.cfgname, NULL, NULL
            FROM pg_ts_config x JOIN spaces s ON s.oid = x.cfgnamespace
            WHERE NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_ts_config'::regclass AND o.objid = x.oid)
            UNION ALL
            SELECT 'text search dictionary', s.nspname, x.dictname, NULL, NULL
            FROM pg_ts_dict x JOIN spaces s ON s.oid = x.dictnamespace
            WHERE NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_ts_dict'::regclass AND o.objid = x.oid)
            UNION ALL
            SELECT 'extended statistics', t.nspname, x.stxname, t.nspname, t.relname FROM pg_statistic_ext x JOIN tables t ON t.oid = x.stxrelid
            UNION ALL
            SELECT 'event trigger', NULL, v.evtname, NULL, NULL
            FROM pg_event_trigger v WHERE NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_event_trigger'::regclass AND o.objid = v.oid)
            UNION ALL
            SELECT 'publication', NULL, b.pubname, NULL, NULL FROM pg_publication b
        ),
        comments AS (
            SELECT CASE WHEN d.objsubid > 0 THEN 'column' WHEN t.relkind = 'v' THEN 'view' WHEN t.relkind = 'm' THEN 'materialized view' ELSE 'table' END AS kind,
                   t.nspname, coalesce(a.attname, t.relname)::text AS name, t.nspname AS tablespace, t.relname AS tablename, d.description
            FROM pg_description d JOIN tables t ON t.oid = d.objoid LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
            WHERE d.classoid = 'pg_class'::regclass
            UNION ALL
            SELECT 'constraint', t.nspname, k.conname, t.nspname, t.relname, d.description
            FROM pg_description d JOIN pg_constraint k ON k.oid = d.objoid JOIN tables t ON t.oid = k.conrelid WHERE d.classoid = 'pg_constraint'::regclass
            UNION ALL
            SELECT 'index', t.nspname, c.relname, t.nspname, t.relname, d.description
            FROM pg_description d JOIN pg_index i ON i.indexrelid = d.objoid JOIN pg_class c ON c.oid = i.indexrelid JOIN tables t ON t.oid = i.indrelid
            WHERE d.classoid = 'pg_class'::regclass AND d.objsubid = 0
            UNION ALL
            SELECT 'trigger', t.nspname, g.tgname, t.nspname, t.relname, d.description
            FROM pg_description d JOIN pg_trigger g ON g.oid = d.objoid JOIN tables t ON t.oid = g.tgrelid WHERE d.classoid = 'pg_trigger'::regclass
            UNION ALL
            SELECT 'policy', t.nspname, p.polname, t.nspname, t.relname, d.description
            FROM pg_description d JOIN pg_policy p ON p.oid = d.objoid JOIN tables t ON t.oid = p.polrelid WHERE d.classoid = 'pg_policy'::regclass
            UNION ALL
            SELECT 'rule', t.nspname, r.rulename, t.nspname, t.relname, d.description
            FROM pg_description d JOIN pg_rewrite r ON r.oid = d.objoid JOIN tables t ON t.oid = r.ev_class WHERE d.classoid = 'pg_rewrite'::regclass
            UNION ALL
            SELECT 'sequence', q.nspname, q.relname, NULL, NULL, d.description
            FROM pg_description d JOIN relations q ON q.oid = d.objoid AND q.relkind = 'S' WHERE d.classoid = 'pg_class'::regclass
            UNION ALL
            SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, s.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL, NULL, d.description
            FROM pg_description d JOIN pg_proc p ON p.oid = d.objoid JOIN spaces s ON s.oid = p.pronamespace
            WHERE d.classoid = 'pg_proc'::regclass AND NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_proc'::regclass AND o.objid = p.oid)
            UNION ALL
            SELECT 'type', s.nspname, y.typname, NULL, NULL, d.description
            FROM pg_description d JOIN pg_type y ON y.oid = d.objoid JOIN spaces s ON s.oid = y.typnamespace
            WHERE d.classoid = 'pg_type'::regclass AND NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_type'::regclass AND o.objid = y.oid)
        ),
        lines AS (
            SELECT kind, nspname, name::text, tablespace, tablename, NULL AS text FROM found
            UNION ALL
            SELECT 'comment on ' || kind, nspname, name, tablespace, tablename, quote_literal(description) FROM comments
        )
        SELECT kind, nspname::text, name, tablespace::text, tablename::text, text FROM lines
        ORDER BY tablespace COLLATE "C" NULLS LAST, tablename COLLATE "C", kind COLLATE "C", nspname COLLATE "C", name COLLATE "C"
        """;

    /// <summary>A query as a server of that version takes it: before 15 no index takes nulls for equal, and the catalogue has no column that says so.</summary>
    public static string For(string query, Version server) =>
        query.Replace("@nullsnotdistinct", server.Major >= 15 ? "i.indnullsnotdistinct" : "false", StringComparison.Ordinal);
}
