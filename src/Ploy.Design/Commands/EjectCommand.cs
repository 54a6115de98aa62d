using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.History;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>What <c>eject</c> removes, or has removed.</summary>
/// <param name="Files">Files and folders of the project, as shown.</param>
/// <param name="State">Where our own state of the database is; null where there is none or no database was reached.</param>
/// <param name="Unreachable">Why the database was not looked at; null where it was.</param>
public sealed record EjectReport(ImmutableArray<string> Files, string? State, string? Unreachable);

/// <summary>
/// Leaves a plain Prisma project: removes what only Ploy knows, in the project and in the database. Schema, migrations, history and rows
/// stay as they are.
/// </summary>
public sealed class EjectCommand(Workspace workspace, IPrompt prompt)
{
    /// <summary>Removes it after a yes.</summary>
    /// <param name="isAnswered">Whether the question is answered with yes by a flag.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">
    /// PLOY2225 where a migration is half-applied, whose ledger is still needed; PLOY2226 where nobody can be asked; PLOY2202 (130) where
    /// the answer was no.
    /// </exception>
    public async ValueTask<EjectReport> RunAsync(bool isAnswered, CancellationToken cancellationToken)
    {
        var project = workspace.Project;
        ImmutableArray<string> files = [.. new[] { Path.Combine(project.Root, "ploy.toml"), Path.Combine(project.Root, ".ploy") }.Where(p => File.Exists(p) || Directory.Exists(p))];
        IDatabaseSession? session = null;
        string? unreachable = null;
        try
        {
            session = await workspace.Dialect.Connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false);
        }
        catch (PloyException exception) when (exception.Code is "P1003")
        {
            unreachable = exception.Message;
        }

        await using var closing = session;
        if (session is not null) await RequireWholeAsync(session, cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> shown = [.. files.Select(project.Display)];
        Ask(isAnswered, shown);
        var hadState = session is not null && await workspace.Dialect.Connector.State(session).RemoveAllAsync(cancellationToken).ConfigureAwait(false);
        foreach (var file in files)
        {
            if (Directory.Exists(file)) Directory.Delete(file, recursive: true);
            else File.Delete(file);
        }

        return new EjectReport(shown, hadState ? workspace.Address.ToString() : null, unreachable);
    }

    private async ValueTask RequireWholeAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        if (connector.Ledger(session) is not { } ledger) return;
        var history = HistoryState.Compare([], await connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false));
        foreach (var failed in history.Failed)
        {
            if ((await ledger.ReadAsync(failed.Id, cancellationToken).ConfigureAwait(false)).IsEmpty) continue;
            throw new PloyException(
                "PLOY2225",
                $"The migration `{failed.MigrationName}` is half-applied, and what of it has run stands in what would be removed. Nothing has changed.",
                "Bring it to an end with `ploy migrate deploy` first, or say what became of it: `ploy migrate doctor`.");
        }
    }

    private void Ask(bool isAnswered, ImmutableArray<string> files)
    {
        if (isAnswered) return;
        var what = $"{string.Join(", ", files.Select(f => $"`{f}`").Append($"Ploy's own notes about `{workspace.Address}`"))}";
        if (!prompt.CanPrompt)
            throw new PloyException("PLOY2226", $"{what} would be removed, and nobody can be asked here. Nothing has changed.", "Say so with `--force`.");
        if (!prompt.Confirm($"{what} will be removed; schema, migrations, history and rows stay. Eject?"))
            throw new PloyException("PLOY2202", "`ploy eject` was cancelled; nothing has changed.", null) { ExitCode = 130 };
    }
}
