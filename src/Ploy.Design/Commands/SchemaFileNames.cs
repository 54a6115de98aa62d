using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>The file of each table and enum, where a schema begins with several.</summary>
internal sealed class SchemaFileNames
{
    private const string Folder = "prisma/schema/";
    private const string Rest = "base";

    private readonly SchemaSplit _split;
    private readonly HashSet<string> _prefixes;

    /// <summary>Reads which words several tables begin with.</summary>
    public SchemaFileNames(DatabaseSchema schema, SchemaSplit split)
    {
        _split = split;
        _prefixes = schema.Tables.GroupBy(t => PrefixOf(t.Name.Name), StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The path of the file.</summary>
    public string Of(QualifiedName name)
    {
        var word = _split == SchemaSplit.Namespace ? name.Namespace ?? Rest : PrefixOf(name.Name);
        return Folder + (_split == SchemaSplit.Prefix && !_prefixes.Contains(word) ? Rest : FileName(word)) + ".prisma";
    }

    // `loyalty_rules` and `LoyaltyRule` begin with `loyalty`.
    private static string PrefixOf(string table)
    {
        var end = 1;
        while (end < table.Length && table[end] is not ('_' or '.' or ' ' or '-') && !(char.IsUpper(table[end]) && !char.IsUpper(table[end - 1]))) end++;
        return table[..Math.Min(end, table.Length)].Trim('_').ToLowerInvariant();
    }

    private static string FileName(string word)
    {
        var name = string.Concat(word.Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return name.Length == 0 ? Rest : name;
    }
}
