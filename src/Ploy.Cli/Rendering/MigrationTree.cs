namespace Ploy.Cli.Rendering;

/// <summary>Migrations as the files that they are.</summary>
internal static class MigrationTree
{
    public static void Tell(Terminal terminal, string head, string folder, IReadOnlyList<string> names)
    {
        terminal.Say(head);
        terminal.Say($"{folder}/");
        for (var i = 0; i < names.Count; i++)
        {
            var isLast = i == names.Count - 1;
            terminal.Say($"  {(isLast ? "└─" : "├─")} {names[i]}/");
            terminal.Say($"  {(isLast ? " " : "│")}    └─ migration.sql");
        }
    }
}
