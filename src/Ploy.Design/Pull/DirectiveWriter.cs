using System.Text;
using Ploy.Relational.Model;

namespace Ploy.Design.Pull;

/// <summary>An index as a directive says it.</summary>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="Method">The method; null for the product's only one.</param>
/// <param name="Keys">All between the parentheses.</param>
/// <param name="Include">Columns it carries.</param>
/// <param name="NullsNotDistinct">Whether nulls are the same.</param>
/// <param name="Predicate">What stands behind WHERE; null for nothing.</param>
internal sealed record IndexClause(bool IsUnique, string? Method, string Keys, List<string> Include, bool NullsNotDistinct, string? Predicate);

/// <summary>Writes what a database has as the directive that makes it: <c>check("name", "points >= 0")</c>, without <c>@ploy.</c> before it.</summary>
/// <param name="isSqlite">Whether texts are SQLite's: kept as they were written, not printed by the server.</param>
internal sealed class DirectiveWriter(bool isSqlite)
{
    /// <summary>The directive of a check, exclusion constraint, policy or row-level security; null where none says all of it.</summary>
    public string? Of(SchemaObject item)
    {
        var reader = new ClauseReader(item.Definition.Text, isSqlite);
        return item.Kind switch
        {
            ObjectKind.Check when reader.Take("CHECK") && reader.Parenthesised() is { } predicate && reader.IsAtEnd => Call("check", item.Name.Name, Quoted(Bare(predicate))),
            ObjectKind.Exclusion => Exclusion(item.Name.Name, reader),
            ObjectKind.Policy => Policy(item.Name.Name, reader),
            ObjectKind.RowSecurity => item.Definition.Text.EndsWith("FORCE", StringComparison.Ordinal) ? "rls(force: true)" : "rls",
            ObjectKind.Deferrable => item.Definition.Text.EndsWith("DEFERRED", StringComparison.Ordinal) ? "deferrable(initially: deferred)" : "deferrable(initially: immediate)",
            _ => null,
        };
    }

    /// <summary>What an index's definition says; null where it says what no directive can.</summary>
    public IndexClause? Read(string definition)
    {
        var reader = new ClauseReader(definition, isSqlite);
        var isUnique = reader.Take("UNIQUE");
        var method = reader.Take("USING") ? reader.Word() : null;
        if (reader.Parenthesised() is not { } keys) return null;
        var include = reader.Take("INCLUDE") ? reader.Parenthesised() : null;
        var isNotDistinct = reader.Take("NULLS", "NOT", "DISTINCT");
        var predicate = reader.Take("WHERE") ? isSqlite ? reader.Rest : Bare(reader.Rest) : reader.IsAtEnd ? null : "";
        if (predicate is "" || include is not null && ClauseReader.Parts(include, isSqlite).Any(c => ClauseReader.ColumnOf(c) is null)) return null;
        return new IndexClause(isUnique, method, keys, include is null ? [] : [.. ClauseReader.Parts(include, isSqlite).Select(c => ClauseReader.ColumnOf(c)!)], isNotDistinct, predicate); // asked for above
    }

    /// <summary>The directive of an index.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="index">What it says.</param>
    /// <param name="field">The name of a column's field; null where the column has none.</param>
    public string? Of(string name, IndexClause index, Func<string, string?> field)
    {
        var parts = ClauseReader.Parts(index.Keys, isSqlite);
        var columns = parts.Select(ClauseReader.ColumnOf).ToList();
        var fields = isSqlite && index.Predicate is null ? [] : columns.Select(c => c is null ? null : field(c)).ToList();
        var text = new StringBuilder("index(").Append(Quoted(name));
        if (fields.Count > 0 && fields.All(f => f is not null)) text.Append($", fields: [{string.Join(", ", fields)}]");
        else if (parts is [var only] && IsExpression(only)) text.Append($", expr: {Quoted(isSqlite ? only : Bare(only))}");
        else text.Append($", keys: {Quoted(index.Keys)}");
        if (index.IsUnique) text.Append(", unique: true");
        if (index.Method is not (null or "btree")) text.Append(", using: ").Append(index.Method);
        if (index.Include.Count > 0)
        {
            var included = index.Include.ConvertAll(c => field(c));
            if (included.Contains(null)) return null;
            text.Append($", include: [{string.Join(", ", included)}]");
        }

        if (index.NullsNotDistinct) text.Append(", nullsNotDistinct: true");
        if (index.Predicate is { } predicate) text.Append($", where: {Quoted(predicate)}");
        return IsOneLine(text.Append(')').ToString());
    }

