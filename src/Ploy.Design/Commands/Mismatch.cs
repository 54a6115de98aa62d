using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.History;
using Ploy.Relational.Changes;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>How a database and its migrations are brought together again.</summary>
public enum MismatchWay
{
    /// <summary>A person chooses at a terminal; elsewhere the run ends with the ways on.</summary>
    Ask,

    /// <summary>What the database has of its own becomes a new migration, recorded as applied.</summary>
    Take,

    /// <summary>The database is changed to what the migrations on disk lead to.</summary>
    Undo,
}

/// <summary>Where a database and its migrations do not belong together: files that were changed or are gone, and changes made by other means.</summary>
/// <param name="Address">The database.</param>
/// <param name="State">What files and history say of each other.</param>
/// <param name="Difference">From what the applied migrations on disk lead to, to the database.</param>
public sealed record Mismatch(DatabaseAddress Address, HistoryState State, SchemaDifference Difference)
{
    /// <summary>Whether all is in order.</summary>
    public bool IsEmpty => State.Edited.IsEmpty && State.Missing.IsEmpty && Difference.IsEmpty;

    /// <summary>What is wrong, and the database's own changes.</summary>
    public string Summary =>
        !State.IsInitialized ? $"The database `{Address}` holds objects but no history of migrations."
        : Reasons.IsEmpty ? $"The database `{Address}` is not what its migrations lead to: it was changed by other means."
        : $"The database does not match the migrations: {string.Join("; ", Reasons)}.";

    /// <summary>The difference as a text for people.</summary>
    public string DifferenceText => Difference.IsEmpty
        ? "difference: none; the database is what the migrations on disk lead to"
        : $"difference from the migrations to the database:\n{ChangeSummary.Render(Difference).Trim('\n')}";

    /// <summary>The refusal, with every way on.</summary>
    public PloyException ToException() => new(
        !State.IsInitialized ? "P3005" : Reasons.IsEmpty ? "PLOY2204" : "PLOY2203",
        $"{Summary} Nothing has changed.",
        string.Join('\n', (string[])["One of these leads on:", .. Ways.Select(w => $"- {w}")]))
    {
        ExitCode = 130,
        Notes = [DifferenceText],
    };

    private ImmutableArray<string> Reasons =>
    [
        .. State.Edited.Select(e => $"the migration `{e.File.Name}` was changed after it was applied"),
        .. State.Missing is [var only]
            ? [$"the migration `{only.MigrationName}` is applied but not on disk"]
            : State.Missing.IsEmpty ? (string[])[] : [$"{State.Missing.Length} migrations are applied but not on disk: {string.Join(", ", State.Missing.Select(a => $"`{a.MigrationName}`"))}"],
    ];

    private IEnumerable<string> Ways
    {
        get
        {
            if (!State.IsInitialized)
            {
                yield return State.Pending.IsEmpty
                    ? "`ploy migrate dev --take-drift` writes what is there into a first migration and records it as applied"
                    : "`ploy migrate doctor` finds out which migrations the database holds already; with `--fix` it records them";
                yield return "another, empty database: `--url`";
                yield return "`ploy migrate reset` empties this one, where all data may go";
                yield break;
            }

            if (!State.Edited.IsEmpty || !State.Missing.IsEmpty) yield return "put the files back from version control";
            if (!State.Pending.IsEmpty && !Difference.IsEmpty) yield return "`ploy migrate deploy` applies what is pending; then the ways below are open";
            yield return Difference.IsEmpty
                ? "`ploy migrate dev --take-drift` makes the history say what the files say: the database is that already"
                : "`ploy migrate dev --take-drift` writes the difference into a new migration and records it as applied";
            if (!Difference.IsEmpty) yield return "`ploy migrate dev --undo-drift` takes the difference out of the database";
            foreach (var edited in State.Edited) yield return $"`ploy migrate resolve --applied {edited.File.Name}` says that the file as it is now is what was applied";
            if (!State.Missing.IsEmpty)
            {
                yield return "where others work on this database with files that are not here: merge their branch, or use a database of your own";
                yield return $"`ploy migrate resolve --rolled-back {(State.Missing is [var only] ? only.MigrationName : "NAME")}` forgets {(State.Missing.Length == 1 ? "it" : "one")}, where the database has nothing of it";
            }

            yield return "`ploy migrate reset` empties the database and applies all migrations, where all data may go";
        }
    }
}
