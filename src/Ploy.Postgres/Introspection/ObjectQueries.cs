namespace Ploy.Postgres.Introspection;

/// <summary>
/// What lies beyond the schema language, as the server prints it: <c>pg_get_constraintdef</c> and its like
/// (https://www.postgresql.org/docs/current/functions-info.html). What an extension owns is left out, and so are partitions. Tried on 15.
/// </summary>
internal static class ObjectQueries
{
    /// <summary>
    /// Kind as marks say it, number of catalogue and object, namespace (null where it belongs to a table), name, table's namespace and name (null where to none),
    /// whether the table is one of the language's, what makes it, and what it is compared by. Indexes that the language can say are left out (to print thousands of
    /// them would cost more than all else). `@nullsnotdistinct`: see <see cref="UnmanagedQuery.For"/>.
    /// </summary>
    public const string Objects =
        """
        WITH spaces AS (SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = ANY ($1)),
        owned AS MATERIALIZED (SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'),
        relations AS MATERIALIZED (
            SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relowner, c.relacl, s.nspname, c.relkind IN ('r', 'p') AS istable
            FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition
              AND NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid)
        ),
        collated AS (SELECT a.attrelid FROM pg_attribute a JOIN relations t ON t.oid = a.attrelid WHERE a.attcollation NOT IN (0, 100)),
        granted AS (
            SELECT 'pg_shdepend'::regclass::oid AS catalogue, t.oid, CASE t.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS class, t.nspname::text AS space, t.relname::text AS name, format('%I.%I', t.nspname, t.relname) AS target,
                   a.grantee, a.privilege_type AS privilege, a.is_grantable AS option
            FROM relations t, aclexplode(t.relacl) a WHERE t.relacl IS NOT NULL AND a.grantee <> t.relowner AND t.relname <> '_prisma_migrations'
            UNION ALL
            SELECT 'pg_shdepend'::regclass, t.oid, 'TABLE', t.nspname, t.relname, format('%I.%I', t.nspname, t.relname), a.grantee, format('%s (%I)', a.privilege_type, c.attname), a.is_grantable
            FROM relations t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attacl IS NOT NULL AND NOT c.attisdropped, aclexplode(c.attacl) a
            WHERE a.grantee <> t.relowner AND t.relname <> '_prisma_migrations'
            UNION ALL
            SELECT 'pg_authid'::regclass, p.oid, 'ROUTINE', s.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes)), a.grantee, a.privilege_type, a.is_grantable
            FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace, aclexplode(p.proacl) a
            WHERE p.proacl IS NOT NULL AND p.prokind <> 'a' AND a.grantee NOT IN (0, p.proowner) AND NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_proc'::regclass AND o.objid = p.oid)
            UNION ALL
            SELECT 'pg_namespace'::regclass, n.oid, 'SCHEMA', NULL, n.nspname, quote_ident(n.nspname), a.grantee, a.privilege_type, a.is_grantable
            FROM pg_namespace n JOIN spaces s ON s.oid = n.oid, aclexplode(n.nspacl) a WHERE a.grantee <> n.nspowner AND (a.grantee <> 0 OR n.nspname <> 'public')
        ),
        found AS (
            SELECT CASE k.contype WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclude' ELSE 'deferrable' END AS kind, 'pg_constraint'::regclass::oid AS catalogue, k.oid,
                   NULL::text AS space, k.conname::text AS name, t.nspname::text AS tablespace, t.relname::text AS tablename, t.istable,
                   CASE WHEN k.contype <> 'f' THEN pg_get_constraintdef(k.oid)
                        WHEN k.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED' ELSE 'DEFERRABLE INITIALLY IMMEDIATE' END AS text, NULL::text AS canonical
            FROM pg_constraint k JOIN relations t ON t.oid = k.conrelid
            WHERE k.contype IN ('c', 'x') OR (k.contype = 'f' AND k.condeferrable AND k.conparentid = 0)
            UNION ALL
            SELECT 'index', 'pg_class'::regclass, i.indexrelid, NULL, c.relname, t.nspname, t.relname, t.istable,
                   CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || substr(pg_get_indexdef(i.indexrelid), length(format('CREATE %sINDEX %I ON %s%I.%I ',
                       CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, c.relname, CASE WHEN c.relkind = 'I' THEN 'ONLY ' ELSE '' END, t.nspname, t.relname)) + 1), NULL
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN relations t ON t.oid = i.indrelid
            WHERE i.indisvalid AND NOT i.indisprimary AND NOT i.indisexclusion
              AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR i.indnatts > i.indnkeyatts OR NOT t.istable
                OR @nullsnotdistinct OR i.indoption::int2[] OPERATOR(pg_catalog.&&) '{1,2}'::int2[]
                OR (i.indisunique AND i.indclass::oid[] OPERATOR(pg_catalog.&&) (SELECT array_agg(c.oid) FROM pg_opclass c WHERE NOT c.opcdefault))
                OR ((NOT i.indcollation::oid[] OPERATOR(pg_catalog.<@) '{0,100}'::oid[] OR i.indrelid IN (SELECT attrelid FROM collated))
                    AND EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) AS k(n) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n]
                        WHERE i.indcollation[k.n] NOT IN (0, a.attcollation))))
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
            UNION ALL
            SELECT 'generated', 'pg_attrdef'::regclass, d.oid, NULL, a.attname, t.nspname, t.relname, t.istable, pg_get_expr(d.adbin, d.adrelid), NULL
            FROM pg_attribute a JOIN relations t ON t.oid = a.attrelid JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attgenerated <> '' AND NOT a.attisdropped AND t.istable
            UNION ALL
            SELECT 'rls', 'pg_class'::regclass, t.oid, NULL, '', t.nspname, t.relname, t.istable,
                   CASE WHEN t.relforcerowsecurity THEN 'ENABLE FORCE' ELSE 'ENABLE' END, NULL
            FROM relations t WHERE t.relrowsecurity
            UNION ALL
            SELECT 'policy', 'pg_policy'::regclass, p.oid, NULL, p.polname, t.nspname, t.relname, t.istable,
                   concat_ws(' ', CASE WHEN p.polpermissive THEN 'AS PERMISSIVE' ELSE 'AS RESTRICTIVE' END,
                       'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                       'TO ' || coalesce((SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) FROM pg_roles r WHERE r.oid = ANY (p.polroles)), 'PUBLIC'),
                       'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'), NULL
            FROM pg_policy p JOIN relations t ON t.oid = p.polrelid
            UNION ALL
            SELECT CASE x.objsubid WHEN 0 THEN 'table comment' ELSE 'column comment' END, 'pg_description'::regclass, t.oid, NULL, coalesce(a.attname, ''),
                   t.nspname, t.relname, t.istable, quote_literal(x.description), NULL
            FROM pg_description x JOIN relations t ON t.oid = x.objoid AND x.classoid = 'pg_class'::regclass
            LEFT JOIN pg_attribute a ON a.attrelid = x.objoid AND a.attnum = x.objsubid AND x.objsubid > 0
            WHERE t.istable
            UNION ALL
            SELECT CASE t.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, 'pg_class'::regclass, t.oid, t.nspname, t.relname, NULL, NULL, false,
                   format('CREATE %sVIEW %I.%I%s AS%s%s', CASE t.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END, t.nspname, t.relname,
                       ' WITH (' || array_to_string(t.reloptions, ', ') || ')', chr(10), rtrim(pg_get_viewdef(t.oid), ';')), NULL
            FROM relations t WHERE t.relkind IN ('v', 'm')
            UNION ALL
            SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, 'pg_proc'::regclass, p.oid, s.nspname,
                   p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL, NULL, false, rtrim(pg_get_functiondef(p.oid), chr(10)), NULL
            FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
            WHERE p.prokind <> 'a' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
            UNION ALL
            SELECT 'trigger', 'pg_trigger'::regclass, g.oid, NULL, g.tgname, t.nspname, t.relname, t.istable, pg_get_triggerdef(g.oid), pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
            FROM pg_trigger g JOIN relations t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal AND g.tgparentid = 0
            UNION ALL
            SELECT 'sequence', 'pg_class'::regclass, t.oid, t.nspname, t.relname, NULL, NULL, false, format('CREATE SEQUENCE %I.%I %s', t.nspname, t.relname, o.options), o.options
            FROM relations t JOIN pg_sequence q ON q.seqrelid = t.oid
            CROSS JOIN LATERAL (SELECT format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %sCYCLE', format_type(q.seqtypid, NULL), q.seqincrement, q.seqmin,
                q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN '' ELSE 'NO ' END) AS options) o
            WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype IN ('a', 'i'))
            UNION ALL
            SELECT 'domain', 'pg_type'::regclass, y.oid, s.nspname, y.typname, NULL, NULL, false,
                   concat_ws(' ', format('CREATE DOMAIN %I.%I AS %s', s.nspname, y.typname, format_type(y.typbasetype, y.typtypmod)),
                       'DEFAULT ' || y.typdefault, CASE WHEN y.typnotnull THEN 'NOT NULL' END,
                       (SELECT string_agg(x, ' ' ORDER BY x) FROM unnest(k.checks) x)),
                   concat_ws(chr(31), format_type(y.typbasetype, y.typtypmod), coalesce('DEFAULT ' || y.typdefault, ''), CASE WHEN y.typnotnull THEN 'NOT NULL' ELSE '' END,
                       (SELECT string_agg(x, chr(31) ORDER BY x) FROM unnest(k.checks) x))
            FROM pg_type y JOIN spaces s ON s.oid = y.typnamespace
            CROSS JOIN LATERAL (SELECT array_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid))) AS checks FROM pg_constraint k WHERE k.contypid = y.oid AND k.contype = 'c') k
            WHERE y.typtype = 'd' AND NOT EXISTS (SELECT FROM owned o WHERE o.classid = 'pg_type'::regclass AND o.objid = y.oid)
            UNION ALL
            SELECT 'extension', 'pg_extension'::regclass, e.oid, NULL, e.extname, NULL, NULL, false,
                   format('CREATE EXTENSION IF NOT EXISTS %I', e.extname) || CASE WHEN e.extrelocatable AND n.nspname NOT IN ('public', 'pg_catalog') THEN format(' SCHEMA %I', n.nspname) ELSE '' END
                   || CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_extension'::regclass AND d.objid = e.oid AND d.refclassid = 'pg_extension'::regclass) THEN ' CASCADE' ELSE '' END, ''
            FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'
            UNION ALL
            SELECT 'grant', g.catalogue, g.oid, g.space, format('%s%s to %s', CASE g.class WHEN 'SCHEMA' THEN 'schema ' ELSE '' END, g.name, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee)::text END),
                   NULL, NULL, false,
                   concat_ws(';' || chr(10),
                       'GRANT ' || string_agg(g.privilege, ', ' ORDER BY g.privilege) FILTER (WHERE NOT g.option)
                           || format(' ON %s %s TO %s', g.class, g.target, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END),
                       'GRANT ' || string_agg(g.privilege, ', ' ORDER BY g.privilege) FILTER (WHERE g.option)
                           || format(' ON %s %s TO %s WITH GRANT OPTION', g.class, g.target, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)),
                   string_agg(g.privilege || CASE WHEN g.option THEN '*' ELSE '' END, chr(31) ORDER BY g.privilege)
            FROM granted g GROUP BY g.catalogue, g.oid, g.class, g.space, g.name, g.target, g.grantee
        )
        SELECT kind, catalogue::int8, oid::int8, space::text, name::text, tablespace::text, tablename::text, istable, text, canonical FROM found
        ORDER BY tablespace COLLATE "C" NULLS LAST, tablename COLLATE "C", kind COLLATE "C", space::text COLLATE "C", name::text COLLATE "C"
        """;

