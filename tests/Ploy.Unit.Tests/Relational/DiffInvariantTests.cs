using System.Reflection;
using CsCheck;
using Ploy.Postgres;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Testing.Generators;
using Xunit;

namespace Ploy.Unit.Tests.Relational;

public sealed class DiffInvariantTests
{
    public static TheoryData<string> Properties => [.. SchemaMutations.All.Select(m => m.Property)];

    [Fact]
    public void A_schema_does_not_differ_from_itself() =>
        Gen.Int.Sample(seed =>
        {
            var schema = new SchemaGenerator(seed).Schema();
            Assert.Empty(SchemaDiffer.Diff(schema, schema, PostgresDialect.Instance).Changes);
        }, iter: 300);

    [Fact]
    public void The_order_of_what_has_no_order_is_no_difference() =>
        Gen.Int.Sample(seed =>
        {
            var generator = new SchemaGenerator(seed);
            var schema = generator.Schema();
            Assert.Empty(SchemaDiffer.Diff(schema, generator.Shuffle(schema), PostgresDialect.Instance).Changes);
        }, iter: 300);

    [Fact]
    public void Schemas_without_a_common_name_are_dropped_and_created_whole() =>
        Gen.Select(Gen.Int, Gen.Int).Sample((first, second) =>
        {
            var (before, after) = (new SchemaGenerator(first).Schema(), new SchemaGenerator(second).Schema());
            var changes = SchemaDiffer.Diff(before, DatabaseSchema.Empty, PostgresDialect.Instance).Changes;
            Assert.Equal(before.Tables.Count, changes.Count(c => c is Ploy.Relational.Changes.DropTable));
            changes = SchemaDiffer.Diff(DatabaseSchema.Empty, after, PostgresDialect.Instance).Changes;
            Assert.Equal(after.Tables, changes.OfType<Ploy.Relational.Changes.CreateTable>().Select(c => c.Table));
        }, iter: 100);

    [Theory, MemberData(nameof(Properties))]
    public void One_changed_property_is_a_difference_in_both_directions(string property)
    {
        var mutated = SchemaMutations.All.Single(m => m.Property == property).Schema;
        Assert.NotEmpty(SchemaDiffer.Diff(SchemaMutations.Base, mutated, PostgresDialect.Instance).Changes);
        if (property != "DatabaseSchema.Extensions") Assert.NotEmpty(SchemaDiffer.Diff(mutated, SchemaMutations.Base, PostgresDialect.Instance).Changes);
    }

    [Fact]
    public void Every_property_of_the_model_is_mutated_or_known_to_be_no_difference()
    {
        Type[] records =
        [
            typeof(DatabaseSchema), typeof(Extension), typeof(EnumType), typeof(Table), typeof(Column), typeof(ColumnType), typeof(PrimaryKey),
            typeof(TableIndex), typeof(IndexPart), typeof(ForeignKey), typeof(SchemaObject),
        ];
        var properties = records.SelectMany(r => r.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => $"{r.Name}.{p.Name}")).Order(StringComparer.Ordinal);
        var known = SchemaMutations.All.Select(m => m.Property).Concat(SchemaMutations.NeverADifference.Keys).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(properties, known);
    }

    [Fact]
    public void What_is_never_a_difference_makes_no_change()
    {
        var table = SchemaMutations.Base.Tables[1];
        var same = table with
        {
            Columns = [.. table.Columns.Select(c => c with { HasClientDefault = true })],
            Indexes = [.. table.Indexes.Select(i => i with { IsConstraint = true, Parts = [.. i.Parts.Select(p => p with { IsAscendingWritten = true })] })],
        };
        var schema = SchemaMutations.Base with { Tables = [SchemaMutations.Base.Tables[0], same] };
        Assert.Empty(SchemaDiffer.Diff(SchemaMutations.Base, schema, PostgresDialect.Instance).Changes);
        Assert.NotEqual(SchemaMutations.Base, schema);
    }
}
