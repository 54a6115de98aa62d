using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>Work by which rows may be lost.</summary>
public sealed record DestructiveWork
{
    /// <summary>The verb, as it is typed: <c>migrate reset</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>What is lost, one sentence.</summary>
    public required string Loss { get; init; }

    /// <summary>The question to a person at a terminal.</summary>
    public required string Question { get; init; }

    /// <summary>The flag that answers the question: <c>--force</c>.</summary>
    public required string Flag { get; init; }

    /// <summary>The code where the question can neither be asked nor was answered.</summary>
    public required string UnansweredCode { get; init; }

    /// <summary>Another way on than the flag; null where there is none.</summary>
    public string? OtherWay { get; init; }

    /// <summary>Everything that makes this work what it is, a line each: a consent holds for exactly that.</summary>
    public required ImmutableArray<string> Plan { get; init; }

    /// <summary>The namespaces whose rows may be lost; null for those of the schema.</summary>
    public ImmutableArray<string>? Namespaces { get; init; }

    /// <summary>Details for the refusal.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether to ask even where no table holds a row.</summary>
    public bool AsksWithoutRows { get; init; }
}

/// <summary>What the user has said already.</summary>
/// <param name="IsAnswered">Whether the question is answered with yes by a flag.</param>
/// <param name="Consent">The text <c>DATABASE@PLAN_HASH</c>; null where none was given.</param>
public readonly record struct Given(bool IsAnswered, string? Consent);

/// <summary>
/// The one place that decides whether work by which rows may be lost is done. It is, where no table holds a row, where the database is
/// disposable and the question is answered with yes, and where the consent names exactly this work on exactly this database.
/// </summary>
public sealed class ConsentGate(Workspace workspace, IPrompt prompt)
{
    /// <summary>Returns where the work may be done.</summary>
    /// <exception cref="PloyException">
    /// The code of the work where nobody can be asked, PLOY2220 where a consent is needed, PLOY2221 where that given is for other work,
    /// PLOY2202 (exit code 130) where the answer was no.
    /// </exception>
    public async ValueTask RequireAsync(IDatabaseSession session, DestructiveWork work, Given given, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        var connector = workspace.Dialect.Connector;
        var state = connector.State(session);
        var mark = await DatabaseMarks.ReadAsync(state, cancellationToken).ConfigureAwait(false);
        var tables = await connector.TablesWithRowsAsync(session, work.Namespaces ?? workspace.NamespacesIn(workspace.Address), cancellationToken).ConfigureAwait(false);
        var consent = ConsentFor(work, tables);
        if (given.Consent is { } text)
        {
            if (text == consent) return;
            throw Refused("PLOY2221", $"The consent `{text}` is not for what would happen here: the database, its tables with rows or the plan is another.", work, consent, mark, tables);
        }

        if (tables.IsEmpty && mark != DatabaseMark.Protected)
        {
            if (work.AsksWithoutRows) Ask(work, given, work.Question);
            return;
        }

        if (mark == DatabaseMark.Disposable)
        {
            Ask(work, given, work.Question);
            return;
        }

        if (mark == DatabaseMark.Protected || !workspace.Address.IsLocal || !prompt.CanPrompt || given.IsAnswered)
        {
            var standing = mark == DatabaseMark.Protected ? "is marked as protected" : "is not marked as disposable";
            // Where the flag was not given either, that is what scripts know the refusal by.
            var code = given.IsAnswered || prompt.CanPrompt ? "PLOY2220" : work.UnansweredCode;
            throw Refused(code, $"{work.Loss} The database {standing}, so this needs a consent. Nothing has changed.", work, consent, mark, tables);
        }

        Ask(work, given, $"`{workspace.Address.Database}` is on this machine and holds rows; a yes also marks it as disposable, so that from then on a yes is enough here.\n{work.Question}");
        await DatabaseMarks.WriteAsync(state, DatabaseMark.Disposable, cancellationToken).ConfigureAwait(false);
    }

    private void Ask(DestructiveWork work, Given given, string question)
    {
        if (given.IsAnswered) return;
        if (!prompt.CanPrompt)
            throw new PloyException(work.UnansweredCode, $"{work.Loss} Nobody can be asked here, so nothing has changed.", $"Say so with `{work.Flag}`{(work.OtherWay is { } other ? $", or {other}" : "")}.") { Notes = work.Notes };
        if (!prompt.Confirm(question))
            throw new PloyException("PLOY2202", $"`ploy {work.Verb}` was cancelled; nothing has changed.", null) { ExitCode = 130 };
    }

    private string ConsentFor(DestructiveWork work, ImmutableArray<string> tables)
    {
        var address = workspace.Address;
        string[] lines = [work.Verb, address.Location, address.Database, address.Namespace ?? "", .. tables, "", .. work.Plan];
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return $"{address.Database}@{Convert.ToHexStringLower(hash)[..12]}";
    }

    private PloyException Refused(string code, string message, DestructiveWork work, string consent, DatabaseMark mark, ImmutableArray<string> tables) => new(
        code,
        message,
        mark == DatabaseMark.Protected
            ? $"Where that is really meant, run it again with `--consent {consent}`."
            : $"Where that is really meant, run it again with `--consent {consent}`. Where the database is for development, say so once: at a terminal with a yes{(workspace.Address.IsLocal ? "" : " to `ploy db mark --disposable`")}, or with `ploy db mark --disposable`.")
    {
        Notes = [.. work.Notes, .. tables.IsEmpty ? (string[])[] : [$"rows: {Names(tables)}"], $"consent: {consent}"],
    };

    private static string Names(ImmutableArray<string> tables) => string.Join(", ", tables.Take(8)) + (tables.Length > 8 ? $", ... {tables.Length} tables in all" : "");
}
