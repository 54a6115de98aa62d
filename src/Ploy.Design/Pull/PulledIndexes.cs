using Ploy.Core;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>Writes keys and indexes.</summary>
internal sealed class PulledIndexes(PulledDatabase database)
{
    private readonly ObjectNames _names = new(database.Dialect);

    /// <summary><c>@id</c> where the key is one column, and this one; null where it is not.</summary>
    public string? FieldId(Table table, Column column)
    {
        if (table.PrimaryKey is not { Parts: [var only] } key || only.Column != column.Name) return null;
        var arguments = new List<string>();
        if (only.IsDescending) arguments.Add("sort: Desc");
        if (MapOf(table, key) is { } map) arguments.Add($"map: {PulledText.Quoted(map)}");
        return PulledText.Call("@id", arguments);
    }

    /// <summary><c>@@id</c>; null where the key is none or one column.</summary>
    public PulledLine? BlockId(Table table, PreviousModel? previous)
    {
        if (table.PrimaryKey is not { Parts.Count: > 1 } key) return null;
        var arguments = new List<string> { PulledText.List(key.Parts.Select(p => Part(table, previous, p, withClass: false))) };
        if (previous?.Model.PrimaryKey?.ClientName is { } name) arguments.Add($"name: {PulledText.Quoted(name)}");
        if (MapOf(table, key) is { } map) arguments.Add($"map: {PulledText.Quoted(map)}");
        return Line(table, previous, PulledText.Call("@@id", arguments), key.Parts);
    }

    /// <summary><c>@unique</c> of a column; null where it is not unique by itself.</summary>
    public string? FieldUnique(Table table, Column column)
    {
        var index = table.Indexes.FirstOrDefault(i => i is { IsUnique: true, Parts: [var only] } && only.Column == column.Name && IsSayable(i));
        if (index is null) return null;
        var arguments = new List<string>();
        if (MapOf(table, index) is { } map) arguments.Add($"map: {PulledText.Quoted(map)}");
        if (index.Parts[0].IsDescending) arguments.Add("sort: Desc");
        if (index.Predicate is { } predicate) arguments.Add($"where: raw({PulledText.Quoted(predicate.Text)})");
        return PulledText.Call("@unique", arguments);
    }

    /// <summary>The attributes of all other indexes: those that the files have in their order, then new ones.</summary>
    public IEnumerable<PulledLine> Block(Table table, PreviousModel? previous)
    {
        var indexes = table.Indexes.Where(i => !(i.IsUnique && i.Parts.Count == 1) && IsSayable(i))
            .Select(i => (Index: i, Place: previous is null ? -1 : Find(table, previous, i.Name)))
            .OrderBy(i => i.Place < 0 ? int.MaxValue : i.Place); // a stable order
        foreach (var (index, place) in indexes)
        {
            var arguments = new List<string> { PulledText.List(index.Parts.Select(p => Part(table, previous, p, withClass: true))) };
            if (place >= 0 && previous!.Model.Indexes[place].ClientName is { } name) arguments.Add($"name: {PulledText.Quoted(name)}");
            if (MapOf(table, index) is { } map) arguments.Add($"map: {PulledText.Quoted(map)}");
            if (database.Dialect.PullRules.IndexType(index.Method) is { } type) arguments.Add($"type: {type}");
            if (index.Predicate is { } predicate) arguments.Add($"where: raw({PulledText.Quoted(predicate.Text)})");
            yield return Line(table, previous, PulledText.Call(index.IsUnique ? "@@unique" : "@@index", arguments), index.Parts);
        }
    }

    /// <summary>Whether the files have an index already.</summary>
    public static bool Has(PulledDatabase database, Table table, PreviousModel? previous, string name) =>
        previous is not null && new PulledIndexes(database).Find(table, previous, name) >= 0;

    /// <summary>Whether the language has a word for the index's method; for those of extensions it has none.</summary>
    public static bool IsSayable(TableIndex index) => index.Method is null or "hash" or "gist" or "gin" or "spgist" or "brin";

    // The place among the model's indexes; -1 where it is new. Old schemas have the database's name as `name`.
    private int Find(Table table, PreviousModel previous, string name)
    {
        for (var i = 0; i < previous.Model.Indexes.Length; i++)
        {
            var index = previous.Model.Indexes[i];
            if ((index.DatabaseName is null && index.ClientName == name) || ConstraintName(previous.Model, index) == name) return i;
        }

        return -1;
    }

    private string ConstraintName(Model model, IndexModel index) =>
        index.DatabaseName ?? _names.Of(
            model.DatabaseName,
            index.Parts.Select(p => model.FindField(p.Field) is ScalarField scalar ? scalar.ColumnName : p.Field).ToEquatableArray(),
            index.Kind == IndexKind.Unique ? "_key" : "_idx");

    private string Part(Table table, PreviousModel? previous, IndexPart part, bool withClass)
    {
        var arguments = new List<string>();
        if (part.IsDescending) arguments.Add("sort: Desc");
        if (withClass && part.OperatorClass is { } ops) arguments.Add($"ops: {OperatorClasses.LanguageName(ops) ?? $"raw({PulledText.Quoted(ops)})"}");
        return PulledText.Call(database.NameOf(table.Name, previous, part.Column) is { Name.Length: > 0 } name ? name.Name : part.Column, arguments);
    }

    // What refers to a field that is commented out is so too.
    private PulledLine Line(Table table, PreviousModel? previous, string text, EquatableArray<IndexPart> parts) =>
        new(text, text, null, parts.Any(p => database.NameOf(table.Name, previous, p.Column).Name.Length == 0));

    private string? MapOf(Table table, PrimaryKey key) =>
        key.Name is { Length: > 0 } name && name != _names.Fit(table.Name.Name, "_pkey") ? name : null;

    private string? MapOf(Table table, TableIndex index)
    {
        var usual = _names.Of(table.Name.Name, index.Parts, index.IsUnique ? "_key" : "_idx");
        return index.Name == usual ? null : index.Name;
    }
}
