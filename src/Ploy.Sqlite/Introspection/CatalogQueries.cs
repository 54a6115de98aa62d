namespace Ploy.Sqlite.Introspection;

/// <summary>
/// The queries that read a database's shape: a constant number, each over all tables at once by joining the pragma functions
/// (https://www.sqlite.org/pragma.html#pragfunc). Names that begin with <c>sqlite_</c> are the library's own.
/// </summary>
internal static class CatalogQueries
{
    private const string Tables =
        """
        SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_ploy\_%' ESCAPE '\'
        """;

    /// <summary>Everything that has a name: type (<c>table</c>, <c>virtual</c>, <c>shadow</c>, <c>view</c>, <c>index</c>, <c>trigger</c>), name, table, text.</summary>
    public const string Objects =
        """
        SELECT coalesce(l.type, s.type), s.name, s.tbl_name, s.sql
        FROM main.sqlite_schema s
        LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.name AND s.type IN ('table', 'view')
        WHERE s.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND s.tbl_name NOT LIKE '\_ploy\_%' ESCAPE '\'
        ORDER BY s.name
        """;

    /// <summary>Columns in order: table, name, declared type, NOT NULL, default, place in the primary key from 1, kind (2 and 3: generated).</summary>
    public const string Columns =
        $"""
         SELECT t.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
         FROM ({Tables}) t JOIN pragma_table_xinfo(t.name, 'main') x
         ORDER BY t.name, x.cid
         """;

    /// <summary>The same of views.</summary>
    public const string ViewColumns =
        """
        SELECT v.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
        FROM (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'view') v JOIN pragma_table_xinfo(v.name, 'main') x
        ORDER BY v.name, x.cid
        """;

    /// <summary>Parts of indexes in order: table, name, unique, origin (<c>c</c>: CREATE INDEX, <c>u</c>: UNIQUE), partial, column (null: an expression), descending.</summary>
    public const string Indexes =
        $"""
         SELECT t.name, i.name, i."unique", i.origin, i.partial, x.name, x."desc"
         FROM ({Tables}) t JOIN pragma_index_list(t.name, 'main') i JOIN pragma_index_xinfo(i.name, 'main') x
         WHERE i.origin <> 'pk' AND x.key = 1
         ORDER BY t.name, i.seq, x.seqno
         """;

    /// <summary>Columns of foreign keys in order: table, number, target, column, its column (null: the target's primary key), ON UPDATE, ON DELETE.</summary>
    public const string ForeignKeys =
        $"""
         SELECT t.name, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
         FROM ({Tables}) t JOIN pragma_foreign_key_list(t.name, 'main') f
         ORDER BY t.name, f.id DESC, f.seq
         """;
}
