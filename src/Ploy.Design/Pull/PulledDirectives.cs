using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Language.Directives;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;

namespace Ploy.Design.Pull;

/// <summary>
/// What directives say of a database: those of the files so far, and, where it is asked for, new ones for all that the language leaves out. What they say is taken out of
/// the schema from which models are written, so that nothing is said twice.
/// </summary>
internal sealed class PulledDirectives
{
    private readonly PreviousSchema _previous;
    private readonly Dialect _dialect;
    private readonly DirectiveWriter _writer;
    private readonly HashSet<ObjectKey> _said;
    private readonly bool _saysPredicates;
    private readonly Dictionary<QualifiedName, List<(string Name, IndexClause Clause)>> _indexes = [];
    private readonly HashSet<(QualifiedName Table, string Name)> _found = [];

    /// <summary>Reads what is said, and decides which indexes become directives.</summary>
    /// <param name="schema">The database.</param>
    /// <param name="previous">The files so far.</param>
    /// <param name="dialect">The product.</param>
    /// <param name="said">What directives and object files of the files so far say, namespaces resolved.</param>
    /// <param name="isWhole">Whether new directives are written.</param>
    public PulledDirectives(DatabaseSchema schema, PreviousSchema previous, Dialect dialect, IReadOnlySet<ObjectKey> said, bool isWhole)
    {
        (_previous, _dialect, IsWhole) = (previous, dialect, isWhole);
        _writer = new DirectiveWriter(IsSqlite);

        // The feature that `where:` needs is switched on in a generator; without one, directives say it.
        _saysPredicates = previous.Compilation.Trees.Any(t => t.Root.Declarations.OfType<ConfigurationSyntax>().Any(b => b.Kind == ConfigurationKind.Generator));
        _said = [.. said];
        Schema = schema with { Tables = schema.Tables.Select(Without).ToEquatableArray() };
    }

    /// <summary>Whether new directives are written.</summary>
    public bool IsWhole { get; }

    /// <summary>The database without what directives say.</summary>
    public DatabaseSchema Schema { get; }

    /// <summary>What directives and object files say, new ones among them once they are written.</summary>
    public IReadOnlySet<ObjectKey> Said => _said;

    private bool IsSqlite => _dialect.DefaultNamespace is null;

    /// <summary>A model's doc comment with its directives: without those whose object is gone, and with new ones.</summary>
    public string? OfModel(PulledDatabase database, Table table, PreviousModel? previous)
    {
        if (!IsWhole) return previous?.Model.Documentation;
        var placed = previous is null ? [] : _previous.Model.Directives.Of(previous.Model.Name);
        var lines = new List<string>();
        foreach (var item in table.Objects)
            if (item.Kind is ObjectKind.Check or ObjectKind.Exclusion or ObjectKind.RowSecurity or ObjectKind.Policy && Say(item.Key, _writer.Of(item)) is { } line)
                lines.Add(line);
        foreach (var (name, clause) in _indexes.GetValueOrDefault(table.Name, []))
            if (Say(new ObjectKey(ObjectKind.Index, table.Name, new QualifiedName(null, name)), _writer.Of(name, clause, c => FieldOf(database, table, previous, c))) is { } line)
                lines.Add(line);
        var comment = table.Objects.FirstOrDefault(o => o.Kind == ObjectKind.TableComment);
        return Document(previous?.Model.Documentation, placed.Where(d => !IsThere(table, d.Value)), comment, lines);
    }

