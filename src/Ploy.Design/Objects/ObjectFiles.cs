using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Relational;
using Ploy.Relational.Model;

namespace Ploy.Design.Objects;

/// <summary>What the object files of a project want of the database, and where each is said.</summary>
/// <param name="Objects">In the order of files and statements.</param>
/// <param name="Locations">Where each stands.</param>
public sealed record ObjectFileContents(ImmutableArray<SchemaObject> Objects, ImmutableDictionary<ObjectKey, SourceLocation> Locations);

/// <summary>Reads <c>objects/*.sql</c>: each statement makes one object that the database shall have.</summary>
public static class ObjectFiles
{
    /// <summary>The folder's name, beside the migrations.</summary>
    public const string FolderName = "objects";

    /// <summary>The folder beside another one or a file, which is never the root.</summary>
    public static string FolderOf(string neighbour) => Path.Combine(Path.GetDirectoryName(neighbour)!, FolderName);

    /// <summary>Reads all files below a folder by name; nothing where there is no such folder.</summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="display">Shows a path to people.</param>
    /// <param name="dialect">The product.</param>
    /// <exception cref="PloyException">PLOY2701 where a statement makes nothing that can be held so, PLOY2702 where two make the same; each with its place.</exception>
    public static ObjectFileContents Read(string folder, Func<string, string> display, Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(display);
        ArgumentNullException.ThrowIfNull(dialect);
        var objects = ImmutableArray.CreateBuilder<SchemaObject>();
        var locations = ImmutableDictionary.CreateBuilder<ObjectKey, SourceLocation>();
        if (Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                Read(SourceText.From(display(path), File.ReadAllText(path).ReplaceLineEndings("\n")), dialect, objects, locations);
        }

        return new ObjectFileContents(objects.ToImmutable(), locations.ToImmutable());
    }

    private static void Read(
        SourceText source, Dialect dialect, ImmutableArray<SchemaObject>.Builder objects, ImmutableDictionary<ObjectKey, SourceLocation>.Builder locations)
    {
        foreach (var statement in dialect.Split(source.Text))
        {
            var location = new SourceLocation(source, statement.Span);
            if (statement.Problem is not null || dialect.Objects.Identify(statement.TextIn(source.Text)) is not { } item)
            {
                throw new PloyException(
                    "PLOY2701",
                    $"This statement makes nothing that an object file holds: {dialect.Objects.Held}.",
                    "Move it into a migration, which you write with `ploy migrate dev --create-only`.")
                {
                    Location = location,
                };
            }

            // All that one role may do with one thing is one object, in as many statements as that takes.
            var key = item.Key;
            if (key.Kind == ObjectKind.Grant && objects.FirstOrDefault(o => o.Key == key) is { } granted)
            {
                objects[objects.IndexOf(granted)] = granted with { Definition = new SqlExpression($"{granted.Definition.Text};\n{item.Definition.Text}") };
                continue;
            }

            if (locations.TryGetValue(key, out var first))
            {
                throw new PloyException("PLOY2702", $"The {key.Kind.Word()} `{key.Name}` is made twice.", "Remove one of the two.")
                {
                    Location = location,
                    Notes = [$"first: {first.Source.Path}:{first.Source.GetPosition(first.Span.Start).Line + 1}"],
                };
            }

            objects.Add(item);
            locations.Add(key, location);
        }
    }
}
