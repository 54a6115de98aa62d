using Ploy.Core;
using Ploy.Postgres;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Xunit;

namespace Ploy.Unit.Tests.Relational;

/// <summary>Marks: what scripts say is ours, and what the differ does with it.</summary>
public sealed class OwnershipMarksTests
{
    private static readonly QualifiedName Reward = new("public", "Reward");

    [Fact]
    public void Marks_of_scripts_name_what_is_ours_until_it_is_released()
    {
        var schema = Database(Check("a", "CHECK ((n > 0))"), Check("b", "CHECK ((n > 1))"), Check("c \"q\"", "CHECK ((n > 2))"));
        string[] scripts =
        [
            "-- CreateCheck\n-- ploy:manages check \"Reward\".\"a\"\nALTER TABLE ...;\n-- ploy:manages check \"public\".\"Reward\".\"b\"\n",
            "  -- ploy:manages check \"Reward\".\"c \"\"q\"\"\"\n-- ploy:releases check \"Reward\".\"a\"\n-- ploy:manages nonsense \"x\"\n-- ploy:manages check Reward.a\n",
        ];
        var marked = OwnershipMarks.Read(scripts).ApplyTo(schema, "public");
        Assert.Equal(["b", "c \"q\""], marked.Tables[0].Objects.Where(o => o.IsManaged).Select(o => o.Name.Name));
        Assert.Equal(["a"], marked.Unmanaged.Select(u => u.Name.Name));
        Assert.Equal(schema, OwnershipMarks.None.ApplyTo(schema, "public"));
    }

    [Fact]
    public void What_is_written_is_read_again_whatever_the_names()
    {
        foreach (var kind in Enum.GetValues<ObjectKind>())
        {
            var isPart = kind.IsTablePart() || kind == ObjectKind.Trigger;
            var item = new SchemaObject
            {
                Kind = kind,
                Name = new QualifiedName(isPart ? null : "odd.\"space", kind.IsOnlyOne() ? "" : "na\"me (integer, text)\n-- x"),
                Table = isPart ? new QualifiedName("odd.\"space", "ta.b\"le") : null,
                Definition = new SqlExpression("x"),
                IsManaged = true,
            };
            var script = OwnershipMarks.Of(new AdoptObject(item), new SchemaDifference(DatabaseSchema.Empty, DatabaseSchema.Empty, []), PostgresDialect.Instance);
            var live = isPart && kind != ObjectKind.Trigger
                ? DatabaseSchema.Empty with { Tables = [new Table { Name = item.Table!.Value, Columns = [], Objects = [item with { IsManaged = false }] }] }
                : DatabaseSchema.Empty with { Objects = [item with { IsManaged = false }] };
            var read = OwnershipMarks.None.With(script + "\n").ApplyTo(live, "public");
            Assert.True(read.Objects.Concat(read.Tables.SelectMany(t => t.Objects)).Single().IsManaged, $"{kind}: {script}");
        }
    }

    [Fact]
    public void What_is_nobodys_is_left_alone_and_what_is_wanted_as_it_is_there_is_adopted()
    {
        var live = Database(Check("a", "CHECK ((n > 0))"), Check("b", "CHECK ((n > 1))"));
        Assert.Empty(SchemaDiffer.Diff(live, Database() with { Unmanaged = [] }, PostgresDialect.Instance).Changes);

        var wanted = Database(Check("a", "CHECK ((n > 0))") with { IsManaged = true });
        var change = Assert.Single(SchemaDiffer.Diff(live, wanted, PostgresDialect.Instance).Changes);
        Assert.IsType<AdoptObject>(change);

        var ours = OwnershipMarks.None.With("-- ploy:manages check \"Reward\".\"a\"").ApplyTo(live, "public");
        Assert.Empty(SchemaDiffer.Diff(ours, wanted, PostgresDialect.Instance).Changes);
        var drop = Assert.IsType<DropObject>(Assert.Single(SchemaDiffer.Diff(ours, Database(), PostgresDialect.Instance).Changes));
        Assert.Equal("a", drop.Object.Name.Name);
    }

    private static SchemaObject Check(string name, string text) =>
        new() { Kind = ObjectKind.Check, Name = new QualifiedName(null, name), Table = Reward, Definition = new SqlExpression(text, text) };

    private static DatabaseSchema Database(params SchemaObject[] checks) => new()
    {
        Namespaces = ["public"],
        Tables =
        [
            new Table
            {
                Name = Reward,
                Columns = [new Column { Name = "n", Type = new ColumnType { Family = TypeFamily.Int, StoreType = "INTEGER", Arity = ColumnArity.Required } }],
                Objects = checks.ToEquatableArray(),
            },
        ],
        Unmanaged = checks.Select(c => new UnmanagedObject("check constraint", new QualifiedName("public", c.Name.Name), Reward)).ToEquatableArray(),
    };
}
