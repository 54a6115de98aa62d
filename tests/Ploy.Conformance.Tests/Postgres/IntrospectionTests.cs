using Ploy.Conformance.Tests.Testing;
using Ploy.Postgres;
using Ploy.Postgres.Introspection;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

public sealed class IntrospectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_the_language_can_say_comes_back_in_order()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE TYPE "Role" AS ENUM ('USER', 'it''s');
            CREATE TABLE "users" ("id" SERIAL NOT NULL, "email" VARCHAR(65), role "Role" DEFAULT 'it''s', CONSTRAINT "users_pkey" PRIMARY KEY ("id"));
            CREATE TABLE "Ärger" (a INTEGER, b INTEGER REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE, CONSTRAINT u UNIQUE (a, b), PRIMARY KEY (b, a));
            CREATE INDEX z ON "users" (email DESC, id) WHERE id > 3;
            CREATE UNIQUE INDEX b ON "users" USING btree (email varchar_pattern_ops);
            CREATE INDEX h ON "users" USING hash (email);
            CREATE VIEW v AS SELECT id FROM users;
            CREATE SEQUENCE s;
            """);
        var schema = await database.IntrospectAsync();
        Assert.Equal(["public"], schema.Namespaces);
        Assert.Equal([new EnumType(Public("Role"), ["USER", "it's"])], schema.Enums);
        Assert.Equal([new Sequence(Public("s"))], schema.Sequences);
        Assert.Equal([Public("v")], schema.Views.Select(v => v.Name));
        Assert.Contains("FROM public.users", Assert.Single(schema.Views).Definition, StringComparison.Ordinal);
        Assert.Equal([new UnmanagedObject("sequence", Public("s"), null)], schema.Unmanaged);
        Assert.Equal(["public.users", "public.Ärger"], schema.Tables.Select(t => t.Name.ToString()));

        var users = schema.Tables[0];
        Assert.Equal(
            [
                new Column { Name = "id", Type = Type(TypeFamily.Int, "INTEGER", ColumnArity.Required), Default = new DefaultValue.NextValue(Public("users_id_seq")), IsAutoIncrement = true },
                new Column { Name = "email", Type = Type(TypeFamily.String, "VARCHAR", ColumnArity.Nullable) with { Arguments = ["65"] } },
                new Column
                {
                    Name = "role",
                    Type = Type(TypeFamily.Enum, "Role", ColumnArity.Nullable) with { Enum = Public("Role") },
                    Default = new DefaultValue.Literal(new LiteralValue.EnumLabel("it's")),
                },
            ],
            users.Columns);
        Assert.Equal(new PrimaryKey("users_pkey", [new IndexPart { Column = "id" }]), users.PrimaryKey);
        Assert.Equal(
            [
                new TableIndex { Name = "b", IsUnique = true, Parts = [new IndexPart { Column = "email", IsAscendingWritten = true, OperatorClass = "varchar_pattern_ops" }] },
                new TableIndex { Name = "h", Method = "hash", Parts = [new IndexPart { Column = "email" }] },
                new TableIndex { Name = "z", Parts = [new IndexPart { Column = "email", IsDescending = true }, new IndexPart { Column = "id", IsAscendingWritten = true }], Predicate = new SqlExpression("(id > 3)") },
            ],
            users.Indexes);

        var other = schema.Tables[1];
        Assert.Equal(new PrimaryKey("Ärger_pkey", [new IndexPart { Column = "b" }, new IndexPart { Column = "a" }]), other.PrimaryKey);
        Assert.Equal([new TableIndex { Name = "u", IsUnique = true, IsConstraint = true, Parts = [new IndexPart { Column = "a", IsAscendingWritten = true }, new IndexPart { Column = "b", IsAscendingWritten = true }] }], other.Indexes);
        Assert.Equal(
            [
                new ForeignKey
                {
                    Name = "Ärger_b_fkey", Columns = ["b"], Target = Public("users"), TargetColumns = ["id"], OnDelete = ReferentialAction.SetNull, OnUpdate = ReferentialAction.Cascade,
                },
            ],
            other.ForeignKeys);
    }

    [Fact]
    public async Task Every_native_type_is_known_with_its_arguments()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE EXTENSION citext;
            CREATE DOMAIN email AS text;
            CREATE TABLE t (a smallint, b integer, c bigint, d oid, e real, f double precision, g numeric(10,2), h numeric, i money, j boolean, k text, l citext,
              m varchar(5), n varchar, o char(3), p char, q inet, r xml, s bit(4), t varbit(9), u uuid, v bytea, w json, x jsonb, y date, z time(3), aa timetz(0),
              ab timestamp(6), ac timestamptz, ad timestamp(3)[], ae numeric(7,1)[], af point, ag "char", ah email, ai int4range[], aj bit, ak citext[]);
            """);
        var columns = (await database.IntrospectAsync()).Tables[0].Columns;
        Assert.Equal(
            [
                "Int SMALLINT", "Int INTEGER", "BigInt BIGINT", "Int OID", "Float REAL", "Float DOUBLE PRECISION", "Decimal DECIMAL(10,2)", "Decimal DECIMAL", "Decimal MONEY", "Boolean BOOLEAN",
                "String TEXT", "String CITEXT", "String VARCHAR(5)", "String VARCHAR", "String CHAR(3)", "String CHAR(1)", "String INET", "String XML", "String BIT(4)", "String VARBIT(9)", "Uuid UUID",
                "Binary BYTEA", "Json JSON", "Json JSONB", "DateTime DATE", "DateTime TIME(3)", "DateTime TIMETZ(0)", "DateTime TIMESTAMP(6)", "DateTime TIMESTAMPTZ(6)", "DateTime TIMESTAMP(3)[]",
                "Decimal DECIMAL(7,1)[]", "Unsupported point", "Unsupported \"char\"", "String TEXT", "Unsupported int4range[]", "String BIT(1)", "String CITEXT[]",
            ],
            columns.Select(c => $"{c.Type.Family} {c.Type.StoreType}{(c.Type.Arguments.IsEmpty ? "" : $"({string.Join(',', c.Type.Arguments)})")}{(c.Type.Arity == ColumnArity.List ? "[]" : "")}"));
        Assert.Equal("timestamp(3) without time zone[]", columns.Single(c => c.Name == "ad").Printed.Type);
    }

    [Fact]
    public async Task What_the_language_cannot_say_is_named()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE EXTENSION btree_gist;
            CREATE TABLE p (id int PRIMARY KEY, r int4range, t text, CONSTRAINT c CHECK (id > 0), CONSTRAINT x EXCLUDE USING gist (r WITH &&), CONSTRAINT d UNIQUE (t) DEFERRABLE,
              g int GENERATED ALWAYS AS (id + 1) STORED);
            CREATE TABLE k (id int, CONSTRAINT fd FOREIGN KEY (id) REFERENCES p DEFERRABLE);
            ALTER TABLE k ADD CONSTRAINT fn FOREIGN KEY (id) REFERENCES p NOT VALID;
            CREATE INDEX ie ON p (lower(t)); CREATE INDEX ii ON p (id) INCLUDE (t); CREATE INDEX inl ON p (id NULLS FIRST); CREATE INDEX inv ON p (id);
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'inv'::regclass;
            CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE PROCEDURE pr() LANGUAGE sql AS ''; CREATE AGGREGATE agg (int) (SFUNC = int4pl, STYPE = int);
            CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf();
            ALTER TABLE p ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON p USING (true); ALTER TABLE k ENABLE ROW LEVEL SECURITY; ALTER TABLE k FORCE ROW LEVEL SECURITY;
            CREATE RULE ru AS ON DELETE TO k DO INSTEAD NOTHING;
            CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one; CREATE INDEX mvi ON mv (one);
            CREATE DOMAIN dom AS int; CREATE TYPE comp AS (a int); CREATE TYPE rng AS RANGE (SUBTYPE = int);
            CREATE TABLE part (id int) PARTITION BY RANGE (id); CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (1) TO (2);
            CREATE TABLE child () INHERITS (k);
            CREATE COLLATION col FROM "C"; CREATE STATISTICS st ON id, t FROM p;
            CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
            CREATE PUBLICATION pub; CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION ef();
            """);
        var schema = await database.IntrospectAsync();
        Assert.Equal(
            """
            deferrable foreign key public.fd of public.k
            forced row-level security public.k of public.k
            foreign key that is not validated public.fn of public.k
            inherited table public.child of public.k
            rule public.ru of public.k
            check constraint public.c of public.p
            deferrable constraint public.d of public.p
            exclusion constraint public.x of public.p
            expression index public.ie of public.p
            extended statistics public.st of public.p
            generated column public.g of public.p
            index with included columns public.ii of public.p
            index with its own order of nulls public.inl of public.p
            invalid index public.inv of public.p
            policy public.po of public.p
            row-level security public.p of public.p
            trigger public.tr of public.p
            partition public.part1 of public.part
            aggregate public.agg(integer)
            collation public.col
            composite type public.comp
            domain public.dom
            event trigger ev
            function public.ef()
            function public.f(integer, text)
            function public.tf()
            materialized view public.mv
            operator public.===
            partitioned table public.part
            procedure public.pr()
            publication pub
            range type public.rng
            """,
            string.Join('\n', schema.Unmanaged.Select(u => $"{u.Kind} {u.Name}{(u.Table is { } table ? " of " + table : "")}")));

        // What the rest of such an object can be said of is there all the same.
        Assert.Equal(["child", "k", "p", "part"], schema.Tables.Select(t => t.Name.Name));
        var p = schema.Tables.Single(t => t.Name.Name == "p");
        Assert.Equal(["d", "ii", "inl"], p.Indexes.Select(i => i.Name));
        Assert.Equal(["id"], p.Indexes[1].Parts.Select(i => i.Column));
        Assert.Equal(["t"], p.Indexes[1].IncludedColumns);
        Assert.Equal((null, "(id + 1)"), (p.FindColumn("g")!.Default, p.FindColumn("g")!.Generated!.Text));
        Assert.Equal(["fd", "fn"], schema.Tables.Single(t => t.Name.Name == "k").ForeignKeys.Select(f => f.Name));
    }

    [Fact]
    public async Task What_the_language_would_say_otherwise_is_named()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE DOMAIN dom AS int; CREATE SEQUENCE s;
            CREATE UNLOGGED TABLE u (id int GENERATED ALWAYS AS IDENTITY, t text COLLATE "C", d dom, n int DEFAULT nextval('s'), m serial) WITH (fillfactor = 70);
            CREATE INDEX j ON u (t COLLATE "POSIX"); CREATE INDEX k ON u (id) WITH (fillfactor = 50); CREATE INDEX plain ON u (t);
            """);
        Assert.Equal(
            """
            column of a domain d
            column with its own collation t
            default from a sequence of its own n
            identity column id
            index with its own collation j
            index with storage parameters k
            storage parameters u
            unlogged table u
            domain dom
            sequence s
            """,
            string.Join('\n', (await database.IntrospectAsync()).Unmanaged.Select(u => $"{u.Kind} {u.Name.Name}")));
    }

    [Fact]
    public async Task Partial_indexes_are_left_alone_and_named_where_the_schema_cannot_say_them()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE TABLE t (a int); CREATE INDEX p ON t (a) WHERE a > 1; CREATE INDEX q ON t (a)");
        var schema = await new PostgresIntrospector(database.Session).ReadAsync(new IntrospectionScope([]) { LeavesPartialIndexes = true }, Cancel);
        Assert.Equal(["q"], schema.Tables[0].Indexes.Select(i => i.Name));
        var left = Assert.Single(schema.Unmanaged);
        Assert.Equal(new UnmanagedObject("partial index", Public("p"), Public("t")), left with { Index = null });
        Assert.Equal(("p", "(a > 1)"), (left.Index!.Name, left.Index.Predicate!.Text));
        Assert.Equal(["p", "q"], (await database.IntrospectAsync()).Tables[0].Indexes.Select(i => i.Name));
    }

    [Fact]
    public async Task What_a_database_has_is_written_as_the_engine_writes_it()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE TABLE "T" ("id" INTEGER NOT NULL, "a" TIMESTAMP NOT NULL, "b" TIMESTAMPTZ, "c" TIME, "d" TIMETZ[], "e" TIMESTAMP(3)[], CONSTRAINT "T_pkey" PRIMARY KEY ("id"));
            CREATE INDEX "x" ON "T" ("a", "b" DESC);
            """);
        var schema = await database.IntrospectAsync();
        Assert.Equal(
            """
            -- CreateSchema
            CREATE SCHEMA IF NOT EXISTS "public";

            -- CreateTable
            CREATE TABLE "public"."T" (
                "id" INTEGER NOT NULL,
                "a" TIMESTAMP(6) NOT NULL,
                "b" TIMESTAMPTZ(6),
                "c" TIME(6),
                "d" TIMETZ[],
                "e" TIMESTAMP(3)[],

                CONSTRAINT "T_pkey" PRIMARY KEY ("id")
            );

            -- CreateIndex
            CREATE INDEX "x" ON "public"."T"("a" ASC, "b" DESC);
            """,
            ScriptedDatabase.Script(PostgresDialect.Instance, DatabaseSchema.Empty, schema with { Extensions = [] }).TrimEnd());
    }

    [Fact]
    public async Task What_belongs_to_an_extension_is_the_extension_alone()
    {
        await using var database = await PostgresTestDatabase.CreateAsync("CREATE EXTENSION pg_stat_statements; CREATE EXTENSION citext; CREATE EXTENSION hstore");
        var schema = await database.IntrospectAsync();
        Assert.Equal(["citext", "hstore", "pg_stat_statements", "plpgsql"], schema.Extensions.Select(e => e.Name));
        Assert.Equal(("public", true), (schema.Extensions[0].Namespace, schema.Extensions[0].Version!.Length > 0));
        Assert.Equal((0, 0, 0, 0), (schema.Tables.Count, schema.Views.Count, schema.Enums.Count, schema.Unmanaged.Count));
    }

    [Fact]
    public async Task Only_the_namespaces_asked_for_are_read_in_their_order_and_the_history_is_nobodys_table()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            "CREATE SCHEMA b; CREATE SCHEMA a; CREATE TABLE a.t (id int); CREATE TABLE b.t (id int); CREATE TABLE t (id int); CREATE TABLE _prisma_migrations (id int, CHECK (id > 0))");
        var schema = await database.IntrospectAsync("b", "nix", "a");
        Assert.Equal(["b", "a"], schema.Namespaces);
        Assert.Equal(["a.t", "b.t"], schema.Tables.Select(t => t.Name.ToString()));
        var own = await database.IntrospectAsync();
        Assert.Equal(["public.t"], own.Tables.Select(t => t.Name.ToString()));
        Assert.Empty(own.Unmanaged);
    }

    [Fact]
    public async Task Inside_a_transaction_it_sees_what_the_transaction_made_and_leaves_the_search_path()
    {
        await using var database = await PostgresTestDatabase.CreateAsync();
        await using (await database.Session.BeginAsync(TransactionPurpose.Rows, Cancel))
        {
            await database.Session.ExecuteAsync("CREATE TABLE t (id int)", Cancel);
            Assert.Single((await database.IntrospectAsync()).Tables);
            await database.Session.ExecuteAsync("CREATE TABLE u (id int)", Cancel);
            Assert.Equal(["public.t", "public.u"], (await database.IntrospectAsync()).Tables.Select(t => t.Name.ToString()));
        }

        Assert.Empty((await database.IntrospectAsync()).Tables);
    }

    [Fact]
    public async Task Identity_columns_count_up_and_nextval_of_any_sequence_does_too()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """CREATE SEQUENCE "Own s"; CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b bigint GENERATED BY DEFAULT AS IDENTITY, c bigserial, d int DEFAULT nextval('"Own s"'), e text DEFAULT nextval('"Own s"'))""");
        var columns = (await database.IntrospectAsync()).Tables[0].Columns;
        Assert.Equal([true, true, true, true, false], columns.Select(c => c.IsAutoIncrement));
        Assert.Equal([null, null, new DefaultValue.NextValue(Public("t_c_seq")), new DefaultValue.NextValue(Public("Own s"))], columns.Take(4).Select(c => c.Default));
        Assert.IsType<DefaultValue.Expression>(columns[4].Default);
    }

    [Fact]
    public async Task Nasty_names_come_back_as_they_are()
    {
        const string Name = "a\"b'c.d;e $$ ünïcode 😀 -- /* ";
        var quoted = "\"" + Name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        await using var database = await PostgresTestDatabase.CreateAsync(
            $"CREATE TYPE {quoted} AS ENUM ('{Name.Replace("'", "''", StringComparison.Ordinal)}'); CREATE TABLE t ({quoted} serial PRIMARY KEY, e {quoted}[] DEFAULT ARRAY['{Name.Replace("'", "''", StringComparison.Ordinal)}']::{quoted}[])");
        var schema = await database.IntrospectAsync();
        var table = Assert.Single(schema.Tables);
        Assert.Equal((Name, Name), (table.Columns[0].Name, table.PrimaryKey!.Parts[0].Column));
        Assert.Equal(Public(Name), table.Columns[1].Type.Enum);
        Assert.Equal(new DefaultValue.Literal(new LiteralValue.List([new LiteralValue.EnumLabel(Name)])), table.Columns[1].Default);
        Assert.True(table.Columns[0].IsAutoIncrement);
    }

    [Fact]
    public async Task The_number_of_queries_does_not_grow_with_the_schema()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a text, b int)', i); END LOOP; END $$");
        var start = TimeProvider.System.GetTimestamp();
        var schema = await new PostgresIntrospector(database.Session).ReadAsync(new IntrospectionScope([]), Cancel);
        Assert.Equal(300, schema.Tables.Count);
        Assert.All(schema.Tables, t => Assert.Equal((3, 1), (t.Columns.Count, t.PrimaryKey!.Parts.Count)));
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    private static QualifiedName Public(string name) => new("public", name);

    private static ColumnType Type(TypeFamily family, string storeType, ColumnArity arity) => new() { Family = family, StoreType = storeType, Arity = arity };
}
