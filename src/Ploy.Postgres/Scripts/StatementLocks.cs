using System.Collections.Immutable;
using Ploy.Relational.Sql;

namespace Ploy.Postgres.Scripts;

/// <summary>
/// Which tables a statement locks, and how: by https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES and the pages of
/// the commands, of versions 13 to 18. Where a page says nothing (policies, rules, views), the server's source does.
/// </summary>
internal sealed class StatementLocks
{
    private readonly StatementWords _words;
    private readonly List<(string? Relation, LockMode Mode)> _found = [];
    private string? _new;

    private StatementLocks(string statement) => _words = new StatementWords(statement);

    /// <summary>The strongest lock on each table, in the order of the text.</summary>
    public static ImmutableArray<StatementLock> Of(string statement)
    {
        var locks = new StatementLocks(statement);
        locks.Read();
        var others = locks._found.Where(f => f.Relation is null || f.Relation != locks._new).GroupBy(f => f.Relation).Select(g => g.Max(f => f.Mode).On(g.Key));
        return locks._new is { } made ? [LockMode.AccessExclusive.On(made) with { IsNew = true }, .. others] : [.. others];
    }

    private void Read()
    {
        if (_words.Take("ALTER")) Alter();
        else if (_words.Take("CREATE")) Create();
        else if (_words.Take("DROP")) Drop();
        else if (_words.Take("TRUNCATE")) Several(LockMode.AccessExclusive, "TABLE");
        else if (_words.Take("LOCK")) LockTable();
        else if (_words.Take("COMMENT")) Comment();
        else if (_words.Take("INSERT")) After(LockMode.RowExclusive, "INTO");
        else if (_words.Take("MERGE")) After(LockMode.RowExclusive, "INTO", "ONLY");
        else if (_words.Take("UPDATE")) After(LockMode.RowExclusive, "ONLY");
        else if (_words.Take("DELETE")) After(LockMode.RowExclusive, "FROM", "ONLY");
        else if (_words.Take("COPY")) Copy();
        else if (_words.Take("REFRESH")) Refresh();
        else if (_words.Take("REINDEX")) Reindex();
        else if (_words.Take("CLUSTER")) Options(LockMode.AccessExclusive, LockMode.AccessExclusive);
        else if (_words.Take("VACUUM")) Options(LockMode.ShareUpdateExclusive, LockMode.AccessExclusive);
        else if (_words.Take("ANALYZE") || _words.Take("ANALYSE")) Options(LockMode.ShareUpdateExclusive, LockMode.ShareUpdateExclusive);
        // WITH may hold the words of a change; what a block or a procedure does is not to be seen in its call.
        else if (_words.Take("WITH")) With();
    }

    // https://www.postgresql.org/docs/current/sql-altertable.html: "An ACCESS EXCLUSIVE lock is acquired unless explicitly noted"; of several
    // actions the strictest counts.
    private void Alter()
    {
        if (_words.Take("TABLE") || _words.Take("FOREIGN") && _words.Take("TABLE")) AlterTable();
        else if (_words.Take("INDEX")) AlterIndex();
        else if (_words.Take("SEQUENCE")) Named(LockMode.ShareRowExclusive);
        else if (_words.Take("MATERIALIZED") || _words.Take("VIEW"))
        {
            _words.Take("VIEW");
            Named(LockMode.AccessExclusive);
        }
        else if (_words.Take("POLICY") || _words.Take("RULE") || _words.Take("TRIGGER")) OnTable(LockMode.AccessExclusive);
    }

    private void AlterTable()
    {
        _words.TakeAll("IF", "EXISTS");
        _words.Take("ONLY");
        if (TakeRelation() is not { } table) return;
        do
        {
            Action(table);
        }
        while (_words.IsAt(',') && _words.Skip());
    }

