using CsCheck;
using Ploy.Postgres;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Json;
using Ploy.Relational.Model;
using Ploy.Testing.Generators;
using Xunit;

namespace Ploy.Unit.Tests.Relational;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void A_schema_comes_back_as_it_was() =>
        Gen.Int.Sample(seed =>
        {
            var schema = new SchemaGenerator(seed).Schema();
            var json = CanonicalJson.Write(schema);
            var back = CanonicalJson.ReadSchema(json);
            Assert.Equal(schema, back);
            Assert.Equal(json, CanonicalJson.Write(back));
        }, iter: 200);

    [Fact]
    public void Changes_come_back_as_they_were() =>
        Gen.Int.Sample(seed =>
        {
            var generator = new SchemaGenerator(seed);
            var changes = SchemaDiffer.Diff(generator.Schema(), generator.Schema(), PostgresDialect.Instance).Changes;
            Assert.Equal(changes, CanonicalJson.ReadChanges(CanonicalJson.Write(changes)));
        }, iter: 100);

    [Fact]
    public void Every_mutation_comes_back()
    {
        foreach (var mutation in SchemaMutations.All)
        {
            Assert.Equal(mutation.Schema, CanonicalJson.ReadSchema(CanonicalJson.Write(mutation.Schema)));
            var changes = SchemaDiffer.Diff(SchemaMutations.Base, mutation.Schema, PostgresDialect.Instance).Changes;
            Assert.Equal(changes, CanonicalJson.ReadChanges(CanonicalJson.Write(changes)));
        }
    }

    [Fact]
    public void Every_kind_of_default_and_value_comes_back()
    {
        DefaultValue[] defaults =
        [
            new DefaultValue.Now(), new DefaultValue.Unknown(), new DefaultValue.NextValue(null), new DefaultValue.NextValue(new QualifiedName("a", "b")),
            new DefaultValue.Expression(new SqlExpression("f()", "f()")),
            new DefaultValue.Literal(new LiteralValue.List(
            [
                new LiteralValue.Text("é\""), new LiteralValue.Number("-1.50"), new LiteralValue.Boolean(true), new LiteralValue.Bytes([0, 255]),
                new LiteralValue.EnumLabel("x"), new LiteralValue.List([]),
            ])),
        ];
        foreach (var value in defaults)
        {
            var column = SchemaMutations.Base.Tables[0].Columns[0] with { Default = value, Printed = new PrintedColumn("integer", "1") };
            var schema = new DatabaseSchema { Tables = [new Table { Name = new QualifiedName(null, "t"), Columns = [column] }] };
            var back = CanonicalJson.ReadSchema(CanonicalJson.Write(schema));
            Assert.Equal(schema, back);
            Assert.Equal("integer", back.Tables[0].Columns[0].Printed.Type);
        }
    }

    [Fact]
    public void A_change_says_its_kind()
    {
        var changes = SchemaDiffer.Diff(DatabaseSchema.Empty, new DatabaseSchema { Enums = [new EnumType(new QualifiedName(null, "E"), ["a"])] }, PostgresDialect.Instance).Changes;
        Assert.Equal(
            """[{"kind":"createNamespace","name":"public"},{"kind":"createEnum","enum":{"name":{"name":"E"},"labels":["a"]}}]""",
            CanonicalJson.Write(changes));
        Assert.IsType<CreateNamespace>(changes[0]);
    }
}
