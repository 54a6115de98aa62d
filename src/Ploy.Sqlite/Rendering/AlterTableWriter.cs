using System.Collections.Immutable;
using System.Diagnostics;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>Writes what SQLite changes in place, which is new columns alone; the key's name it does not keep.</summary>
internal sealed class AlterTableWriter(Table table) : TableChangeVisitor<ImmutableArray<string>>
{
    public override ImmutableArray<string> Visit(AddColumn change) =>
        [$"ALTER TABLE {SqliteNames.Quote(table.Name.Name)} ADD COLUMN {SqliteTables.Define(change.Column)}"];

    public override ImmutableArray<string> Visit(RenamePrimaryKey change) => [];

    public override ImmutableArray<string> Visit(DropColumn change) => throw NeedsRebuild();

    public override ImmutableArray<string> Visit(AlterColumn change) => throw NeedsRebuild();

    public override ImmutableArray<string> Visit(RecreateColumn change) => throw NeedsRebuild();

    public override ImmutableArray<string> Visit(DropPrimaryKey change) => throw NeedsRebuild();

    public override ImmutableArray<string> Visit(AddPrimaryKey change) => throw NeedsRebuild();

    private static UnreachableException NeedsRebuild() => new("The table is made anew for this.");
}
