using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Semantics;
using Xunit;

namespace Ploy.Unit.Tests.Language;

/// <summary>
/// Few members are compared one by one and many by tables; large schemas are read on several threads. What is said of a schema is the
/// same either way.
/// </summary>
public sealed class ManyMembersTests
{
    private const string Datasource = "datasource db {\n  provider = \"postgresql\"\n}\n\n";

    /// <summary>How many members beside those of the case.</summary>
    public static TheoryData<int> Sizes => [0, 11, 12, 13, 14, 15, 16, 40];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_field_that_stands_twice_is_found(int others) => Assert.Equal(
        ["The model `M` has a field `a` already."],
        Compile($"model M {{\n  id Int @id\n  a Int\n{Fields(others)}  a Int\n}}\n"));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void An_enum_value_that_stands_twice_is_found(int others) => Assert.Equal(
        ["The enum `E` has a value `A` already."],
        Compile($"enum E {{\n  A\n{Members(others, i => $"  V{i}\n")}  A\n}}\n\nmodel M {{\n  id Int @id\n  e E\n}}\n"));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_default_of_an_enum_is_one_of_its_values(int others)
    {
        var type = $"enum E {{\n  FIRST\n{Members(others, i => $"  V{i}\n")}  LAST\n}}\n\n";
        Assert.Empty(Compile(type + "model M {\n  id Int @id\n  a E @default(FIRST)\n  b E @default(LAST)\n}\n"));
        Assert.Equal(["`LOST` is no value of the enum `E`."], Compile(type + "model M {\n  id Int @id\n  a E @default(LOST)\n}\n"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_field_that_stands_twice_in_an_index_is_found(int others) => Assert.Equal(
        ["`@@index` names the field `id` more than once."],
        Compile($"model M {{\n  id Int @id\n{Fields(others)}\n  @@index([id{Members(others, i => $", f{i}")}, id])\n}}\n"));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Two_relations_without_a_name_are_ambiguous(int others) => Assert.Equal(
        ["The fields `b1` and `b2` of `A` all refer to `B` and nothing tells their relations apart."],
        Compile($"model A {{\n  id Int @id\n  b1Id Int\n  b2Id Int\n{Fields(others)}  b1 B @relation(fields: [b1Id], references: [id])\n  b2 B @relation(fields: [b2Id], references: [id])\n}}\n\nmodel B {{\n  id Int @id\n}}\n"));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Fields_of_a_relation_find_each_other_by_its_name(int others)
    {
        var left = $"model A {{\n  id Int @id\n  xId Int\n  yId Int\n{Fields(others)}  x B @relation(\"X\", fields: [xId], references: [id])\n  y B @relation(\"Y\", fields: [yId], references: [id])\n}}\n\n";
        Assert.Empty(Compile(left + $"model B {{\n  id Int @id\n{Fields(others)}  ys A[] @relation(\"Y\")\n  xs A[] @relation(\"X\")\n}}\n"));
        Assert.Equal(
            ["The relation field `x` of the model `A` has no opposite field in `B`."],
            Compile(left + $"model B {{\n  id Int @id\n{Fields(others)}  ys A[] @relation(\"Y\")\n}}\n"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Constraints_of_one_name_are_found_however_many_there_are(int others)
    {
        const string fault = "The constraint or index name `same` stands more than once in the database.";
        Assert.Equal(
            [fault, fault],
            Compile($"model M {{\n  id Int @id\n  a Int @unique(map: \"same\")\n{Members(others, i => $"  f{i} Int @unique\n")}  z Int @unique(map: \"same\")\n}}\n"));
    }

    [Fact]
    public void A_name_that_is_made_up_meets_one_that_is_written() => Assert.Equal(
        ["The constraint or index name `M_a_key` stands more than once in the database.", "The constraint or index name `M_a_key` stands more than once in the database."],
        Compile("model M {\n  id Int @id\n  a Int @unique\n}\n\nmodel N {\n  id Int @id(map: \"M_a_key\")\n}\n"));

    [Fact]
    public void The_faults_of_a_large_schema_come_in_the_order_of_its_files()
    {
        ImmutableArray<SourceText> files = [SourceText.From("a.prisma", Datasource), .. Enumerable.Range(0, 40).Select(File)];
        Assert.True(files.Sum(f => f.Length) > 400_000);
        var found = SchemaCompiler.Compile(files).Diagnostics;
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"file{i:00}.prisma: Missing{i}"), found.Select(d => $"{d.Location.Source.Path}: {d.Location.Source[d.Location.Span]}"));

        static SourceText File(int i) => SourceText.From(
            string.Create(CultureInfo.InvariantCulture, $"file{i:00}.prisma"),
            $"model M{i} {{\n  id Int @id\n  lost Missing{i}\n}}\n\n" + Members(500, n => $"enum E{i}x{n} {{\n  A\n  B\n}}\n\n"));
    }

    [Fact]
    public void Of_many_models_each_has_its_own_faults_in_the_order_of_the_file()
    {
        var found = Compile(Members(300, i => $"model M{i} {{\n  id Int @id @lost{i}\n  @@gone{i}\n}}\n\n"));
        Assert.Equal(Enumerable.Range(0, 300).SelectMany(i => (string[])[$"lost{i}", $"gone{i}"]), found.Select(m => m.Split('`', '@', ' ').First(w => w.StartsWith("lost", StringComparison.Ordinal) || w.StartsWith("gone", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    public void Behind_an_ambiguous_relation_no_model_is_looked_at(int others) => Assert.Equal(
        ["M0", "A"],
        Compile(
            $"{Members(1, i => $"model M{i} {{\n  f Int\n}}\n")}{Members(others, i => $"model N{i} {{\n  id Int @id\n}}\n")}"
            + "model A {\n  id Int @id\n  xId Int\n  x B @relation(fields: [xId], references: [id])\n  y B @relation(fields: [xId], references: [id])\n}\n"
            + $"model B {{\n  id Int @id\n}}\n{Members(others, i => $"model Z{i} {{\n  f Int\n}}\n")}").Select(m => m.Split('`').First(w => w is "M0" or "A" || w.StartsWith('Z'))));

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public void A_name_belongs_to_whoever_has_it_first_in_the_order_of_the_files(int others)
    {
        var found = SchemaCompiler.Compile(
        [
            SourceText.From("a.prisma", Datasource + Members(others, i => $"model N{i} {{\n  id Int @id\n}}\n")),
            SourceText.From("b.prisma", "enum Same {\n  A\n}\n\ngenerator g {\n  provider = \"x\"\n}\n"),
            SourceText.From("c.prisma", "model Same {\n  id Int @id\n}\n\ngenerator g {\n  provider = \"x\"\n}\n"),
            SourceText.From("d.prisma", "model Same {\n  id Int @id\n}\n"),
        ]).Diagnostics;
        Assert.Equal(
            [
                "c.prisma: There is an enum called `Same` already, so no model can have that name.",
                "c.prisma: There is a generator called `g` already, so no generator can have that name.",
                "d.prisma: There is an enum called `Same` already, so no model can have that name.",
            ],
            found.Where(d => d.Code == "PLOY1105").Select(d => $"{d.Location.Source.Path}: {d.Message}"));
    }

    [Fact]
    public void Many_models_stand_in_the_order_of_the_file_with_their_relations()
    {
        var model = SchemaCompiler.Compile([SourceText.From("schema.prisma", Datasource + Members(300, i =>
            $"model M{i} {{\n  id Int @id\n  next M{(i + 1) % 300} @relation(\"R{i}\", fields: [id], references: [id])\n  back M{(i + 299) % 300}? @relation(\"R{(i + 299) % 300}\")\n}}\n\n"))]).Model;
        Assert.NotNull(model);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"M{i}"), model.Models.Select(m => m.Name));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"M{i} to M{(i + 1) % 300}"), model.Relations.Cast<Relation.ForeignKey>().Select(r => $"{r.Model} to {r.Target}"));
    }

    [Theory]
    [InlineData(7_999, 0)]
    [InlineData(7_999, 2_000)]
    [InlineData(5_000, 5_000)]
    [InlineData(5_000, 2_000)]
    [InlineData(7_999, null)]
    public void Of_a_long_chain_of_relations_what_goes_round_or_leads_into_a_model_that_refers_to_itself_is_a_fault(int last, int? target)
    {
        // Each model refers to the next one, and `last` to the target.
        int? To(int i) => i > last ? null : i == last ? target : i + 1;
        var from = Enumerable.Range(0, 8_000).Where(i => To(i) is not null).ToLookup(i => To(i)!.Value);
        var schema = Members(8_000, i => $"model M{i} {{\n  id Int @id\n{(To(i) is { } to ? $"  n Int\n  to M{to} @relation(\"R{i}\", fields: [n], references: [id], onUpdate: Cascade)\n" : "")}"
            + string.Concat(from[i].Select(b => $"  of{b} M{b}[] @relation(\"R{b}\")\n")) + "}\n");
        var found = SchemaCompiler.Compile([SourceText.From("schema.prisma", Datasource.Replace("\n}", "\n  relationMode = \"prisma\"\n}", StringComparison.Ordinal) + schema)]).Diagnostics;
        // What only leads into a circle of others comes to an end.
        var first = target == last ? 0 : target ?? last;
        Assert.Equal(
            Enumerable.Range(0, 8_000).Where(i => i >= first && i <= last && To(i) is not null).Select(i => $"M{i}"),
            found.Where(d => d.Code == "PLOY1427").Select(d => d.Message.Split('`').First(w => w.StartsWith('M'))));
    }

    private static ImmutableArray<string> Compile(string schema) =>
        [.. SchemaCompiler.Compile([SourceText.From("schema.prisma", Datasource + schema)]).Diagnostics.Select(d => d.Message)];

    private static string Fields(int count) => Members(count, i => $"  f{i} Int\n");

    private static string Members(int count, Func<int, string> member)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(member(i));
        return text.ToString();
    }
}
