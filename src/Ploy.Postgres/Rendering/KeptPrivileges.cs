using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Postgres.Rendering;

/// <summary>
/// Owner, grants and comments of views and routines that are dropped and made again. They are often no migration's but somebody's by hand, other ones in each database: so
/// the script itself reads them before the first drop, keeps them in a setting of its session, and gives them back behind what is made last.
/// </summary>
internal sealed class KeptPrivileges
{
    private const string Restore =
        """
        DO $ploy$
        DECLARE kept text;
        BEGIN
          FOR kept IN SELECT json_array_elements_text(coalesce(nullif(current_setting('ploy.kept', true), ''), '[]')::json) LOOP
            BEGIN
              EXECUTE kept;
            EXCEPTION WHEN undefined_column THEN -- it is made again without this column
            END;
          END LOOP;
        END $ploy$
        """;

    private readonly List<SchemaObject> _items;
    private readonly SchemaObject? _first;
    private readonly SchemaObject? _last;

    public KeptPrivileges(SchemaDifference difference, PostgresNameWriter names)
    {
        _items = [.. difference.Changes.OfType<DropObject>().Where(d => d.Reason == ObjectReason.Rebuilt && HasPrivileges(d.Object.Kind)).Select(d => d.Object)];
        if (_items.Count == 0) return;
        var made = _items.Select(i => (i.Kind, names.Before(i.Name))).ToHashSet();
        _first = _items[0];
        _last = difference.Changes.OfType<CreateObject>().LastOrDefault(c => made.Contains((c.Object.Kind, names.After(c.Object.Name))))?.Object;
    }

    /// <summary>What stands before the statement that drops an object; null for nothing.</summary>
    public string? Before(SchemaObject dropped, Func<QualifiedName, string> write) => _last is not null && ReferenceEquals(dropped, _first) ? Keep(write) : null;

    /// <summary>What stands behind the statement that makes an object; null for nothing.</summary>
    public string? After(SchemaObject made) => ReferenceEquals(made, _last) ? Restore : null;

    private static bool HasPrivileges(ObjectKind kind) => kind is ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Function or ObjectKind.Procedure;

    // Who owns it last, who may use it, what is said of it and of its columns. A routine without a list of grants is everybody's, which a new one is by itself.
    private string Keep(Func<QualifiedName, string> write)
    {
        var objects = string.Join(
            ", ",
            _items.Select(i => i.Kind is ObjectKind.View or ObjectKind.MaterializedView
                ? $"('pg_class'::regclass, {PostgresNames.Literal(write(i.Name))}::regclass::oid)"
                : $"('pg_proc'::regclass, {PostgresNames.Literal(Objects.PostgresObjectRules.Routine(i, write))}::regprocedure::oid)"));
        return $"""
            -- Owner, grants and comments of what is dropped here and made again below.
            WITH kept (catalogue, id) AS (VALUES {objects}),
            items AS (
              SELECT k.*, upper(i.type) AS kind, i.identity, o.owner, o.acl FROM kept k, pg_identify_object(k.catalogue, k.id, 0) i, LATERAL (
                SELECT relowner, relacl FROM pg_class WHERE oid = k.id AND k.catalogue = 'pg_class'::regclass
                UNION ALL SELECT proowner, proacl FROM pg_proc WHERE oid = k.id AND k.catalogue = 'pg_proc'::regclass) o (owner, acl)
            ),
            lines (rank, line) AS (
              SELECT 1, format('ALTER %s %s OWNER TO %I', kind, identity, pg_get_userbyid(owner)) FROM items WHERE pg_get_userbyid(owner) <> current_user
              UNION ALL SELECT 2, format('REVOKE ALL ON %s %s FROM PUBLIC', kind, identity) FROM items WHERE catalogue = 'pg_proc'::regclass AND acl IS NOT NULL
              UNION ALL SELECT 3, format('GRANT %s ON %s %s TO %s%s', privilege_type, CASE WHEN catalogue = 'pg_proc'::regclass THEN kind END, identity,
                CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
                FROM items, aclexplode(acl) WHERE grantee <> owner
              UNION ALL SELECT 3, format('GRANT %s (%I) ON %s TO %s%s', privilege_type, attname, identity,
                CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
                FROM items JOIN pg_attribute ON attrelid = id AND catalogue = 'pg_class'::regclass, aclexplode(attacl)
              UNION ALL SELECT 4, format('COMMENT ON %s %s IS %L', CASE objsubid WHEN 0 THEN kind ELSE 'COLUMN' END, identity || coalesce('.' || quote_ident(attname), ''), description)
                FROM items JOIN pg_description ON classoid = catalogue AND objoid = id LEFT JOIN pg_attribute ON attrelid = id AND attnum = objsubid AND attnum > 0
            )
            SELECT set_config('ploy.kept', coalesce(json_agg(line ORDER BY rank, line)::text, ''), false) FROM lines
            """;
    }
}
