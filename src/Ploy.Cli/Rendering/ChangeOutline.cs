using System.Text.Json;
using Ploy.Relational;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;

namespace Ploy.Cli.Rendering;

/// <summary>The steps of a difference for machines, as docs/json.md describes them: what each is, what it is done to, and its statements. Keys that say nothing are left out.</summary>
internal sealed class ChangeOutline : SchemaChangeVisitor<bool>
{
    private readonly Utf8JsonWriter _json;
    private readonly ColumnOutline _columns;

    private ChangeOutline(Utf8JsonWriter json) => (_json, _columns) = (json, new ColumnOutline(json));

    /// <summary>Writes the array.</summary>
    public static void Write(Utf8JsonWriter json, SchemaDifference difference, Dialect dialect)
    {
        var (outline, renderer) = (new ChangeOutline(json), dialect.CreateRenderer(difference));
        json.WriteStartArray();
        foreach (var change in difference.Changes)
        {
            json.WriteStartObject();
            json.WriteString("step", change.Accept(StepNames.Instance));
            change.Accept(outline);
            outline.Texts("statements", change.Accept(renderer));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public override bool Visit(CreateNamespace change) => Text("name", change.Name);

    public override bool Visit(MoveToNamespace change) => Name(change.Before) && Text("newNamespace", change.After.Namespace);

    public override bool Visit(DropExtension change) => Text("name", change.Extension.Name);

    public override bool Visit(CreateExtension change) => Text("name", change.Extension.Name);

    public override bool Visit(CreateEnum change) => Name(change.Enum.Name) && Texts("added", change.Enum.Labels);

    public override bool Visit(AlterEnum change) => Name(change.After.Name) && Texts("added", change.Added) && Texts("removed", change.Removed);

    public override bool Visit(DropEnum change) => Name(change.Enum.Name);

    public override bool Visit(DropForeignKey change) => Within(change.Before, change.ForeignKey.Name) && Texts("columns", change.ForeignKey.Columns);

    public override bool Visit(AddForeignKey change) => Within(change.Table, change.ForeignKey.Name) && Texts("columns", change.ForeignKey.Columns);

    public override bool Visit(RenameForeignKey change) => Within(change.Before, change.BeforeKey.Name) && Text("newName", change.AfterKey.Name);

    public override bool Visit(DropIndex change) => Index(change.Table, change.Index);

    public override bool Visit(CreateIndex change) => Index(change.After, change.Index);

    public override bool Visit(RenameIndex change) => Within(change.Before, change.BeforeIndex.Name) && Text("newName", change.AfterIndex.Name);

    public override bool Visit(RedefineIndex change) => Within(change.Before, change.BeforeIndex.Name) && Text("newName", change.AfterIndex.Name);

    public override bool Visit(CreateTable change) => Name(change.Table.Name) && Texts("columns", change.Table.Columns.Select(c => c.Name));

    public override bool Visit(DropTable change) => Name(change.Table.Name);

    public override bool Visit(AlterTable change)
    {
        Name(change.After.Name);
        _json.WriteStartArray("changes");
        foreach (var inner in change.Changes) inner.Accept(_columns);
        _json.WriteEndArray();
        return true;
    }

    public override bool Visit(RedefineTables change)
    {
        _json.WriteStartArray("tables");
        foreach (var table in change.Tables)
        {
            _json.WriteStartObject();
            Name(table.After.Name);
            Texts("added", table.Added.Select(c => c.Name));
            Texts("removed", table.Dropped.Select(c => c.Name));
            Texts("altered", table.Columns.Where(c => c.Aspects != ColumnAspects.None).Select(c => c.After.Name));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        return true;
    }

    public override bool Visit(CreateObject change) => Object(change.Object);

    public override bool Visit(DropObject change) => Object(change.Object);

    public override bool Visit(ReplaceObject change) => Object(change.After);

    public override bool Visit(AdoptObject change) => Object(change.Object);

    private bool Object(SchemaObject item)
    {
        Text("kind", item.Kind.Word());
        Text("table", item.Table?.Name);
        return Name(item.Name);
    }

    private bool Index(Table table, TableIndex index) => Within(table, index.Name) && Texts("columns", index.Parts.Select(p => p.Column));

    private bool Within(Table table, string? name) => Text("namespace", table.Name.Namespace) && Text("table", table.Name.Name) && Text("name", name);

    private bool Name(QualifiedName name) => Text("namespace", name.Namespace) && Text("name", name.Name);

    private bool Text(string key, string? value)
    {
        if (value is not null) _json.WriteString(key, value);
        return true;
    }

    private bool Texts(string key, IEnumerable<string> values)
    {
        _json.WriteStartArray(key);
        foreach (var value in values) _json.WriteStringValue(value);
        _json.WriteEndArray();
        return true;
    }

    /// <summary>The steps inside one ALTER TABLE.</summary>
    private sealed class ColumnOutline(Utf8JsonWriter json) : TableChangeVisitor<bool>
    {
        public override bool Visit(AddColumn change) => Write("AddColumn", change.Column.Name);

        public override bool Visit(DropColumn change) => Write("DropColumn", change.Column.Name);

        public override bool Visit(AlterColumn change) => Write("AlterColumn", change.After.Name, change.Aspects);

        public override bool Visit(RecreateColumn change) => Write("RecreateColumn", change.After.Name, change.Aspects);

        public override bool Visit(DropPrimaryKey change) => Write("DropPrimaryKey", change.Key.Name);

        public override bool Visit(RenamePrimaryKey change) => Write("RenamePrimaryKey", change.Before.Name, newName: change.After.Name);

        public override bool Visit(AddPrimaryKey change) => Write("AddPrimaryKey", change.Key.Name);

        private bool Write(string step, string? name, ColumnAspects aspects = ColumnAspects.None, string? newName = null)
        {
            json.WriteStartObject();
            json.WriteString("step", step);
            if (name is not null) json.WriteString("name", name);
            if (newName is not null) json.WriteString("newName", newName);
            if (aspects != ColumnAspects.None)
            {
                json.WriteStartArray("aspects");
                foreach (var aspect in (ReadOnlySpan<(ColumnAspects, string)>)[(ColumnAspects.Arity, "arity"), (ColumnAspects.Default, "default"), (ColumnAspects.Type, "type"), (ColumnAspects.AutoIncrement, "autoIncrement"), (ColumnAspects.Generated, "generated")])
                    if (aspects.HasFlag(aspect.Item1)) json.WriteStringValue(aspect.Item2);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            return true;
        }
    }
}