    private void Action(string table)
    {
        var mode = LockMode.AccessExclusive;
        if (_words.Take("ADD"))
        {
            var isKey = _words.Take("FOREIGN");
            if (!isKey && _words.Take("CONSTRAINT") && _words.TakeName() is not null) isKey = _words.Take("FOREIGN");
            if (isKey) mode = LockMode.ShareRowExclusive;
            References();
        }
        else if (_words.Take("VALIDATE")) mode = LockMode.ShareUpdateExclusive;
        else if (_words.Take("ENABLE") || _words.Take("DISABLE"))
        {
            if (!_words.Take("ALWAYS")) _words.Take("REPLICA");
            if (_words.Take("TRIGGER")) mode = LockMode.ShareRowExclusive;
        }
        else if (_words.Take("CLUSTER")) mode = LockMode.ShareUpdateExclusive;
        else if (_words.Take("SET")) mode = _words.IsAt('(') || _words.Take("WITHOUT") && _words.Take("CLUSTER") ? LockMode.ShareUpdateExclusive : mode;
        else if (_words.Take("RESET")) mode = LockMode.ShareUpdateExclusive;
        else if (_words.Take("ALTER")) mode = IsAboutStatistics() ? LockMode.ShareUpdateExclusive : mode;
        else if (_words.Take("ATTACH")) mode = Partition(LockMode.ShareUpdateExclusive);
        else if (_words.Take("DETACH"))
        {
            Partition(mode);
            if (_words.Take("CONCURRENTLY")) mode = LockMode.ShareUpdateExclusive;
        }

        _found.Add((table, mode));
        while (!_words.IsAt(',') && _words.SkipWhole())
        {
        }
    }

    private bool IsAboutStatistics()
    {
        _words.Take("COLUMN");
        if (_words.TakeName() is null) return false;
        return _words.Take("RESET") ? _words.IsAt('(') : _words.Take("SET") && (_words.Take("STATISTICS") || _words.IsAt('('));
    }

    // The partition itself is locked in full either way.
    private LockMode Partition(LockMode mode)
    {
        _words.Take("PARTITION");
        if (TakeRelation() is { } partition) _found.Add((partition, LockMode.AccessExclusive));
        return mode;
    }

    // A foreign key locks the table that it points at too (https://www.postgresql.org/docs/current/sql-altertable.html, ADD table_constraint).
    private void References()
    {
        while (_words.TakeUpTo("REFERENCES", beyondCommas: false))
            if (TakeRelation() is { } target)
                _found.Add((target, LockMode.ShareRowExclusive));
    }

    private void AlterIndex()
    {
        _words.TakeAll("IF", "EXISTS");
        var index = TakeRelation();
        // https://www.postgresql.org/docs/current/sql-alterindex.html: renaming and storage parameters are the exceptions.
        _found.Add((index, _words.Take("RENAME") || _words.Take("ATTACH") || ((_words.Take("SET") || _words.Take("RESET")) && _words.IsAt('(')) ? LockMode.ShareUpdateExclusive : LockMode.AccessExclusive));
    }

    private void Create()
    {
        var replaces = _words.Take("OR") && _words.Take("REPLACE");
        foreach (var word in (ReadOnlySpan<string>)["UNIQUE", "CONSTRAINT", "GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED", "FOREIGN", "RECURSIVE"]) _words.Take(word);
        if (_words.Take("INDEX")) OnTable(_words.Take("CONCURRENTLY") ? LockMode.ShareUpdateExclusive : LockMode.Share);
        else if (_words.Take("TRIGGER")) OnTable(LockMode.ShareRowExclusive);
        else if (_words.Take("POLICY")) OnTable(LockMode.AccessExclusive);
        else if (_words.Take("RULE"))
        {
            if (_words.TakeUpTo("TO")) Named(LockMode.AccessExclusive);
        }
        else if (_words.Take("STATISTICS"))
        {
            if (_words.TakeUpTo("FROM")) Named(LockMode.ShareUpdateExclusive);
        }
        else if (_words.Take("VIEW"))
        {
            if (replaces) Named(LockMode.AccessExclusive);
        }
        else if (_words.Take("TABLE")) CreateTable();
    }

