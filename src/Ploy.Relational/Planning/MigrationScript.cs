using System.Text;
using Ploy.Relational.Changes;
using Ploy.Relational.Objects;

namespace Ploy.Relational.Planning;

/// <summary>Writes the text of a migration: a warning at its head, then each step under a comment that names it.</summary>
public static class MigrationScript
{
    /// <summary>What stands in a migration without a step; no newline behind it.</summary>
    public const string Empty = "-- This is an empty migration.";

    /// <summary>The script of a difference; <see cref="Empty"/> where there is none, else it ends with a newline.</summary>
    public static string Render(SchemaDifference difference, Dialect dialect, DestructiveDiagnostics? warnings = null)
    {
        if (difference.IsEmpty) return Empty;
        var script = new StringBuilder();
        if (warnings is { IsEmpty: false }) AppendWarnings(script, warnings);
        var renderer = dialect.CreateRenderer(difference);
        var isFirst = true;
        foreach (var change in difference.Changes)
        {
            var statements = change.Accept(renderer);
            var mark = OwnershipMarks.Of(change, difference, dialect);
            if (statements.IsEmpty && mark is null) continue;
            if (!isFirst) script.Append('\n');
            isFirst = false;
            script.Append("-- ").Append(change.Accept(StepNames.Instance)).Append('\n');
            if (mark is not null) script.Append(mark).Append('\n');
            foreach (var statement in statements) script.Append(statement).Append(";\n");
        }

        return script.ToString();
    }

    private static void AppendWarnings(StringBuilder script, DestructiveDiagnostics diagnostics)
    {
        script.Append("/*\n  Warnings:\n\n");
        foreach (var warning in diagnostics.Warnings) script.Append("  - ").Append(warning.Description).Append('\n');
        foreach (var step in diagnostics.Unexecutable) script.Append("  - ").Append(step.Description).Append('\n');
        script.Append("\n*/\n");
    }
}
