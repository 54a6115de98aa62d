using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Text;
using Ploy.Language.Formatting;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Relational;
using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>What a pull makes of a database.</summary>
/// <param name="Files">The schema files: those that were there in their order, and perhaps one more.</param>
/// <param name="Models">How many models.</param>
/// <param name="Enums">How many enums.</param>
/// <param name="Views">How many views.</param>
/// <param name="Warnings">What the schema does not say, or says otherwise than one would expect; one sentence each.</param>
/// <param name="Said">What directives and object files say of the database now.</param>
public sealed record PulledSchema(ImmutableArray<SourceText> Files, int Models, int Enums, int Views, ImmutableArray<string> Warnings, IReadOnlySet<ObjectKey> Said);

/// <summary>What is asked of a pull.</summary>
public sealed record PullOptions
{
    /// <summary>Namespaces asked for in place of those of the files; empty for those.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>The file that a new block goes to, as it is shown, by the name of its table, view or enum.</summary>
    public required Func<QualifiedName, string> NewFile { get; init; }

    /// <summary>What directives and object files say already, namespaces resolved.</summary>
    public IReadOnlySet<ObjectKey> Said { get; init; } = ImmutableHashSet<ObjectKey>.Empty;

    /// <summary>Whether what the language leaves out is written as directives.</summary>
    public bool WithDirectives { get; init; }
}

/// <summary>
/// Turns a database into schema files, keeping what the files say already: names, comments, order, and what a database cannot know. The text
/// is the engine's, byte for byte, but for comments that begin with two slashes, which the engine loses.
/// </summary>
public static class SchemaPuller
{
    /// <summary>Writes the files anew.</summary>
    /// <param name="schema">The database, read with the columns of its views.</param>
    /// <param name="compilation">The files so far; without errors.</param>
    /// <param name="dialect">The product.</param>
    /// <param name="options">What is asked for.</param>
    public static PulledSchema Pull(DatabaseSchema schema, SchemaCompilation compilation, Dialect dialect, PullOptions options)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(compilation);
        ArgumentNullException.ThrowIfNull(dialect);
        ArgumentNullException.ThrowIfNull(options);
        var model = compilation.Model ?? throw new ArgumentException("The files have errors.", nameof(compilation));
        var previous = new PreviousSchema(compilation, model);
        schema = HiddenColumns.Reveal(schema, u => IsSaid(u, schema, options), withIndexes: true);
        var directives = new PulledDirectives(schema, previous, dialect, options.Said, options.WithDirectives);
        var database = new PulledDatabase(directives, previous, dialect, model.PreviewFeatures.Contains("views"));
        var comments = new KeptComments(compilation.Trees);
        var hasNamespaces = !options.Namespaces.IsEmpty || model.Datasource is { Namespaces.IsEmpty: false };
        ImmutableArray<PulledBlock> blocks = [.. PulledConfiguration.All(database, options.Namespaces), .. new PulledBlocks(database, options.NewFile, hasNamespaces).All()];
        comments.LeaveOut(blocks);
        var texts = compilation.Trees.ToDictionary(t => t.Source.Path, t => new StringBuilder().Append(comments.AtStart(t)), StringComparer.Ordinal);
        foreach (var block in blocks)
        {
            if (!texts.TryGetValue(block.File, out var text)) texts.Add(block.File, text = new StringBuilder());
            block.WriteTo(text, comments);
        }

        foreach (var tree in compilation.Trees) texts[tree.Source.Path].Append(comments.AtEnd(tree));
        ImmutableArray<string> paths = [.. compilation.Trees.Select(t => t.Source.Path), .. texts.Keys.Where(k => compilation.Trees.All(t => t.Source.Path != k))];
        var formatted = SchemaFormatter.Format([.. paths.Select(p => SyntaxTree.Parse(SourceText.From(p, texts[p].ToString())))]);
        return new PulledSchema(
            [.. paths.Select((p, i) => SourceText.From(p, formatted[i]))], database.Models.Length, blocks.Count(b => b.Keyword == "enum"), database.Views.Length, [.. PullWarnings.Of(database)], directives.Said);
    }

    // A generated column that only a directive can say. One of which no directive makes all has no object.
    private static bool IsSaid(UnmanagedObject column, DatabaseSchema schema, PullOptions options)
    {
        var key = schema.Tables.FirstOrDefault(t => t.Name == column.Table)?.Objects.FirstOrDefault(o => o.Kind == ObjectKind.Generated && o.Name.Name == column.Name.Name)?.Key;
        return key is { } said && (options.WithDirectives || options.Said.Contains(said));
    }
}