    // https://www.postgresql.org/docs/current/sql-createtable.html: PARTITION OF takes an ACCESS EXCLUSIVE lock on the parent.
    private void CreateTable()
    {
        var mayExist = _words.Take("IF");
        _words.TakeAll("NOT", "EXISTS");
        var table = TakeRelation();
        if (!mayExist) _new = table;
        do
        {
            if (_words.Take("REFERENCES")) Named(LockMode.ShareRowExclusive);
            else if (_words.Take("PARTITION") && _words.Take("OF")) Named(LockMode.AccessExclusive);
            else if (_words.Take("INHERITS") && _words.Skip())
            {
                do
                {
                    Named(LockMode.ShareUpdateExclusive);
                }
                while (_words.IsAt(',') && _words.Skip());
            }
        }
        while (_words.Skip());
    }

    // An index is locked together with its table (https://www.postgresql.org/docs/current/sql-dropindex.html), whose name the statement does not say.
    private void Drop()
    {
        if (!_words.Take("MATERIALIZED")) _words.Take("FOREIGN");
        if (_words.Take("TABLE") || _words.Take("VIEW") || _words.Take("SEQUENCE")) Several(LockMode.AccessExclusive, "IF", "EXISTS");
        else if (_words.Take("INDEX")) _found.Add((null, _words.Take("CONCURRENTLY") ? LockMode.ShareUpdateExclusive : LockMode.AccessExclusive));
        else if (_words.Take("TRIGGER") || _words.Take("POLICY") || _words.Take("RULE")) OnTable(LockMode.AccessExclusive);
        else if (_words.Take("SCHEMA") || _words.Take("OWNED")) _found.Add((null, LockMode.AccessExclusive));
    }

    // LOCK [ TABLE ] [ ONLY ] a, b [ IN mode MODE ]: ACCESS EXCLUSIVE where it does not say (https://www.postgresql.org/docs/current/sql-lock.html).
    private void LockTable()
    {
        var first = _found.Count;
        Several(LockMode.AccessExclusive, "TABLE");
        if (!_words.TakeUpTo("IN")) return;
        LockMode? mode =
            _words.Take("ACCESS") ? (_words.Take("EXCLUSIVE") ? LockMode.AccessExclusive : null)
            : _words.Take("ROW") ? (_words.Take("EXCLUSIVE") ? LockMode.RowExclusive : null)
            : _words.Take("EXCLUSIVE") ? LockMode.Exclusive
            : !_words.Take("SHARE") ? LockMode.AccessExclusive
            : _words.Take("UPDATE") ? LockMode.ShareUpdateExclusive
            : _words.Take("ROW") ? LockMode.ShareRowExclusive
            : LockMode.Share;
        for (var i = first; i < _found.Count; i++)
            if (mode is { } named)
                _found[i] = (_found[i].Relation, named);
        if (mode is null) _found.RemoveRange(first, _found.Count - first);
    }

    // https://www.postgresql.org/docs/current/sql-comment.html
    private void Comment()
    {
        _words.Take("ON");
        if (_words.Take("TABLE")) Named(LockMode.ShareUpdateExclusive);
        else if (_words.Take("COLUMN") && TakeRelationOfColumn() is { } table) _found.Add((table, LockMode.ShareUpdateExclusive));
        else if (_words.Take("CONSTRAINT") || _words.Take("TRIGGER") || _words.Take("POLICY") || _words.Take("RULE")) OnTable(LockMode.ShareUpdateExclusive);
    }

    private void Copy()
    {
        if (_words.IsAt('(') || TakeRelation() is not { } table) return;
        if (_words.IsAt('(')) _words.SkipWhole();
        if (_words.Take("FROM")) _found.Add((table, LockMode.RowExclusive));
    }

