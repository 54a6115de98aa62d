using Ploy.Relational.Model;

namespace Ploy.Cli.Rendering;

/// <summary>Names the objects of a database that the schema cannot say, so that nobody believes they are looked after.</summary>
internal static class UnmanagedList
{
    private const int MaxLines = 20;

    public static void Tell(Terminal terminal, IReadOnlyList<UnmanagedObject> objects)
    {
        if (objects.Count == 0) return;
        terminal.Note("The database has objects that the schema cannot say; they are left alone:");
        foreach (var item in objects.Take(MaxLines)) terminal.Note($"  - {Describe(item)}");
        if (objects.Count > MaxLines) terminal.Note($"  ... and {objects.Count - MaxLines} more; --json lists all");
    }

    public static string Describe(UnmanagedObject item) => item.Table is { } table && table != item.Name ? $"{item.Kind} {item.Name.Name} on {table}" : $"{item.Kind} {item.Name}";
}