    /// <summary>A field's doc comment with its directives.</summary>
    public string? OfColumn(Table table, Column column, PreviousModel? previous, ScalarField? field)
    {
        if (!IsWhole) return field?.Documentation;
        var placed = field is null ? [] : _previous.Model.Directives.Of(previous!.Model.Name, field.Name); // a field has a model
        var lines = new List<string>();
        if (column.Generated is { } generated && Say(new ObjectKey(ObjectKind.Generated, table.Name, new QualifiedName(null, column.Name)), _writer.Generated(generated.Text)) is { } line) lines.Add(line);
        if (NeedsDefault(column) && !placed.Any(d => d.Value is DefaultDirective) && DirectiveWriter.Default(((DefaultValue.Expression)column.Default!).Sql.Text) is { } value) lines.Add(value); // asked for
        var comment = table.Objects.FirstOrDefault(o => o.Kind == ObjectKind.ColumnComment && o.Name.Name == column.Name);
        var gone = placed.Where(d => d.Value is CommentDirective && comment is null || d.Value is GeneratedDirective && column.Generated is null || d.Value is DefaultDirective && column.Default is null);
        return Document(field?.Documentation, gone, comment, lines);
    }

    /// <summary>A relation field's doc comment: only that which holds a directive is kept, as the engine keeps none.</summary>
    public string? OfKey(Table table, ForeignKey key, string? documentation)
    {
        var kept = documentation?.Contains("@ploy.", StringComparison.Ordinal) == true ? documentation : null;
        if (!IsWhole || (_dialect.DiffRules.HasNamedForeignKeys ? key.Name : key.ImpliedName(table.Name)) is not { } name) return kept;
        var item = table.Objects.FirstOrDefault(o => o.Kind == ObjectKind.Deferrable && o.Name.Name == name);
        return item is not null && Say(item.Key, _writer.Of(item)) is { } line ? Document(kept, [], null, [line]) : kept;
    }

    /// <summary>
    /// What stands in <c>@default</c> of a column that a directive speaks of: <c>dbgenerated()</c> for a new one; null where the language says the default itself.
    /// </summary>
    /// <param name="column">The column.</param>
    /// <param name="previous">Its model; null where it is new.</param>
    /// <param name="field">Its field; null where it is new.</param>
    /// <param name="isSaid">Whether a directive speaks of it.</param>
    public string? DefaultOf(Column column, PreviousModel? previous, ScalarField? field, out bool isSaid)
    {
        var known = field is not null && _previous.Model.Directives.Of(previous!.Model.Name, field.Name).Any(d => d.Value is GeneratedDirective or DefaultDirective); // a field has a model
        isSaid = known || IsWhole && (column.Generated is not null || NeedsDefault(column));
        if (!isSaid) return null;
        return known && field!.Default is null ? null : "dbgenerated()"; // known has a field
    }

    // Where the language has only a text for what the database computes.
    private bool NeedsDefault(Column column) =>
        column is { Default: DefaultValue.Expression, IsAutoIncrement: false, Generated: null } && _dialect.PullRules.Default(column) is Relational.Pulling.PulledDefault.Text;

    // What is said once is written once.
    private string? Say(ObjectKey key, string? directive) =>
        directive is not null && _said.Add(OwnershipMarks.Resolve(key, _dialect.DefaultNamespace)) ? directive : null;

    private string? Document(string? documentation, IEnumerable<PlacedDirective> gone, SchemaObject? comment, List<string> lines)
    {
        var removed = gone.Select(d => d.Location.Source[d.Location.Span].ToString().Trim()).ToHashSet(StringComparer.Ordinal);
        var kept = documentation is null ? [] : documentation.Split('\n').Where(l => !removed.Contains(l.Trim())).ToList();
        var own = string.Join('\n', kept.Select(l => l.Trim()).Where(l => !l.StartsWith("@ploy.", StringComparison.Ordinal) && !PullRemarks.Is(l))).Trim();
        if (comment is not null && !IsSaid(comment.Key) && DirectiveWriter.Comment(comment.Definition.Text) is { } text && (own.Length == 0 || own == text))
        {
            if (own.Length == 0) kept.InsertRange(0, text.Split('\n'));
            kept.Add("@ploy.comment");
            Say(comment.Key, "comment");
        }

        kept.AddRange(lines.Select(l => "@ploy." + l));
        return kept.Count == 0 ? null : string.Join('\n', kept);
    }