    /// <summary>The directive of a generated column.</summary>
    public string? Generated(string expression) => IsOneLine($"generated({Quoted(Bare(expression))})");

    /// <summary>The directive of a default.</summary>
    public static string? Default(string expression) => IsOneLine($"default({Quoted(expression)})");

    /// <summary>A comment from its literal; null where a doc comment cannot say it.</summary>
    public static string? Comment(string literal)
    {
        var isEscaped = literal.StartsWith('E');
        var text = literal[(isEscaped ? 2 : 1)..^1].Replace("''", "'", StringComparison.Ordinal);
        if (isEscaped) text = text.Replace(@"\\", @"\", StringComparison.Ordinal);
        var isSayable = text.Length > 0 && text == text.Trim() && !text.Any(c => c is '\r' or '\u0085' or '\u2028' or '\u2029') && text.Split('\n').All(l => l == l.Trim() && !l.StartsWith("@ploy.", StringComparison.Ordinal));
        return isSayable ? text : null;
    }

    private string? Exclusion(string name, ClauseReader reader)
    {
        if (!reader.Take("EXCLUDE", "USING")) return null;
        var method = reader.Word();
        if (reader.Parenthesised() is not { } elements) return null;
        var predicate = reader.Take("WHERE") ? reader.Parenthesised() : null;
        return reader.IsAtEnd ? Call("exclude", name, $"using: {method}", Quoted(elements), predicate is null ? null : $"where: {Quoted(Bare(predicate))}") : null;
    }

    // AS PERMISSIVE FOR ALL TO a, b USING (...) WITH CHECK (...)
    private string? Policy(string name, ClauseReader reader)
    {
        if (!reader.Take("AS")) return null;
        var isRestrictive = reader.Word().Equals("RESTRICTIVE", StringComparison.OrdinalIgnoreCase);
        if (!reader.Take("FOR")) return null;
        var command = reader.Word();
        if (!reader.Take("TO")) return null;
        var roles = Roles(reader.Rest, out var behind);
        reader = new ClauseReader(behind, isSqlite);
        var shown = reader.Take("USING") ? reader.Parenthesised() : null;
        var written = reader.Take("WITH", "CHECK") ? reader.Parenthesised() : null;
        if (!reader.IsAtEnd || shown is null && written is null) return null;
        return Call(
            "policy", name,
            command.Equals("ALL", StringComparison.OrdinalIgnoreCase) ? null : $"for: {command.ToLowerInvariant()}",
            shown is null ? null : $"using: {Quoted(Bare(shown))}",
            written is null ? null : $"check: {Quoted(Bare(written))}",
            roles is ["PUBLIC"] ? null : $"to: [{string.Join(", ", roles.Select(Quoted))}]",
            isRestrictive ? "restrictive: true" : null);
    }

    // The names up to the first that no comma follows.
    private static List<string> Roles(string text, out string behind)
    {
        var roles = new List<string>();
        var at = 0;
        while (true)
        {
            var start = at;
            if (text[at] == '"')
            {
                for (at++; at < text.Length && (text[at] != '"' || at + 1 < text.Length && text[at + 1] == '"'); at++)
                    if (text[at] == '"') at++;
                at++;
                roles.Add(text[(start + 1)..(at - 1)].Replace("\"\"", "\"", StringComparison.Ordinal));
            }
            else
            {
                while (at < text.Length && text[at] is not (',' or ' ')) at++;
                roles.Add(text[start..at]);
            }

            if (at >= text.Length || text[at] != ',') break;
            at += 2;
        }

        behind = text[at..];
        return roles;
    }

    // `lower(a)` or `(a + 1)`, and nothing behind: no order, no collation, no class.
    private bool IsExpression(string key)
    {
        var reader = new ClauseReader(key, isSqlite);
        reader.Word();
        return reader.Parenthesised() is not null && reader.IsAtEnd;
    }

    // The server prints more parentheses than it needs; what was written on SQLite stays.
    private string Bare(string text)
    {
        if (isSqlite) return text.Trim();
        var bare = ClauseReader.Bare(text, isSqlite);
        return bare == text ? text : Bare(bare);
    }

    private static string? Call(string name, string item, params ReadOnlySpan<string?> arguments)
    {
        var text = new StringBuilder(name).Append('(').Append(Quoted(item));
        foreach (var argument in arguments)
            if (argument is not null)
                text.Append(", ").Append(argument);
        return IsOneLine(text.Append(')').ToString());
    }

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + "\"";

    // A directive stands on one line; what would end the line cannot be said.
    private static string? IsOneLine(string text) => text.Any(c => c is '\r' or '\u0085' or '\u2028' or '\u2029' or '\v' or '\f') ? null : text;
}
