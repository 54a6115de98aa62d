using System.Globalization;
using System.Text;

namespace Ploy.Client.Diagrams;

/// <summary>Writes a diagram as Markdown with a Mermaid block, which code hosts draw.</summary>
public static class MermaidDiagram
{
    /// <summary>The first line of every file of ours.</summary>
    public const string Mark = "<!-- Written by ploy generate from the schema; changes are lost. -->";

    /// <summary>The whole file, ending with a line feed.</summary>
    public static string Write(ErDiagram diagram)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        var text = new StringBuilder(Mark).Append("\n\n```mermaid\nerDiagram\n");
        foreach (var entity in diagram.Entities)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {Name(entity.Name)} {{\n");
            foreach (var column in entity.Columns) text.Append(CultureInfo.InvariantCulture, $"        {Word(column.Type)} {Word(column.Name)}{Keys(column)}\n");
            text.Append("    }\n");
        }

        foreach (var relation in diagram.Relations) text.Append(CultureInfo.InvariantCulture, $"    {Name(relation.To)} {Line(relation)} {Name(relation.From)} : \"{relation.Name}\"\n");
        for (var i = 0; i < diagram.Domains.Length; i++)
        {
            var (fill, line) = DomainColors.Of(i);
            text.Append(CultureInfo.InvariantCulture, $"    classDef domain{i} fill:{fill},stroke:{line},color:#111827\n");
            foreach (var entity in diagram.Entities.Where(e => e.Domain == diagram.Domains[i])) text.Append(CultureInfo.InvariantCulture, $"    class {Name(entity.Name)} domain{i}\n");
        }

        return text.Append("```\n").ToString();
    }

    private static string Line(DiagramRelation relation) => relation.Shape switch
    {
        RelationShape.ManyToMany => "}o--o{",
        RelationShape.OneToOne => (relation.IsOptional ? "|o" : "||") + "--o|",
        _ => (relation.IsOptional ? "|o" : "||") + "--o{",
    };

    private static string Keys(DiagramColumn column)
    {
        var keys = string.Join(", ", ((string[])[column.IsKey ? "PK" : "", column.IsForeign ? "FK" : "", column.IsUnique ? "UK" : ""]).Where(k => k.Length > 0));
        return keys.Length == 0 ? "" : " " + keys;
    }

    // Names of the language are letters, digits and underscores; a model's may be a word of Mermaid's.
    private static string Name(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !IsWord(name) ? name : $"\"{name}\"";

    private static bool IsWord(string name) => name.ToUpperInvariant() is "TITLE" or "CLASS" or "STYLE" or "DIRECTION" or "CLASSDEF" or "END" or "ONE" or "MANY" or "TO" or "ONLY" or "ZERO" or "OPTIONALLY";

    // Mermaid's words take letters, digits, `-`, `_`, `()` and `[]`, and begin with a letter.
    private static string Word(string text)
    {
        var word = string.Concat(text.Replace("?", "_optional", StringComparison.Ordinal).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '[' or ']' or '(' or ')' ? c : '_'));
        return word.Length > 0 && char.IsAsciiLetter(word[0]) ? word : "x" + word;
    }
}
