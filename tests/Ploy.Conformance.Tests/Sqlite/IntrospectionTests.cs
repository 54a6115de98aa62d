using Ploy.Core;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Sqlite;
using Ploy.Sqlite.Types;
using Xunit;

namespace Ploy.Conformance.Tests.Sqlite;

public sealed class IntrospectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_read_with_all_that_the_language_can_say()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(
            """
            CREATE TABLE "Parent" ("x" TEXT NOT NULL, "y" INTEGER NOT NULL, PRIMARY KEY ("y", "x"));
            CREATE TABLE "Kid" (
                "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                "a" TEXT DEFAULT 'it''s',
                "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
                "px" TEXT, "py" INTEGER,
                "other" INTEGER REFERENCES kid,
                "odd" Money DEFAULT 1,
                CONSTRAINT "k" FOREIGN KEY ("px", "py") REFERENCES "Parent" ("x", "y") ON DELETE SET NULL ON UPDATE CASCADE
            );
            CREATE UNIQUE INDEX "u" ON "Kid" ("px" DESC, "py");
            CREATE INDEX "i" ON "Kid" ("a") WHERE "a" <> 'where';
            """);
        var schema = await database.IntrospectAsync();
        Assert.Equal(
            new DatabaseSchema
            {
                Tables =
                [
                    new Table
                    {
                        Name = Name("Kid"),
                        Columns =
                        [
                            Column("id", TypeFamily.Int, ColumnArity.Required) with { IsAutoIncrement = true },
                            Column("a", TypeFamily.String, ColumnArity.Nullable) with { Default = new DefaultValue.Literal(new LiteralValue.Text("it's")) },
                            Column("at", TypeFamily.DateTime, ColumnArity.Required) with { Default = new DefaultValue.Now() },
                            Column("px", TypeFamily.String, ColumnArity.Nullable),
                            Column("py", TypeFamily.Int, ColumnArity.Nullable),
                            Column("other", TypeFamily.Int, ColumnArity.Nullable),
                            new Column
                            {
                                Name = "odd",
                                Type = new ColumnType { Family = TypeFamily.Unsupported, StoreType = "money", Arity = ColumnArity.Nullable },
                                Default = new DefaultValue.Expression(new SqlExpression("1")),
                            },
                        ],
                        PrimaryKey = Key("id"),
                        Indexes =
                        [
                            new TableIndex { Name = "i", Parts = [new IndexPart { Column = "a", IsAscendingWritten = true }], Predicate = new SqlExpression("\"a\" <> 'where'") },
                            new TableIndex { Name = "u", IsUnique = true, Parts = [new IndexPart { Column = "px", IsDescending = true }, new IndexPart { Column = "py", IsAscendingWritten = true }] },
                        ],
                        ForeignKeys =
                        [
                            ForeignKey(["other"], "Kid", ["id"], ReferentialAction.NoAction, ReferentialAction.NoAction),
                            ForeignKey(["px", "py"], "Parent", ["x", "y"], ReferentialAction.SetNull, ReferentialAction.Cascade),
                        ],
                        Objects = [Index("i", "(\"a\") WHERE \"a\" <> 'where'"), Index("u", "UNIQUE (\"px\" DESC, \"py\")")],
                    },
                    new Table
                    {
                        Name = Name("Parent"),
                        Columns = [Column("x", TypeFamily.String, ColumnArity.Required), Column("y", TypeFamily.Int, ColumnArity.Required)],
                        PrimaryKey = Key("y", "x"),
                    },
                ],
            },
            schema);
        Assert.True(SchemaDiffer.Diff(schema, schema, SqliteDialect.Instance).IsEmpty);
    }

    [Fact]
    public async Task What_the_language_cannot_say_is_named_with_what_makes_it_again()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE CHECK (a <> ''), b INT AS (id + 1) STORED, CONSTRAINT c CHECK (id > 0)) STRICT;
            CREATE INDEX e ON t (lower(a));
            CREATE INDEX g ON t (b);
            CREATE INDEX p ON t (a) WHERE a > 'm';
            CREATE TRIGGER r AFTER DELETE ON t BEGIN SELECT 1; END;
            CREATE VIEW v AS SELECT a FROM t;
            CREATE VIRTUAL TABLE f USING fts5 (x);
            CREATE TABLE _prisma_migrations (id TEXT CHECK (id <> ''));
            CREATE TABLE _ploy_state (id TEXT CHECK (id <> ''));
            """);
        var schema = await database.IntrospectAsync(leavesPartialIndexes: true);
        Assert.Equal(["t"], schema.Tables.Select(t => t.Name.Name));
        Assert.Equal(["id", "a"], schema.Tables[0].Columns.Select(c => c.Name));
        Assert.Empty(schema.Tables[0].Indexes);
        Assert.Equal([new View(Name("v"), "CREATE VIEW v AS SELECT a FROM t")], schema.Views);
        Assert.Equal(
            [
                new UnmanagedObject("check constraint", Name("CHECK (a <> '')"), Name("t"), "CHECK (a <> '')"),
                new UnmanagedObject("check constraint", Name("c"), Name("t"), "CONSTRAINT c CHECK (id > 0)"),
                new UnmanagedObject("collation", Name("a"), Name("t"), "NOCASE"),
                new UnmanagedObject("expression index", Name("e"), Name("t"), "CREATE INDEX e ON t (lower(a))"),
                new UnmanagedObject("generated column", Name("b"), Name("t"), "b INT AS (id + 1) STORED"),
                new UnmanagedObject("index on a generated column", Name("g"), Name("t"), "CREATE INDEX g ON t (b)"),
                new UnmanagedObject("partial index", Name("p"), Name("t"), "CREATE INDEX p ON t (a) WHERE a > 'm'"),
                new UnmanagedObject("table option", Name("STRICT"), Name("t"), "STRICT"),
                new UnmanagedObject("trigger", Name("r"), Name("t"), "CREATE TRIGGER r AFTER DELETE ON t BEGIN SELECT 1; END"),
                new UnmanagedObject("virtual table", Name("f"), null, "CREATE VIRTUAL TABLE f USING fts5 (x)"),
            ],
            schema.Unmanaged.Select(u => u with { Index = null, Column = null }));
        Assert.Equal(["b: id + 1"], schema.Unmanaged.Where(u => u.Column is not null).Select(u => $"{u.Column!.Name}: {u.Column.Generated!.Text}"));
        Assert.Equal(["g: b", "p: "], schema.Unmanaged.Where(u => u.Name.Name is "g" or "p").Select(u => $"{u.Name}: {string.Join(',', u.Index?.Parts.Select(p => p.Column) ?? [])}"));
    }

    [Theory]
    [InlineData("INT", TypeFamily.Int)]
    [InlineData("integer", TypeFamily.Int)]
    [InlineData("BIGINT", TypeFamily.BigInt)]
    [InlineData("DOUBLE", TypeFamily.Float)]
    [InlineData("DECIMAL(10,2)", TypeFamily.Decimal)]
    [InlineData("Boolean", TypeFamily.Boolean)]
    [InlineData("NVARCHAR(20)", TypeFamily.String)]
    [InlineData("TIMESTAMP", TypeFamily.DateTime)]
    [InlineData("BINARY", TypeFamily.Binary)]
    [InlineData("JSONB", TypeFamily.Json)]
    [InlineData("JSON", TypeFamily.Unsupported)]
    [InlineData("", TypeFamily.Unsupported)]
    public async Task Declared_types_mean_what_the_engine_takes_them_for(string declared, TypeFamily family)
    {
        await using var database = await SqliteTestDatabase.CreateAsync($"CREATE TABLE t (id INTEGER PRIMARY KEY, a {declared})");
        var type = (await database.IntrospectAsync()).Tables[0].Columns[1].Type;
        Assert.Equal((family, family == TypeFamily.Unsupported ? declared.ToLowerInvariant() : SqliteTypes.Default(family, ColumnArity.Nullable).StoreType), (type.Family, type.StoreType));
    }

    [Fact]
    public async Task Only_a_lone_INTEGER_key_is_counted_up_and_other_keys_may_be_null()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(
            "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id TEXT PRIMARY KEY); CREATE TABLE c (id INTEGER, n INTEGER, PRIMARY KEY (id, n)); CREATE TABLE d (id INT PRIMARY KEY)");
        Assert.Equal(
            [(ColumnArity.Required, true), (ColumnArity.Nullable, false), (ColumnArity.Nullable, false), (ColumnArity.Nullable, false)],
            (await database.IntrospectAsync()).Tables.Select(t => (t.Columns[0].Type.Arity, t.Columns[0].IsAutoIncrement)));
    }

    [Fact]
    public async Task Inside_a_transaction_its_own_changes_are_seen_and_it_goes_on()
    {
        await using var database = await SqliteTestDatabase.CreateAsync();
        await using (await database.Session.BeginAsync(Relational.Sessions.TransactionPurpose.Script, Cancel))
        {
            await database.Session.ExecuteAsync("CREATE TABLE a (id INTEGER PRIMARY KEY)", Cancel);
            Assert.Single((await database.IntrospectAsync()).Tables);
        }

        Assert.Empty((await database.IntrospectAsync()).Tables);
    }

    private static QualifiedName Name(string name) => new(null, name);

    private static SchemaObject Index(string name, string text) =>
        new() { Kind = ObjectKind.Index, Name = Name(name), Table = Name("Kid"), Definition = new SqlExpression(text) };

    private static PrimaryKey Key(params string[] columns) => new(null, columns.Select(c => new IndexPart { Column = c }).ToEquatableArray());

    private static Column Column(string name, TypeFamily family, ColumnArity arity) => new() { Name = name, Type = SqliteTypes.Default(family, arity) };

    private static ForeignKey ForeignKey(string[] columns, string target, string[] targetColumns, ReferentialAction onDelete, ReferentialAction onUpdate) => new()
    {
        Name = null,
        Columns = columns.ToEquatableArray(),
        Target = Name(target),
        TargetColumns = targetColumns.ToEquatableArray(),
        OnDelete = onDelete,
        OnUpdate = onUpdate,
    };
}
