using Ploy.Postgres;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Testing.Generators;
using Xunit;

namespace Ploy.Unit.Tests.Relational;

/// <summary>Few foreign keys and indexes are compared one by one and many by their columns; what changes is the same either way.</summary>
public sealed class ManyKeysTests
{
    /// <summary>How many keys and indexes beside those of the case.</summary>
    public static TheoryData<int> Sizes => [0, 3, 4, 5, 9, 60];

    [Theory, MemberData(nameof(Sizes))]
    public void Foreign_keys_come_go_change_and_are_renamed(int others)
    {
        var before = Table(others, [Key("gone", "c0"), Key("changed", "c1"), Key("old", "c2"), Key("twin1", "c3"), Key("twin2", "c3")], []);
        var after = Table(others, [Key("changed", "c1", ReferentialAction.Cascade), Key("come", "c4"), Key("new", "c2"), Key("twin3", "c3"), Key("twin4", "c3")], []);
        var changes = Diff(before, after);
        Assert.Equal(["gone", "changed"], changes.OfType<DropForeignKey>().Select(c => c.ForeignKey.Name));
        Assert.Equal(["changed", "come"], changes.OfType<AddForeignKey>().Select(c => c.ForeignKey.Name));
        // Nobody can tell twins apart: each is taken once, in order.
        Assert.Equal(["old new", "twin1 twin3", "twin2 twin4"], changes.OfType<RenameForeignKey>().Select(c => $"{c.BeforeKey.Name} {c.AfterKey.Name}").Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Indexes_come_go_change_and_are_renamed(int others)
    {
        var before = Table(others, [], [Index("gone", "c0"), Index("changed", "c1"), Index("old", "c2"), Index("covering", "c3") with { IncludedColumns = ["c4"] }, Index("twin1", "c4"), Index("twin2", "c4")]);
        var after = Table(others, [], [Index("changed", "c1") with { IsUnique = true }, Index("come", "c4", "c0"), Index("new", "c2"), Index("written", "c3", "c4"), Index("twin", "c4")]);
        var changes = Diff(before, after);
        Assert.Equal(["gone", "changed"], changes.OfType<DropIndex>().Select(c => c.Index.Name));
        Assert.Equal(["changed", "come"], changes.OfType<CreateIndex>().Select(c => c.Index.Name));
        // The files write a covering index with all its columns; of two over the same columns none is paired.
        Assert.Equal(["covering written", "old new"], changes.OfType<RenameIndex>().Select(c => $"{c.BeforeIndex.Name} {c.AfterIndex.Name}").Order(StringComparer.Ordinal));
    }

    private static IReadOnlyList<SchemaChange> Diff(Table before, Table after) =>
        [.. SchemaDiffer.Diff(DatabaseSchema.Empty with { Tables = [before] }, DatabaseSchema.Empty with { Tables = [after] }, PostgresDialect.Instance).Changes];

    private static Table Table(int others, IEnumerable<ForeignKey> keys, IEnumerable<TableIndex> indexes) => SchemaMutations.Base.Tables[1] with
    {
        Columns = [.. Enumerable.Range(0, Math.Max(5, others)).Select(i => Column($"c{i}")), .. Enumerable.Range(0, others).Select(i => Column($"o{i}"))],
        PrimaryKey = null,
        Objects = [],
        ForeignKeys = [.. Enumerable.Range(0, others).Select(i => Key($"k{i}", $"o{i}")), .. keys],
        Indexes = [.. Enumerable.Range(0, others).Select(i => Index($"i{i}", $"o{i}")), .. indexes],
    };

    private static Column Column(string name) => SchemaMutations.Base.Tables[0].Columns[0] with { Name = name };

    private static ForeignKey Key(string name, string column, ReferentialAction onDelete = ReferentialAction.NoAction) => new()
    {
        Name = name, Columns = [column], Target = new QualifiedName(null, "other"), TargetColumns = ["id"], OnDelete = onDelete, OnUpdate = ReferentialAction.NoAction,
    };

    private static TableIndex Index(string name, params string[] columns) => new() { Name = name, Parts = [.. columns.Select(c => new IndexPart { Column = c })] };
}
