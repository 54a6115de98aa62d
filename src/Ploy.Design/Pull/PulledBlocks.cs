using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>Makes the models, views and enums of a database.</summary>
/// <param name="database">The database beside the files.</param>
/// <param name="newFile">The file of what is new.</param>
/// <param name="hasNamespaces">Whether each block says its namespace, because the datasource lists them.</param>
internal sealed class PulledBlocks(PulledDatabase database, Func<QualifiedName, string> newFile, bool hasNamespaces)
{
    private readonly PulledFields _fields = new(database);
    private readonly PulledRelations _relations = new(database);
    private readonly PulledIndexes _indexes = new(database);

    /// <summary>All of them: models, views and enums, each kind in the order of the files and then of the database.</summary>
    public IEnumerable<PulledBlock> All() =>
        InOrder(database.Models.Select(Model)).Concat(InOrder(database.Views.Select(View))).Concat(InOrder(database.Dialect.PullRules.HasEnums ? database.Schema.Enums.Select(Enum) : database.Previous.Enums.Select(Kept)));

    private static IEnumerable<PulledBlock> InOrder(IEnumerable<PulledBlock> blocks) => blocks.OrderBy(b => b.Position ?? int.MaxValue);

    private PulledBlock Model(Table table)
    {
        var previous = database.Previous.ModelOf(table.Name);
        var name = database.NameOf(table);
        var lines = table.Columns.Select(c => _fields.Of(table, previous, c)).Concat(_relations.Of(table, previous)).ToList();
        if (_indexes.BlockId(table, previous) is { } id) lines.Add(id);
        lines.AddRange(_indexes.Block(table, previous));
        if (name.Map is { } map) lines.Add(Attribute($"@@map({PulledText.Quoted(map)})"));
        if (previous is { Model.IsIgnored: true } || (!database.HasIdentifier(table) && table.Columns.Count > 0)) lines.Add(Attribute("@@ignore"));
        AddNamespace(lines, table.Name);
        return new PulledBlock
        {
            Keyword = "model",
            Name = name.Name,
            File = previous is null ? newFile(table.Name) : database.Previous.Files[previous.Syntax],
            Position = previous?.Position,
            Documentation = database.Directives.IsWhole
                ? database.Directives.OfModel(database, table, previous)
                : Remarks.Join(previous?.Model.Documentation, Remarks.Of(database, table, previous)),
            IsOut = table.Columns.Count == 0,
            Lines = lines,
        };
    }

    private PulledBlock View(View view)
    {
        var previous = database.Previous.ViewOf(view.Name);
        var name = database.NameOf(view);
        var lines = view.Columns.Select(c => _fields.Of(view, previous, c)).Concat(_relations.Of(previous)).ToList();
        if (previous is not null)
        {
            // What a view has of keys and indexes stands in the files alone.
            lines.AddRange(previous.Syntax.Attributes.Where(a => a.Name.Text is "id").Concat(previous.Syntax.Attributes.Where(a => a.Name.Text is "unique" or "index"))
                .Select(a => Attribute(previous.Model.Location.Source[a.Span].ToString())));
        }

        if (name.Map is { } map) lines.Add(Attribute($"@@map({PulledText.Quoted(map)})"));
        if (previous is { Model.IsIgnored: true }) lines.Add(Attribute("@@ignore"));
        AddNamespace(lines, view.Name);
        return new PulledBlock
        {
            Keyword = "view",
            Name = name.Name,
            File = previous is null ? newFile(view.Name) : database.Previous.Files[previous.Syntax],
            Position = previous?.Position,
            Documentation = Remarks.Join(previous?.Model.Documentation, Remarks.Of(database, view, previous)),
            Lines = lines,
        };
    }

    private PulledBlock Enum(EnumType type)
    {
        var previous = database.Previous.EnumOf(type.Name);
        var name = database.NameOf(type);
        var names = database.ValuesOf(type);
        var lines = type.Labels.Select(l => Value(previous, l, names[l])).ToList();
        if (name.Map is { } map) lines.Add(Attribute($"@@map({PulledText.Quoted(map)})"));
        AddNamespace(lines, type.Name);
        var isCommented = previous is null && database.Schema.Unmanaged.Any(u => u.Kind == "comment on type" && u.Name == type.Name);
        return new PulledBlock
        {
            Keyword = "enum",
            Name = name.Name,
            File = previous is null ? newFile(type.Name) : database.Previous.Files[previous.Syntax],
            Position = previous?.Position,
            Documentation = isCommented && !database.Directives.IsWhole ? Remarks.CommentedEnum : previous?.Enum.Documentation,
            Lines = lines,
        };
    }

    private static PulledLine Value(PreviousEnum? previous, string label, PulledName name)
    {
        var value = previous?.ValueOf(label);
        var isOut = name.Name.Length == 0;
        var text = isOut ? label : name.Name;
        return new PulledLine(name.Name, name.Map is { } map ? $"{text} @map({PulledText.Quoted(map)})" : text, value?.Documentation, isOut);
    }

    // Where the product has no enums they are as the files have them.
    private PulledBlock Kept(PreviousEnum previous)
    {
        var lines = previous.Enum.Values.Select(v => (Value: v, Name: previous.NameOf(v)))
            .Select(v => new PulledLine(v.Value.Name, v.Name.Map is { } label ? $"{v.Name.Name} @map({PulledText.Quoted(label)})" : v.Name.Name, v.Value.Documentation)).ToList();
        if (previous.Name.Map is { } map) lines.Add(Attribute($"@@map({PulledText.Quoted(map)})"));
        return new PulledBlock
        {
            Keyword = "enum", Name = previous.Enum.Name, File = database.Previous.Files[previous.Syntax], Position = previous.Position, Documentation = previous.Enum.Documentation, Lines = lines,
        };
    }

    private void AddNamespace(List<PulledLine> lines, QualifiedName name)
    {
        if (hasNamespaces && name.Namespace is { } space) lines.Add(Attribute($"@@schema({PulledText.Quoted(space)})"));
    }

    private static PulledLine Attribute(string text) => new(text, text);
}
