using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Relational.Diff;
using Ploy.Relational.Planning;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Sqlite;

/// <summary>What a table has that the schema cannot say survives where it is made anew.</summary>
public sealed class RebuildTests
{
    private const string Start =
        """
        CREATE TABLE "Parent" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT COLLATE NOCASE, "gone" INTEGER, "twice" INTEGER AS ("id" * 2),
            CONSTRAINT "positive" CHECK ("id" > 0), CHECK ("gone" > 0));
        CREATE TABLE "Kid" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "parentId" INTEGER NOT NULL,
            CONSTRAINT "Kid_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Parent" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE TABLE "Log" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "text" TEXT);
        CREATE INDEX "lower" ON "Parent" (lower("name"));
        CREATE INDEX "on_gone" ON "Parent" ("gone" + 1);
        CREATE VIEW "names" AS SELECT "id", "name" FROM "Parent";
        CREATE VIEW "first" AS SELECT min("id") AS "id" FROM names;
        CREATE VIEW "logs" AS SELECT * FROM "Log";
        CREATE TRIGGER "renamed" AFTER UPDATE OF "name" ON "Parent" BEGIN INSERT INTO "Log" ("text") VALUES (CASE WHEN new."name" IS NULL THEN '-' ELSE new."name" END); END;
        CREATE TRIGGER "born" AFTER INSERT ON "Kid" BEGIN UPDATE "Parent" SET "name" = "name" || '+' WHERE "id" = new."parentId"; END;
        CREATE TRIGGER "through" INSTEAD OF DELETE ON "first" BEGIN DELETE FROM "Parent" WHERE "id" = old."id"; END;
        INSERT INTO "Parent" ("id", "name", "gone") VALUES (1, 'Ann', 1), (2, NULL, 2);
        INSERT INTO "Kid" ("parentId") VALUES (1), (2), (2);
        """;

    private const string Schema =
        """
        datasource db {
          provider = "sqlite"
        }
        model Parent {
          id   Int    @id @default(autoincrement())
          name String @default("none")
          kids Kid[]
        }
        model Kid {
          id       Int    @id @default(autoincrement())
          parentId Int
          parent   Parent @relation(fields: [parentId], references: [id], onDelete: Cascade)
        }
        model Log {
          id   Int     @id @default(autoincrement())
          text String?
        }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Triggers_views_checks_collations_generated_columns_and_indexes_are_made_again()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(Start);
        Expect.Text(
            """
            -- RedefineTables
            PRAGMA defer_foreign_keys=ON;
            PRAGMA foreign_keys=OFF;
            DROP TRIGGER "born";
            DROP TRIGGER "renamed";
            DROP TRIGGER "through";
            DROP VIEW "first";
            DROP VIEW "names";
            CREATE TABLE "new_Parent" (
                "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                "name" TEXT NOT NULL DEFAULT 'none' COLLATE NOCASE,
                "twice" INTEGER AS ("id" * 2),
                CONSTRAINT "positive" CHECK ("id" > 0)
            );
            INSERT INTO "new_Parent" ("id", "name") SELECT "id", coalesce("name", 'none') AS "name" FROM "Parent";
            DROP INDEX "on_gone";
            DROP TABLE "Parent";
            ALTER TABLE "new_Parent" RENAME TO "Parent";
            CREATE INDEX "lower" ON "Parent" (lower("name"));
            CREATE VIEW "names" AS SELECT "id", "name" FROM "Parent";
            CREATE VIEW "first" AS SELECT min("id") AS "id" FROM names;
            CREATE TRIGGER "born" AFTER INSERT ON "Kid" BEGIN UPDATE "Parent" SET "name" = "name" || '+' WHERE "id" = new."parentId"; END;
            CREATE TRIGGER "renamed" AFTER UPDATE OF "name" ON "Parent" BEGIN INSERT INTO "Log" ("text") VALUES (CASE WHEN new."name" IS NULL THEN '-' ELSE new."name" END); END;
            CREATE TRIGGER "through" INSTEAD OF DELETE ON "first" BEGIN DELETE FROM "Parent" WHERE "id" = old."id"; END;
            PRAGMA foreign_keys=ON;
            PRAGMA defer_foreign_keys=OFF;

