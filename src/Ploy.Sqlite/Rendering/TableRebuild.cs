using System.Collections.Immutable;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;
using Ploy.Sqlite.Sessions;

namespace Ploy.Sqlite.Rendering;

/// <summary>
/// Makes tables anew in the order that https://www.sqlite.org/lang_altertable.html#otheralter gives: the new table beside the old one,
/// filled from it, put in its stead, its indexes made again; then triggers and views.
/// </summary>
internal sealed class TableRebuild(RedefineTables change, SchemaDifference difference)
{
    /// <summary>The statements, without terminators.</summary>
    public ImmutableArray<string> Write()
    {
        var dependents = DependentObjects.Of(change, difference);
        var statements = ImmutableArray.CreateBuilder<string>();
        statements.Add("PRAGMA defer_foreign_keys=ON");
        statements.Add("PRAGMA foreign_keys=OFF");
        statements.AddRange(dependents.Drop());
        foreach (var table in change.Tables) Write(table, statements);
        statements.AddRange(dependents.Create());
        statements.Add("PRAGMA foreign_keys=ON");
        statements.Add("PRAGMA defer_foreign_keys=OFF");
        return statements.ToImmutable();
    }

    private void Write(RedefineTable table, ImmutableArray<string>.Builder statements)
    {
        var (name, interim) = (table.After.Name.Name, "new_" + table.After.Name.Name);
        var kept = KeptParts.Of(table, difference.Before);
        statements.Add(SqliteTables.Create(table.After, interim, kept));
        var copied = table.Columns.Where(c => c.After.Generated is null && kept.TextOf(c.After) is null).ToList();
        if (copied.Count > 0) statements.Add(Copy(table, copied, interim));
        statements.AddRange(kept.GoneIndexes.Select(n => $"DROP INDEX {SqliteNames.Quote(n)}"));
        statements.Add($"DROP TABLE {SqliteNames.Quote(table.Before.Name.Name)}");
        statements.Add($"ALTER TABLE {SqliteNames.Quote(interim)} RENAME TO {SqliteNames.Quote(name)}");
        foreach (var index in table.After.Indexes.Where(i => !SqliteTables.IsInline(i))) statements.Add(SqliteTables.Create(table.After, index));
        statements.AddRange(kept.Indexes);
    }

    private static string Copy(RedefineTable table, List<ColumnPair> copied, string interim)
    {
        var names = string.Join(", ", copied.Select(c => SqliteNames.Quote(c.After.Name)));
        return $"INSERT INTO {SqliteNames.Quote(interim)} ({names}) SELECT {string.Join(", ", copied.Select(Source))} FROM {SqliteNames.Quote(table.Before.Name.Name)}";
    }

    /// <summary>The column as it is copied. One that becomes required takes its default where it was null.</summary>
    private static string Source(ColumnPair pair)
    {
        var name = SqliteNames.Quote(pair.Before.Name);
        var isMadeRequired = pair.Before.Type.Arity != pair.After.Type.Arity && pair.After.Type.Arity == ColumnArity.Required;
        if (!isMadeRequired || pair.After.Default is not { } value || SqliteValues.Default(value, pair.After.Type.Family) is not { } text) return name;

        // A name in brackets is a text in a default (BareJson), but a column here, which there is not.
        return $"coalesce({name}, {(text[0] == '[' ? SqliteNames.Literal(text) : text)}) AS {name}";
    }
}
