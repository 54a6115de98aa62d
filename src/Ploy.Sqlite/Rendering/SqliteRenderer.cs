using System.Collections.Immutable;
using System.Diagnostics;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>Writes the statements of each change of one difference.</summary>
internal sealed class SqliteRenderer(SchemaDifference difference) : SchemaChangeVisitor<ImmutableArray<string>>
{
    public override ImmutableArray<string> Visit(CreateNamespace change) => throw NoSuch("namespaces");

    public override ImmutableArray<string> Visit(DropExtension change) => throw NoSuch("extensions");

    public override ImmutableArray<string> Visit(CreateExtension change) => throw NoSuch("extensions");

    public override ImmutableArray<string> Visit(CreateEnum change) => throw NoSuch("enums");

    public override ImmutableArray<string> Visit(AlterEnum change) => throw NoSuch("enums");

    public override ImmutableArray<string> Visit(DropEnum change) => throw NoSuch("enums");

    public override ImmutableArray<string> Visit(DropForeignKey change) => throw NoSuch("foreign keys apart from their tables");

    public override ImmutableArray<string> Visit(AddForeignKey change) => throw NoSuch("foreign keys apart from their tables");

    public override ImmutableArray<string> Visit(RenameForeignKey change) => throw NoSuch("foreign keys apart from their tables");

    public override ImmutableArray<string> Visit(RenameIndex change) => throw NoSuch("a way to rename indexes");

    public override ImmutableArray<string> Visit(DropIndex change) => [$"DROP INDEX {SqliteNames.Quote(change.Index.Name)}"];

    public override ImmutableArray<string> Visit(AlterTable change)
    {
        var writer = new AlterTableWriter(change.After);
        return [.. change.Changes.SelectMany(c => c.Accept(writer))];
    }

    public override ImmutableArray<string> Visit(DropTable change) =>
    [
        // Tables that refer to each other have no order in which they could be dropped otherwise.
        "PRAGMA foreign_keys=off",
        $"DROP TABLE {SqliteNames.Quote(change.Table.Name.Name)}",
        "PRAGMA foreign_keys=on",
    ];

    public override ImmutableArray<string> Visit(CreateTable change) => [SqliteTables.Create(change.Table, change.Table.Name.Name, KeptParts.None)];

    public override ImmutableArray<string> Visit(RedefineTables change) => new TableRebuild(change, difference).Write();

    public override ImmutableArray<string> Visit(CreateIndex change) =>
        SqliteTables.IsInline(change.Index) ? [] : [SqliteTables.Create(change.After, change.Index)];

    public override ImmutableArray<string> Visit(RedefineIndex change) =>
        [$"DROP INDEX {SqliteNames.Quote(change.BeforeIndex.Name)}", SqliteTables.Create(change.After, change.AfterIndex)];

    public override ImmutableArray<string> Visit(CreateObject change) =>
        change.MayBeThere ? SqliteDialect.Instance.Objects.CreateOver(change.Object, Write) : SqliteDialect.Instance.Objects.Create(change.Object, Write);

    public override ImmutableArray<string> Visit(DropObject change) =>
        change.Reason == ObjectReason.WithOwner ? [] : SqliteDialect.Instance.Objects.Drop(change.Object, Write);

    public override ImmutableArray<string> Visit(ReplaceObject change) => SqliteDialect.Instance.Objects.Replace(change.Before, change.After, Write);

    public override ImmutableArray<string> Visit(AdoptObject change) => [];

    /// <inheritdoc />
    public override ImmutableArray<string> Visit(MoveToNamespace change) => [];

    private static string Write(QualifiedName name) => SqliteNames.Quote(name.Name);

    private static UnreachableException NoSuch(string what) => new($"SQLite has no {what}.");
}