            """,
            await RemainingAsync(database, Schema));
        await database.MigrateAsync(await RemainingAsync(database, Schema));
        Expect.Text(MigrationScript.Empty, await RemainingAsync(database, Schema));
        Assert.Equal((3L, 3L), (await database.NumberAsync("SELECT count(*) FROM \"Kid\""), await database.NumberAsync("SELECT count(*) FROM \"Log\"")));

        await database.Session.ExecuteAsync("INSERT INTO \"Kid\" (\"parentId\") VALUES (1); DELETE FROM \"first\"", Cancel);
        Assert.Equal(1, await database.NumberAsync("SELECT count(*) FROM \"Log\" WHERE \"text\" = 'Ann++'"));
        Assert.Equal((4L, 2L), (await database.NumberAsync("SELECT \"twice\" FROM \"Parent\" WHERE \"name\" = 'NONE'"), await database.NumberAsync("SELECT count(*) FROM \"Kid\"")));
        await Assert.ThrowsAsync<Relational.Sessions.StatementException>(async () => await database.Session.ExecuteAsync("INSERT INTO \"Parent\" (\"id\") VALUES (-1)", Cancel));
    }

    [Fact]
    public async Task A_script_that_knows_nothing_of_triggers_views_and_expression_indexes_keeps_them_too()
    {
        await using var database = await SqliteTestDatabase.CreateAsync(Start);
        const string objects = "SELECT sum(type = 'trigger') * 100 + sum(type = 'view') * 10 + sum(type = 'index' AND sql IS NOT NULL) FROM sqlite_schema";
        Assert.Equal(332, await database.NumberAsync(objects));
        const string rebuild =
            """
            PRAGMA foreign_keys=OFF;
            CREATE TABLE "new_Parent" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL DEFAULT 'none');
            INSERT INTO "new_Parent" ("id", "name") SELECT "id", coalesce("name", 'none') AS "name" FROM "Parent";
            DROP TABLE "Parent";
            ALTER TABLE "new_Parent" RENAME TO "Parent";
            PRAGMA foreign_keys=ON;
            """;
        await database.MigrateAsync(rebuild);

        // The index over a column that is gone went with it.
        Assert.Equal(331, await database.NumberAsync(objects));
        await database.Session.ExecuteAsync("UPDATE \"Parent\" SET \"name\" = 'new' WHERE \"id\" = 2; DELETE FROM \"first\"", Cancel);
        Assert.Equal((1L, 1L), (await database.NumberAsync("SELECT count(*) FROM \"Log\" WHERE \"text\" = 'new'"), await database.NumberAsync("SELECT count(*) FROM names")));

        await database.MigrateAsync("DROP TRIGGER renamed; DROP VIEW \"first\";" + rebuild + "CREATE VIEW logs2 AS SELECT 1;");
        Assert.Equal(131, await database.NumberAsync(objects));
    }

    [Fact]
    public async Task Unique_inside_a_table_becomes_the_index_that_the_schema_says_or_stays_where_it_says_its_own_name()
    {
        const string schema = "datasource db {\n  provider = \"sqlite\"\n}\nmodel T {\n  id Int @id\n  a String? @unique\n}\n";
        await using var database = await SqliteTestDatabase.CreateAsync("CREATE TABLE \"T\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"a\" TEXT UNIQUE)");
        var pulled = schema.Replace("@unique", "@unique(map: \"sqlite_autoindex_T_1\")", StringComparison.Ordinal);
        Expect.Text(MigrationScript.Empty, await RemainingAsync(database, pulled));

        await database.MigrateAsync(await RemainingAsync(database, schema));
        Expect.Text(MigrationScript.Empty, await RemainingAsync(database, schema));
        Assert.Equal(1, await database.NumberAsync("SELECT count(*) FROM sqlite_schema WHERE name = 'T_a_key'"));

        await database.MigrateAsync(await RemainingAsync(database, pulled));
        Expect.Text(MigrationScript.Empty, await RemainingAsync(database, pulled));
    }

    [Fact]
    public async Task Defaults_that_the_engine_gets_wrong_give_their_values()
    {
        const string schema =
            """
            datasource db {
              provider = "sqlite"
            }
            model T {
              id      Int     @id
              object  Json    @default("{\"a\": [1, \"x'y\"]}")
              list    Json    @default("[]")
              flag    Json    @default("true")
              number  Json    @default("1")
              bytes   Bytes   @default("aGk=")
              raw     String  @default(dbgenerated("(lower('X'))"))
              literal String  @default(dbgenerated("'x'"))
              odd     Unsupported("FOO(1, 2)")?
            }
            """;
        await using var database = await SqliteTestDatabase.CreateAsync();
        await database.MigrateAsync(await RemainingAsync(database, schema));
        Expect.Text(MigrationScript.Empty, await RemainingAsync(database, schema));
        await database.Session.ExecuteAsync("INSERT INTO \"T\" (\"id\") VALUES (1)", Cancel);
        Assert.Equal(
            1,
            await database.NumberAsync(
                """
                SELECT count(*) FROM "T"
                WHERE "object" = '{"a": [1, "x''y"]}' AND "list" = '[]' AND "flag" = 'true' AND "number" = 1 AND "bytes" = X'6869' AND "raw" = 'x' AND "literal" = 'x'
                """));
    }

    /// <summary>What has still to be done on a live database.</summary>
    private static async Task<string> RemainingAsync(SqliteTestDatabase database, string schema)
    {
        var compilation = SchemaCompiler.Compile([SourceText.From("schema.prisma", schema)]);
        Assert.False(compilation.HasErrors);
        var desired = await SqliteTestDatabase.Connector.Canonicalizer(database.Session)
            .CanonicalizeAsync(SchemaCalculator.Calculate(compilation.Model!, SqliteDialect.Instance), Cancel);
        return MigrationScript.Render(SchemaDiffer.Diff(await database.IntrospectAsync(), desired, SqliteDialect.Instance), SqliteDialect.Instance);
    }
}
