using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational.Model;
using DatabaseAction = Ploy.Relational.Model.ReferentialAction;

namespace Ploy.Design.Pull;

/// <summary>Writes the fields that stand for relations.</summary>
internal sealed class PulledRelations
{
    private readonly PulledDatabase _database;
    private readonly ObjectNames _names;
    private readonly Dictionary<string, Dictionary<string, Relation.ForeignKey>> _inline = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Relation.ManyToMany> _joins = new(StringComparer.Ordinal);

    /// <summary>Writes those of a database.</summary>
    public PulledRelations(PulledDatabase database)
    {
        (_database, _names) = (database, new ObjectNames(database.Dialect));
        foreach (var relation in database.Previous.Model.Relations)
        {
            if (relation is Relation.ManyToMany join) _joins.TryAdd(join.Name, join);
            if (relation is not Relation.ForeignKey inline || database.Previous.Find(inline.Model)?.Model is not { } model) continue;
            if (!_inline.TryGetValue(inline.Model, out var ofModel)) _inline.Add(inline.Model, ofModel = new Dictionary<string, Relation.ForeignKey>(StringComparer.Ordinal));
            ofModel.TryAdd(KeyOf(inline.Field.Fields.Select(f => model.FindField(f) is ScalarField scalar ? scalar.ColumnName : f)), inline);
        }
    }

    /// <summary>The relation fields of a table's model in order.</summary>
    public IEnumerable<PulledLine> Of(Table table, PreviousModel? previous)
    {
        if (_database.Previous.Model.Datasource?.RelationMode == RelationMode.Prisma) return previous is null ? [] : Kept(previous, _ => true);
        var taken = new UniqueNames();
        foreach (var column in table.Columns) taken.Take(_database.NameOf(table.Name, previous, column.Name).Name);
        var found = _database.SidesOf(table).Select(s => s.IsJoin ? Join(s, taken) : Inline(s, taken));
        // A view has no foreign keys: its relations stand in the files alone.
        return previous is null ? found : found.Concat(Kept(previous, f => previous.Model.IsView || _database.Previous.Find(f.Target) is { Model.IsView: true }));
    }

    /// <summary>The relation fields of a view, which stand in the files alone.</summary>
    public IEnumerable<PulledLine> Of(PreviousModel? view) => view is null ? [] : Kept(view, _ => true);

    private IEnumerable<PulledLine> Kept(PreviousModel previous, Func<RelationField, bool> isKept) =>
        from field in previous.Model.RelationFields
        where isKept(field) && IsThere(field.Target)
        select new PulledLine(field.Name, KeptText(previous, field));

    private static string KeptText(PreviousModel previous, RelationField field)
    {
        var relation = previous.Attribute(field, "relation");
        var text = $"{field.Name} {field.Target}{field.Arity switch { FieldArity.Optional => "?", FieldArity.List => "[]", _ => "" }}";
        if (relation is not null) text += " " + previous.Model.Location.Source[relation.Span].ToString();
        return field.IsIgnored ? text + " @ignore" : text;
    }

    private bool IsThere(string model) => _database.Previous.Find(model) is { } found
        && (found.Model.IsView ? _database.Views.Any(v => _database.Previous.ViewOf(v.Name) == found) : _database.Models.Any(t => _database.Previous.ModelOf(t.Name) == found));

    private PulledLine Join(RelationSide side, UniqueNames taken)
    {
        var join = _database.Joins[side.KeyTable.Name];
        var names = _database.Relations.OfJoin(side.KeyTable, join.A.Target, join.B.Target);
        var previous = _joins.GetValueOrDefault(side.KeyTable.Name.Name[1..]);
        var isKept = previous is not null && previous.ModelA != previous.ModelB;
        var field = taken.Take(side.IsForward ? isKept ? previous!.FieldA.Name : names.Forward : isKept ? previous!.FieldB.Name : names.Back);
        var relation = previous is null ? names.Relation : previous.Name;
        var target = _database.NameOf(_database.Find(side.Key.Target)!).Name; // a join's targets were read
        return new PulledLine(field, $"{field} {target}[]{(relation.Length == 0 ? "" : $" @relation({PulledText.Quoted(relation)})")}");
    }

