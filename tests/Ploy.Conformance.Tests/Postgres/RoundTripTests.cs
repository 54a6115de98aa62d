using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Postgres;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;
using Xunit;

namespace Ploy.Conformance.Tests.Postgres;

/// <summary>Schema, SQL, apply, introspect, diff: empty. Also where the engine's own next diff never is.</summary>
public sealed class RoundTripTests
{
    private const string Head = "datasource db {\n provider = \"postgresql\"\n}\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a String @db.Char", "a String @db.Char(3)", "a String @db.Bit", "a String @db.Bit(3)", "a String @db.VarChar", "a String @db.VarBit", "a String @db.VarBit(5)", "a String @db.Citext")]
    [InlineData("a String @db.Uuid @default(\"5f1a1c4e-0f3d-4c8e-9a55-0e4c9e3f2a11\")", "a String[] @db.Uuid @default([\"5F1A1C4E-0f3d-4c8e-9a55-0e4c9e3f2a11\"])", "a String @db.Uuid @default(dbgenerated(\"gen_random_uuid()\"))")]
    [InlineData("a BigInt[] @default([1, -2])", "a Int[] @db.SmallInt @default([1, -2])", "a Int[] @db.Oid @default([1, 2])", "a Int[] @default([])", "a Float[] @default([-1.5, 2, 0.1])", "a Decimal[] @default([1.50, -3])", "a Boolean[] @default([true, false])")]
    [InlineData("a String[] @default([\"a\", \"it's\", \"q\\\"\\\\\", \"\", \"NULL\", \"{a,b}\"])", "a String[] @db.VarChar(5) @default([\"a\"])", "a Json[] @default([\"{\\\"a\\\": 1}\"])", "a Bytes[] @default([\"aGk=\"])", "a DateTime[] @default([\"2020-01-01T00:00:00.000Z\"])")]
    [InlineData("a Float @default(-1.5)", "a Float @db.Real @default(0.1)", "a Decimal @default(-100.00)", "a Decimal @db.Decimal(10, 2) @default(1)", "a Decimal @db.Money @default(5)", "a BigInt @default(-9223372036854775808)", "a Int @db.SmallInt @default(-1)", "a Int @db.Oid @default(7)")]
    [InlineData("a Int @default(dbgenerated(\"1\"))", "a Int @default(dbgenerated(\"1 + 1\"))", "a String @default(dbgenerated(\"'abc'\"))", "a String @default(dbgenerated(\"'abc'::text\"))", "a Boolean @default(dbgenerated(\"TRUE\"))", "a String @default(dbgenerated(\"lower('X')\"))")]
    [InlineData("a DateTime @default(dbgenerated(\"now()\"))", "a DateTime @default(dbgenerated(\"NOW( )\"))", "a DateTime @default(dbgenerated(\"CURRENT_TIMESTAMP\"))", "a DateTime @default(now())", "a DateTime @db.Date @default(now())", "a DateTime @db.Timetz @default(now())", "a DateTime @default(dbgenerated(\"(now() + interval '1 day')\"))", "a DateTime @db.Timestamptz(6) @default(\"2020-01-01T00:00:00.123Z\")")]
    [InlineData("a Unsupported(\"numeric(7,3)\")", "a Unsupported(\"NUMERIC( 7 , 3 )\")?", "a Unsupported(\"point\")", "a Unsupported(\"int4range\")[]", "a Unsupported(\"text\") @default(dbgenerated(\"'x'\"))", "a Unsupported(\"character varying(5)\")?", "a Unsupported(\"tsvector\")?", "a Unsupported(\"\\\"char\\\"\")")]
    [InlineData("a Json @default(\"{\\\"a\\\":   [1, 2]}\")", "a Json @db.Json @default(\"{\\\"a\\\":   1}\")", "a Bytes @default(\"aGk=\")", "a Bytes @default(\"\")", "a String @default(\"\")", "a String @default(\"it's \\\\ \\n \\\"q\\\"\")", "a String @db.Xml @default(\"<a/>\")", "a String @db.Inet @default(\"10.0.0.1\")", "a String @db.Bit(3) @default(\"101\")")]
    [InlineData("a E @default(it_s)", "a E[] @default([it_s, odd])", "a E @default(dbgenerated(\"'odd value'\"))", "a E?", "a E[]")]
    [InlineData("a Int @default(autoincrement())", "a BigInt @default(autoincrement())", "a Int @db.SmallInt @default(autoincrement())")]
    public async Task Any_column_converges(params string[] fields)
    {
        var models = fields.Select((field, i) => $"model M{i} {{\n  id String @id\n  {field}\n}}\n");
        await ConvergesAsync("enum E {\n plain\n it_s @map(\"it's\")\n odd @map(\"odd value\")\n @@map(\"odd.Name'e\")\n}\n" + string.Concat(models), "CREATE EXTENSION citext");
    }

    [Fact]
    public async Task Keys_indexes_and_relations_converge() => await ConvergesAsync(
        """
        model A {
          id   Int    @default(autoincrement())
          b    String @unique
          c    String @db.VarChar(20)
          d    Json
          e    Int[]
          list B[]
          self A?     @relation("s", fields: [sid], references: [id], onDelete: SetDefault, onUpdate: NoAction)
          sid  Int?   @default(1)
          kids A[]    @relation("s")
          many C[]
          @@id([id], map: "odd name")
          @@unique([b, c(sort: Desc)])
          @@index([c(ops: raw("text_pattern_ops"))], map: "tpo")
          @@index([c(ops: raw("varchar_pattern_ops"), sort: Desc)])
          @@index([c(ops: raw("text_ops"))], map: "plain")
          @@index([d(ops: JsonbPathOps)], type: Gin)
          @@index([d(ops: JsonbOps)], type: Gin, map: "jo")
          @@index([e], type: Gin, map: "ea")
          @@index([e(ops: ArrayOps)], type: Gin, map: "eao")
          @@index([b], type: Hash)
          @@index([id(ops: Int4MinMaxOps)], type: Brin, map: "br")
        }
        model B {
          aid Int
          k   Int
          a   A   @relation(fields: [aid], references: [id], onDelete: Cascade, onUpdate: Restrict, map: "fk 'name'")
          @@id([k, aid])
          @@map("b.ä\"")
        }
        model C {
          id Int @id
          as A[]
        }
        """.Replace("@@map(\"b.ä\\\"\")", "@@map(\"b.ä\")", StringComparison.Ordinal));

    [Fact]
    public async Task Partial_indexes_converge_however_they_are_written() => await ConvergesAsync(
        """
        generator g {
          provider = "x"
          previewFeatures = ["partialIndexes"]
        }
        model T {
          id Int @id
          a  Int?
          b  String
          c  Boolean
          @@index([a], where: raw("a>3 and b is not null"), map: "i1")
          @@index([a], where: raw("\"T\".b in ('x', 'y')"), map: "i2")
          @@unique([b], where: { c: true }, map: "i3")
          @@index([b], where: raw("((c))"), map: "i4")
        }
        """);

    [Fact]
    public async Task Several_namespaces_converge() => await ConvergesAsync(
        """
        model A {
          id Int @id @default(autoincrement())
          e  E   @default(x)
          b  B?
          @@schema("one")
        }
        model B {
          id Int @id
          a  A   @relation(fields: [id], references: [id])
          e  E2[] @default([y])
          @@schema("public")
        }
        enum E {
          x
          @@schema("public")
        }
        enum E2 {
          y
          @@schema("one")
        }
        """,
        datasource: "datasource db {\n provider = \"postgresql\"\n schemas = [\"one\", \"public\"]\n}\n");

    [Theory]
    [InlineData("TIMESTAMP", "DateTime", "ALTER COLUMN \"a\" SET DATA TYPE TIMESTAMP(3)")]
    [InlineData("TIMESTAMPTZ", "DateTime @db.Timestamptz(3)", "ALTER COLUMN \"a\" SET DATA TYPE TIMESTAMPTZ(3)")]
    [InlineData("TIMESTAMP", "DateTime @db.Timestamp(6)", null)]
    [InlineData("TIMESTAMP", "DateTime @db.Timestamp", null)]
    [InlineData("TIME", "DateTime @db.Time", null)]
    public async Task A_time_without_digits_in_the_database_has_six(string inDatabase, string inSchema, string? change)
    {
        await using var database = await PostgresTestDatabase.CreateAsync($"CREATE TABLE \"T\" (\"id\" INTEGER CONSTRAINT \"T_pkey\" PRIMARY KEY, \"a\" {inDatabase} NOT NULL)");
        var compilation = SchemaCompiler.Compile([SourceText.From("schema.prisma", $"datasource db {{\n  provider = \"postgresql\"\n}}\nmodel T {{\n  id Int @id\n  a {inSchema}\n}}\n")]);
        var dialect = PostgresDialect.Instance;
        var desired = await dialect.Connector.Canonicalizer(database.Session).CanonicalizeAsync(SchemaCalculator.Calculate(compilation.Model!, dialect), TestContext.Current.CancellationToken);
        Assert.Equal(
            change is null ? MigrationScript.Empty : $"-- AlterTable\nALTER TABLE \"T\" {change};",
            MigrationScript.Render(SchemaDiffer.Diff(await database.IntrospectAsync(), desired, dialect), dialect).TrimEnd());
    }

    private static async Task ConvergesAsync(string models, string? before = null, string datasource = Head)
    {
        var compilation = SchemaCompiler.Compile([SourceText.From("schema.prisma", datasource + models)]);
        Assert.Empty(compilation.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Message));
        var dialect = PostgresDialect.Instance;
        var desired = SchemaCalculator.Calculate(compilation.Model!, dialect);
        await using var database = await PostgresTestDatabase.CreateAsync(before);
        var script = MigrationScript.Render(SchemaDiffer.Diff(DatabaseSchema.Empty, desired, dialect), dialect);
        await database.Session.ExecuteAsync(script, Cancel);

        var scope = new IntrospectionScope([.. desired.Namespaces]);
        var actual = await dialect.Connector.Introspector(database.Session).ReadAsync(scope, Cancel);
        var printed = await dialect.Connector.Canonicalizer(database.Session).CanonicalizeAsync(desired, Cancel);
        Assert.Equal(MigrationScript.Empty, MigrationScript.Render(SchemaDiffer.Diff(actual, printed, dialect), dialect).TrimEnd());

        // The question left no trace.
        Assert.Equal(actual, await dialect.Connector.Introspector(database.Session).ReadAsync(scope, Cancel));
        Assert.All(printed.Tables.SelectMany(t => t.Columns), c => Assert.NotNull(c.Printed.Type));
    }
}
