using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

public sealed class IntrospectionTests
{
    [Fact]
    public async Task Tables_columns_keys_and_indexes_come_back_in_the_order_of_their_names()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(
            """
            CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
            CREATE TABLE "users" ("id" SERIAL NOT NULL, "email" VARCHAR(65), "tags" TEXT[], role "Role" DEFAULT 'USER', CONSTRAINT "users_pkey" PRIMARY KEY ("id"));
            CREATE TABLE "a" (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "u" INTEGER NOT NULL DEFAULT -1 REFERENCES users ON DELETE CASCADE, j JSONB DEFAULT '{"a": 1}', UNIQUE (u));
            CREATE INDEX z ON "users" (email DESC) WHERE id > 3;
            CREATE UNIQUE INDEX b ON "users" (email, id);
            CREATE INDEX g ON "a" USING gin (j jsonb_path_ops);
            CREATE VIEW v AS SELECT 1 AS one;
            CREATE INDEX e ON "a" ((u + 1));
            """);
        var schema = await database.IntrospectAsync();
        Assert.Equal(["a", "users"], schema.Tables.Select(t => t.Name.Name));
    }
}