    /// <summary>
    /// What they use (a grant its object; it has no row of its own: its number is a catalogue of roles and what it is on): number of catalogue and object; namespace and name of a table, view or function; column, null for the whole. A view's uses are those
    /// of its rule; a function that returns rows of a view uses the view's type, and one with an argument of an enum uses the enum. https://www.postgresql.org/docs/current/catalog-pg-depend.html
    /// </summary>
    public const string Uses =
        """
        WITH types AS (
            SELECT y.oid AS id, y.typname, y.typnamespace FROM pg_type y WHERE y.typtype IN ('e', 'd')
            UNION ALL SELECT y.typarray, y.typname, y.typnamespace FROM pg_type y WHERE y.typtype IN ('e', 'd')
        )
        SELECT DISTINCT CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass END::int8, coalesce(r.ev_class, d.objid)::int8, n.nspname::text,
               coalesce(c.relname::text, e.typname::text, p.proname || '(' || oidvectortypes(p.proargtypes) || ')'), a.attname::text
        FROM pg_depend d
        LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
        LEFT JOIN pg_type y ON d.refclassid = 'pg_type'::regclass AND y.oid = d.refobjid AND y.typrelid <> 0
        LEFT JOIN pg_class c ON c.oid = CASE WHEN d.refclassid = 'pg_class'::regclass THEN d.refobjid ELSE y.typrelid END
        LEFT JOIN types e ON d.refclassid = 'pg_type'::regclass AND e.id = d.refobjid
        LEFT JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
        JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, e.typnamespace, p.pronamespace)
        WHERE n.nspname = ANY ($1) AND d.deptype IN ('n', 'a')
          AND d.classid IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass)
          AND c.oid IS DISTINCT FROM r.ev_class
        UNION ALL
        SELECT 'pg_shdepend'::regclass::int8, c.oid::int8, n.nspname, c.relname, NULL
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND (c.relacl IS NOT NULL OR c.oid IN (SELECT a.attrelid FROM pg_attribute a WHERE a.attacl IS NOT NULL))
        UNION ALL
        SELECT 'pg_authid'::regclass::int8, p.oid::int8, n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1) AND p.proacl IS NOT NULL
        """;
}