    // https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html and explicit-locking: CONCURRENTLY takes EXCLUSIVE.
    private void Refresh()
    {
        _words.TakeAll("MATERIALIZED", "VIEW");
        Named(_words.Take("CONCURRENTLY") ? LockMode.Exclusive : LockMode.AccessExclusive);
    }

    // https://www.postgresql.org/docs/current/sql-reindex.html: a plain rebuild lets nobody write to the table, nor read through the index.
    private void Reindex()
    {
        var isConcurrent = false;
        if (_words.IsAt('('))
            while (_words.Skip() && !_words.IsAt(')'))
                isConcurrent |= _words.Take("CONCURRENTLY");
        if (_words.IsAt(')')) _words.Skip();
        var isTable = _words.Take("TABLE");
        if (!isTable)
            foreach (var word in (ReadOnlySpan<string>)["INDEX", "SCHEMA", "DATABASE", "SYSTEM"]) _words.Take(word);
        isConcurrent |= _words.Take("CONCURRENTLY");
        var mode = isConcurrent ? LockMode.ShareUpdateExclusive : LockMode.Share;
        _found.Add((isTable ? TakeRelation() : null, mode));
    }

    // VACUUM [ ( FULL, ... ) ] [ FULL ] t, u; CLUSTER and ANALYZE alike: of all tables where none is named.
    private void Options(LockMode usual, LockMode full)
    {
        var isFull = false;
        if (_words.IsAt('('))
        {
            while (_words.Skip() && !_words.IsAt(')')) isFull |= _words.Take("FULL");
            _words.Skip();
        }

        foreach (var word in (ReadOnlySpan<string>)["FULL", "FREEZE", "VERBOSE", "ANALYZE", "SKIP_LOCKED"]) isFull |= _words.Take(word) && word == "FULL";
        var count = _found.Count;
        Several(isFull ? full : usual);
        if (_found.Count == count) _found.Add((null, isFull ? full : usual));
    }

    private void With()
    {
        do
        {
            if (_words.Take("INSERT") || _words.Take("MERGE")) After(LockMode.RowExclusive, "INTO");
            else if (_words.Take("DELETE")) After(LockMode.RowExclusive, "FROM", "ONLY");
            else if (_words.Take("UPDATE")) After(LockMode.RowExclusive, "ONLY");
        }
        while (_words.Skip());
    }

    private void After(LockMode mode, params ReadOnlySpan<string> words)
    {
        _words.TakeAll(words);
        Named(mode);
    }

    private void Named(LockMode mode)
    {
        _words.TakeAll("IF", "EXISTS");
        if (TakeRelation() is { } name) _found.Add((name, mode));
    }

    private void Several(LockMode mode, params ReadOnlySpan<string> words)
    {
        foreach (var word in words) _words.Take(word);
        do
        {
            _words.Take("ONLY");
            if (TakeRelation() is not { } name) return;
            _found.Add((name, mode));
            if (_words.IsAt('(')) _words.SkipWhole();
        }
        while (_words.IsAt(',') && _words.Skip());
    }

    private void OnTable(LockMode mode)
    {
        if (!_words.TakeUpTo("ON")) return;
        _words.Take("ONLY");
        Named(mode);
    }

    // The last part is the column.
    private string? TakeRelationOfColumn()
    {
        if (_words.TakeName() is not { } name) return null;
        if (!_words.IsAt('.')) return name.Schema is { } table ? Quote(table) : null;
        return Quote(name.Schema, name.Name);
    }

    private string? TakeRelation() => _words.TakeName() is { } name ? Quote(name.Schema, name.Name) : null;

    private static string Quote(string? space, string name) => space is null ? Quote(name) : $"{Quote(space)}.{Quote(name)}";

    private static string Quote(string name) => PostgresDialect.Instance.Quote(name);
}