    private bool IsThere(Table table, Directive directive) => directive switch
    {
        CheckDirective check => Has(table, ObjectKind.Check, check.Name),
        IndexDirective index => _found.Contains((table.Name, index.Name)),
        ExcludeDirective exclude => Has(table, ObjectKind.Exclusion, exclude.Name),
        PolicyDirective policy => Has(table, ObjectKind.Policy, policy.Name),
        RowSecurityDirective => table.Objects.Any(o => o.Kind == ObjectKind.RowSecurity),
        CommentDirective => table.Objects.Any(o => o.Kind == ObjectKind.TableComment),
        _ => true,
    };

    private static bool Has(Table table, ObjectKind kind, string name) => table.Objects.Any(o => o.Kind == kind && o.Name.Name == name);

    private static string? FieldOf(PulledDatabase database, Table table, PreviousModel? previous, string column) =>
        table.FindColumn(column) is not null && database.NameOf(table.Name, previous, column).Name is { Length: > 0 } name ? name : null;

    private bool IsSaid(Table table, string index) => IsSaid(new ObjectKey(ObjectKind.Index, table.Name, new QualifiedName(null, index)));

    private bool IsSaid(ObjectKey key) => _said.Contains(OwnershipMarks.Resolve(key, _dialect.DefaultNamespace));

    private Table Without(Table table)
    {
        foreach (var name in table.Indexes.Select(i => i.Name).Concat(table.Objects.Where(o => o.Kind == ObjectKind.Index).Select(o => o.Name.Name))) _found.Add((table.Name, name));
        var previous = _previous.ModelOf(table.Name);
        var named = previous is null ? [] : _previous.Model.Directives.Of(previous.Model.Name).Select(d => d.Value).OfType<IndexDirective>().Select(i => i.Name).ToHashSet(StringComparer.Ordinal);

        // What frees deleted rows stays a plain unique index in the language.
        var indexes = table.Indexes.Where(i => !named.Contains(i.Name)).Select(i => i.Predicate is not null && IsSaid(table, i.Name) ? i with { Predicate = null } : i).ToList();
        if (!IsWhole) return table with { Indexes = indexes.ToEquatableArray() };
        var directives = new List<(string Name, IndexClause Clause)>();
        var texts = table.Objects.Where(o => o.Kind == ObjectKind.Index).ToDictionary(o => o.Name.Name, o => o.Definition.Text, StringComparer.Ordinal);
        var singles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var index in indexes.ToList())
        {
            var isAgain = index is { IsUnique: true, Parts: [var only] } && !singles.Add(only.Column);
            var clause = texts.TryGetValue(index.Name, out var text) ? _writer.Read(text) : ClauseOf(index);
            if (clause is null || IsSaid(table, index.Name) || index.IsConstraint && IsSqlite || !(isAgain || !PulledIndexes.IsSayable(index) || IsBeyond(clause) || index.IsUnique && index.Parts.Any(p => p.OperatorClass is not null) || clause.Predicate is not null && !_saysPredicates)) continue;
            indexes.Remove(index);
            directives.Add((index.Name, clause));
        }

        foreach (var (name, text) in texts)
            if (table.Indexes.All(i => i.Name != name) && !IsSaid(table, name) && _writer.Read(text) is { } clause)
                directives.Add((name, clause));
        if (directives.Count > 0) _indexes.TryAdd(table.Name, directives);
        return table with { Indexes = indexes.ToEquatableArray() };
    }

    // What the language's own index would lose.
    private bool IsBeyond(IndexClause clause) => clause.Include.Count > 0 || clause.NullsNotDistinct
        || ((string[])["NULLS", "COLLATE"]).Any(w => ClauseReader.Mentions(clause.Keys, w, IsSqlite));

    private IndexClause ClauseOf(TableIndex index) => new(
        index.IsUnique, index.Method,
        string.Join(", ", index.Parts.Select(p => _dialect.Quote(p.Column) + (p.OperatorClass is { } ops ? " " + ops : "") + (p.IsDescending ? " DESC" : ""))),
        [], false, index.Predicate?.Text);
}
