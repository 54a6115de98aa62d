using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational.Planning;
using Ploy.Relational.Sql;

namespace Ploy.Design.Commands;

/// <summary>Writes migrations as one SQL file for an administrator; touches no database.</summary>
public sealed class ScriptCommand(Workspace workspace)
{
    /// <summary>The file's text; null where there is no migration between the two.</summary>
    /// <param name="from">The migration that is applied already; null to begin with the first.</param>
    /// <param name="to">The last migration; null for the newest.</param>
    /// <param name="isIdempotent">Whether what is applied already is passed over.</param>
    /// <exception cref="PloyException">P3017 where there is no such migration, PLOY2224 where the file cannot carry one of them, and those of reading scripts.</exception>
    public string? Run(string? from, string? to, bool isIdempotent)
    {
        var directory = workspace.ReadMigrations();
        var (first, last) = (IndexOf(directory, from) + 1, to is null ? directory.Files.Length - 1 : IndexOf(directory, to));
        if (first > last) return null;
        return workspace.Dialect.Handover.Write(new HandoverPlan
        {
            Namespace = Namespace() ?? workspace.Dialect.DefaultNamespace,
            After = first == 0 ? null : directory.Files[first - 1].Name,
            Migrations = [.. directory.Files[first..(last + 1)].Select(Read)],
            IsIdempotent = isIdempotent,
        });
    }

    // Whoever writes the file need not know the database that it is for.
    private string? Namespace()
    {
        try
        {
            return workspace.Project.FindAddress(workspace.Dialect, workspace.Model.Datasource)?.Namespace;
        }
        catch (PloyException exception) when (exception.Code == "P1012")
        {
            return null;
        }
    }

    private static int IndexOf(MigrationDirectory directory, string? name) => name is null ? -1 : directory.Files.IndexOf(directory.Require(name));

    private HandoverMigration Read(MigrationFile file)
    {
        var script = MigrationScriptReader.Read(file, workspace.Dialect);
        var text = file.Script.Text;
        var parts = ImmutableArray.CreateBuilder<HandoverPart>();
        var run = ImmutableArray.CreateBuilder<string>();
        foreach (var statement in script.Statements)
        {
            var isLone = script.Settings.Transactions == ScriptTransactions.None
                || (statement.Transaction == TransactionUse.Forbidden && script.Settings.Transactions == ScriptTransactions.Automatic);
            if (isLone)
            {
                if (run.Count > 0) parts.Add(new HandoverPart(run.ToImmutable(), IsLone: false));
                run.Clear();
                parts.Add(new HandoverPart([TextOf(statement, text)], IsLone: true));
                continue;
            }

            run.Add(TextOf(statement, text));
            // A new enum value can be used behind a commit only; whether it is, nobody knows without a database.
            if (statement.Transaction != TransactionUse.CommitBeforeUse || script.Settings.Transactions == ScriptTransactions.File) continue;
            parts.Add(new HandoverPart(run.ToImmutable(), IsLone: false));
            run.Clear();
        }

        if (run.Count > 0 || parts.Count == 0) parts.Add(new HandoverPart(run.ToImmutable(), IsLone: false));
        return new HandoverMigration(file.Name, file.Checksum, parts.ToImmutable()) { Isolation = script.Isolation };
    }

    // With the comments before it, which tell an administrator what it is.
    private static string TextOf(ScriptStatement statement, string text) => text[statement.FullSpan.Start..statement.Span.End].Trim();
}