    private PulledLine Inline(RelationSide side, UniqueNames taken)
    {
        var (table, key) = (side.KeyTable, side.Key);
        var target = _database.Find(key.Target)!; // keys to tables that were not read are none
        var (owner, other) = (_database.Previous.ModelOf(table.Name), _database.Previous.ModelOf(target.Name));
        var previous = owner is not null ? _inline.GetValueOrDefault(owner.Model.Name)?.GetValueOrDefault(KeyOf(key.Columns)) : null;
        var names = _database.Relations.OfKey(table, key);
        var complete = previous is { BackField: not null } ? previous : null;
        var relation = complete is null ? names.Relation : complete.BackField!.IsNamed ? complete.BackField.RelationName : "";
        var field = taken.Take(side.IsForward ? complete?.Field.Name ?? names.Forward : complete?.BackField!.Name ?? names.Back);
        var type = _database.NameOf(side.IsForward ? target : table).Name;
        var text = side.IsForward
            ? $"{field} {type}{(key.Columns.Any(c => table.FindColumn(c)?.Type.Arity != ColumnArity.Required) ? "?" : "")} {Attribute(table, owner, target, other, key, previous, relation)}"
            : $"{field} {type}{(IsUnique(table, key) ? "?" : "[]")}{(relation.Length == 0 ? "" : $" @relation({PulledText.Quoted(relation)})")}";
        var isOut = key.Columns.Any(c => _database.NameOf(table.Name, owner, c).Name.Length == 0) || key.TargetColumns.Any(c => _database.NameOf(target.Name, other, c).Name.Length == 0);
        return new PulledLine(field, IsIgnored(side, table, target, owner, other) ? text + " @ignore" : text, side.IsForward ? _database.Directives.OfKey(table, key, previous?.Field.Documentation) : null, isOut);
    }

    private string Attribute(Table table, PreviousModel? owner, Table target, PreviousModel? other, ForeignKey key, Relation.ForeignKey? previous, string relation)
    {
        var arguments = new List<string>();
        if (relation.Length > 0) arguments.Add(PulledText.Quoted(relation));
        arguments.Add($"fields: {PulledText.List(key.Columns.Select(c => _database.NameOf(table.Name, owner, c).Name))}");
        arguments.Add($"references: {PulledText.List(key.TargetColumns.Select(c => _database.NameOf(target.Name, other, c).Name))}");
        var isRequired = key.Columns.Any(c => table.FindColumn(c)?.Type.Arity == ColumnArity.Required);
        if (key.OnDelete != (isRequired ? DatabaseAction.Restrict : DatabaseAction.SetNull)) arguments.Add($"onDelete: {key.OnDelete}");
        if (key.OnUpdate != DatabaseAction.Cascade) arguments.Add($"onUpdate: {key.OnUpdate}");
        if (previous?.Field.DatabaseName is { } kept) arguments.Add($"map: {PulledText.Quoted(kept)}");
        else if (key.Name is { } name && name != _names.Of(table.Name.Name, key.Columns, "_fkey")) arguments.Add($"map: {PulledText.Quoted(name)}");
        return PulledText.Call("@relation", arguments);
    }

    // A relation of a model that the client cannot use is not shown in the other one.
    private bool IsIgnored(RelationSide side, Table table, Table target, PreviousModel? owner, PreviousModel? other)
    {
        if (_database.HasIdentifier(table) && _database.HasIdentifier(target)) return false;
        var (mine, previous) = side.IsForward ? (table, owner) : (target, other);
        return !(previous is { Model.IsIgnored: true } || (!_database.HasIdentifier(mine) && mine.Columns.Count > 0));
    }

    // The language wants exactly the key's columns to be unique; the engine is content with fewer, and then refuses what it wrote.
    private static bool IsUnique(Table table, ForeignKey key)
    {
        return (table.PrimaryKey is { } id && IsIn(id.Parts)) || table.Indexes.Any(i => i.IsUnique && IsIn(i.Parts));

        bool IsIn(Core.EquatableArray<IndexPart> parts) => parts.Count == key.Columns.Count && parts.All(p => key.Columns.Contains(p.Column));
    }

    private static string KeyOf(IEnumerable<string> columns) => string.Join('\0', columns);
}
