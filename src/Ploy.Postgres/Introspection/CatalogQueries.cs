namespace Ploy.Postgres.Introspection;

/// <summary>
/// The queries that read a database's shape: a constant number, each over all objects at once. <c>$1</c> is the list of namespaces.
/// They run with <c>search_path = pg_catalog</c>, so that every printed name is qualified, and leave out what belongs to an extension
/// (<c>pg_depend.deptype = 'e'</c>). Catalogues: https://www.postgresql.org/docs/current/catalogs.html. Tried on 13 to 18.
/// </summary>
internal static class CatalogQueries
{
    /// <summary>Those of the namespaces asked for that exist: name.</summary>
    public const string Namespaces =
        """
        SELECT n.nspname::text FROM pg_namespace n WHERE n.nspname = ANY ($1) ORDER BY array_position($1, n.nspname::text)
        """;

    /// <summary>Enums with their labels in order: namespace, name, labels.</summary>
    public const string Enums =
        """
        SELECT n.nspname::text, t.typname::text,
               coalesce((SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '{}')
        FROM pg_type t
        JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype = 'e' AND n.nspname = ANY ($1)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
        ORDER BY n.nspname, t.typname
        """;

    /// <summary>Tables, partitioned ones too, without partitions: number, namespace, name.</summary>
    public const string Tables =
        """
        SELECT c.oid::int8, n.nspname::text, c.relname::text
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY n.nspname, c.relname
        """;

    /// <summary>
    /// Columns in order: table's number, name, not null, printed type, namespace and name of the type (an array's element, what a
    /// domain is made of), kind of that type, whether it is an array, default, identity (empty for none), generated (empty for none),
    /// printed type as declared, which may be a domain.
    /// https://www.postgresql.org/docs/current/catalog-pg-attribute.html
    /// </summary>
    public const string Columns = ColumnsStart + "c.relkind IN ('r', 'p') AND NOT c.relispartition" + ColumnsEnd;

    /// <summary>The same of views.</summary>
    public const string ViewColumns = ColumnsStart + "c.relkind = 'v'" + ColumnsEnd;

    private const string ColumnsStart =
        """
        SELECT a.attrelid::int8, a.attname::text, a.attnotnull OR (y.typtype = 'd' AND y.typnotnull),
               format_type(t.oid, CASE WHEN y.typtype = 'd' THEN y.typtypmod ELSE a.atttypmod END), bn.nspname::text, b.typname::text,
               b.typtype::text, t.oid <> b.oid, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
               format_type(a.atttypid, a.atttypmod)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_type y ON y.oid = a.atttypid
        JOIN pg_type t ON t.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END
        JOIN pg_type b ON b.oid = CASE WHEN t.typelem <> 0 AND t.typlen = -1 AND t.typtype = 'b' AND t.typcategory = 'A' THEN t.typelem ELSE t.oid END
        JOIN pg_namespace bn ON bn.oid = b.typnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY ($1) AND 
        """;

    private const string ColumnsEnd =
        """

        ORDER BY a.attrelid, a.attnum
        """;

    /// <summary>
    /// Valid indexes over columns alone, by name: table's number, name, unique, primary, constraint, access method, predicate, and for
    /// each key its column, whether it descends, its operator class, whether that is the default; included columns.
    /// https://www.postgresql.org/docs/current/catalog-pg-index.html
    /// </summary>
    public const string Indexes =
        """
        SELECT i.indrelid::int8, ic.relname::text, i.indisunique, i.indisprimary, k.oid IS NOT NULL, am.amname::text,
               pg_get_expr(i.indpred, i.indrelid), p.columns, p.descending, p.classes, p.defaults, coalesce(carried.names, '{}')
        FROM pg_index i
        JOIN pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_am am ON am.oid = ic.relam
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
        CROSS JOIN LATERAL (
            SELECT array_agg(a.attname::text ORDER BY g.key) AS columns,
                   array_agg(i.indoption[g.key] & 1 = 1 ORDER BY g.key) AS descending,
                   array_agg(o.opcname::text ORDER BY g.key) AS classes,
                   array_agg(o.opcdefault ORDER BY g.key) AS defaults
            FROM generate_series(0, i.indnkeyatts - 1) AS g(key)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[g.key]
            JOIN pg_opclass o ON o.oid = i.indclass[g.key]
        ) p
        CROSS JOIN LATERAL (
            SELECT array_agg(a.attname::text ORDER BY g.key) AS names
            FROM generate_series(i.indnkeyatts, i.indnatts - 1) AS g(key)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[g.key]
        ) carried
        WHERE i.indisvalid AND NOT i.indisexclusion AND i.indexprs IS NULL
          AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1)
        ORDER BY i.indrelid, ic.relname
        """;

    /// <summary>
    /// Foreign keys by name, as the engine reads them: table's number, name, columns, target's namespace, table and columns, ON DELETE,
    /// ON UPDATE as one letter each. https://www.postgresql.org/docs/current/catalog-pg-constraint.html
    /// </summary>
    public const string ForeignKeys =
        """
        SELECT k.conrelid::int8, k.conname::text, p.columns, tn.nspname::text, t.relname::text, p.targets, k.confdeltype::text, k.confupdtype::text
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class t ON t.oid = k.confrelid
        JOIN pg_namespace tn ON tn.oid = t.relnamespace
        CROSS JOIN LATERAL (
            SELECT array_agg(a.attname::text ORDER BY g.place) AS columns, array_agg(f.attname::text ORDER BY g.place) AS targets
            FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS g(mine, theirs, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = g.mine
            JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = g.theirs
        ) p
        WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1)
        ORDER BY k.conrelid, k.conname
        """;

    /// <summary>Sequences that no column owns: namespace, name.</summary>
    public const string Sequences =
        """
        SELECT n.nspname::text, c.relname::text
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND n.nspname = ANY ($1)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
        ORDER BY n.nspname, c.relname
        """;

    /// <summary>Views: number, namespace, name, query.</summary>
    public const string Views =
        """
        SELECT c.oid::int8, n.nspname::text, c.relname::text, pg_get_viewdef(c.oid)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND n.nspname = ANY ($1)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY n.nspname, c.relname
        """;

    /// <summary>Extensions of the whole database: name, namespace, version.</summary>
    public const string Extensions =
        """
        SELECT e.extname::text, n.nspname::text, e.extversion
        FROM pg_extension e
        JOIN pg_namespace n ON n.oid = e.extnamespace
        ORDER BY e.extname
        """;
}
