using System.Globalization;
using System.Text;

namespace Ploy.Client.Diagrams;

/// <summary>
/// Draws a diagram as SVG without any other program: a band of columns for each domain, a box for each model, a curve for each relation from
/// the foreign key's line to the model that it refers to. The same schema gives the same picture.
/// </summary>
public static class SvgDiagram
{
    /// <summary>How every file of ours begins.</summary>
    public const string Mark = "<!-- Written by ploy generate from the schema; changes are lost. -->";

    private const int BoxWidth = 230, Row = 18, Header = 26, GapX = 90, GapY = 24, Margin = 30, Top = 70, DomainGap = 40;

    /// <summary>The whole file, ending with a line feed.</summary>
    public static string Write(ErDiagram diagram)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        var (boxes, bands, width, height) = Place(diagram);
        var text = new StringBuilder(Mark).Append('\n');
        Line(text, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"ui-sans-serif, system-ui, sans-serif\" font-size=\"12\">");
        Line(text, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        for (var i = 0; i < diagram.Domains.Length; i++) Band(text, diagram.Domains[i], i, bands[i], height);
        foreach (var relation in diagram.Relations) Curve(text, relation, boxes, Array.IndexOf([.. diagram.Domains], boxes[relation.To].Entity.Domain));
        foreach (var box in boxes.Values) Draw(text, box, diagram.Domains.IndexOf(box.Entity.Domain));
        return text.Append("</svg>\n").ToString();
    }

    /// <summary>Domains side by side; in each, models from the one most referred to down, in as many columns as keep the picture near 4 to 3.</summary>
    private static (Dictionary<string, Box> Boxes, List<(int X, int Width)> Bands, int Width, int Height) Place(ErDiagram diagram)
    {
        var references = diagram.Relations.CountBy(r => r.To).ToDictionary(StringComparer.Ordinal);
        var area = diagram.Entities.Sum(e => (double)(BoxHeight(e) + GapY) * (BoxWidth + GapX));
        var limit = Math.Max(Math.Sqrt(area * 3 / 4), diagram.Entities.Select(BoxHeight).DefaultIfEmpty(0).Max());
        var (boxes, bands) = (new Dictionary<string, Box>(StringComparer.Ordinal), new List<(int, int)>());
        var (x, bottom) = (Margin, 0);
        foreach (var domain in diagram.Domains)
        {
            var (start, y) = (x, Top);
            foreach (var entity in diagram.Entities.Where(e => e.Domain == domain).OrderByDescending(e => references.GetValueOrDefault(e.Name)).ThenBy(e => e.Name, StringComparer.Ordinal))
            {
                if (y > Top && y - Top + BoxHeight(entity) > limit) (x, y) = (x + BoxWidth + GapX, Top);
                boxes[entity.Name] = new Box(entity, x, y);
                y += BoxHeight(entity) + GapY;
                bottom = Math.Max(bottom, y);
            }

            bands.Add((start - (Margin / 2), x + BoxWidth - start + Margin));
            x += BoxWidth + DomainGap + (GapX / 2);
        }

        return (boxes, bands, Math.Max(x, 300), bottom + Margin);
    }

    private static int BoxHeight(DiagramEntity entity) => Header + (entity.Columns.Length * Row) + 6;

    private static void Band(StringBuilder text, string domain, int index, (int X, int Width) band, int height)
    {
        var (fill, line) = DomainColors.Of(index);
        Line(text, $"<rect x=\"{band.X}\" y=\"{Margin / 2}\" width=\"{band.Width}\" height=\"{height - Margin}\" rx=\"10\" fill=\"{fill}\" fill-opacity=\"0.35\"/>");
        Line(text, $"<text x=\"{band.X + 14}\" y=\"44\" font-size=\"18\" font-weight=\"600\" fill=\"{line}\">{Escape(domain)}</text>");
    }

    private static void Draw(StringBuilder text, Box box, int domain)
    {
        var (fill, line) = DomainColors.Of(domain);
        var (entity, x, y) = box;
        Line(text, $"<g><rect x=\"{x}\" y=\"{y}\" width=\"{BoxWidth}\" height=\"{BoxHeight(entity)}\" rx=\"6\" fill=\"#ffffff\" stroke=\"{line}\"/>");
        Line(text, $"<path d=\"M{x} {y + Header}v-{Header - 6}q0-6 6-6h{BoxWidth - 12}q6 0 6 6v{Header - 6}z\" fill=\"{fill}\" stroke=\"{line}\"/>");
        Line(text, $"<text x=\"{x + 10}\" y=\"{y + 18}\" font-size=\"13\" font-weight=\"600\" fill=\"#111827\">{Fit(entity.Name, 30)}</text>");
        for (var i = 0; i < entity.Columns.Length; i++)
        {
            var column = entity.Columns[i];
            var at = y + Header + 15 + (i * Row);
            var weight = column.IsKey ? " font-weight=\"600\"" : "";
            var style = column.IsForeign ? " font-style=\"italic\"" : "";
            Line(text, $"<text x=\"{x + 10}\" y=\"{at}\"{weight}{style} fill=\"#1f2937\">{Fit(column.Name, 20)}</text>");
            Line(text, $"<text x=\"{x + BoxWidth - 10}\" y=\"{at}\" text-anchor=\"end\" fill=\"#6b7280\">{Fit(column.Type, 16)}</text>");
        }

        text.Append("</g>\n");
    }

    private static void Curve(StringBuilder text, DiagramRelation relation, Dictionary<string, Box> boxes, int domain)
    {
        var (from, to) = (boxes[relation.From], boxes[relation.To]);
        var row = relation.Column is null ? -1 : Array.FindIndex([.. from.Entity.Columns], c => c.Name == relation.Column);
        var fromY = from.Y + (row < 0 ? Header / 2 : Header + (row * Row) + 10);
        var toY = to.Y + (Header / 2);
        // Out at the side that looks at the target; a box above or below in the same column is reached around the right.
        var leavesRight = from.X <= to.X;
        var entersLeft = from.X < to.X;
        var (fromX, toX) = (leavesRight ? from.X + BoxWidth : from.X, entersLeft ? to.X : to.X + BoxWidth);
        var bend = from.X == to.X ? 40 : Math.Max(40, Math.Abs(toX - fromX) / 3);
        var (first, second) = (fromX + (leavesRight ? bend : -bend), toX + (entersLeft ? -bend : bend));
        var (_, line) = DomainColors.Of(domain);
        var dash = relation.IsOptional ? " stroke-dasharray=\"5 3\"" : "";
        Line(text, $"<path d=\"M{fromX} {fromY}C{first} {fromY} {second} {toY} {toX} {toY}\" fill=\"none\" stroke=\"{line}\" stroke-opacity=\"0.55\" stroke-width=\"1.3\"{dash}><title>{Escape($"{relation.From}.{relation.Name} → {relation.To}")}</title></path>");
        End(text, toX, toY, entersLeft, line, relation.Shape == RelationShape.ManyToMany);
        End(text, fromX, fromY, !leavesRight, line, relation.Shape != RelationShape.OneToOne);
    }

    /// <summary>A crow's foot for many, a bar for one.</summary>
    private static void End(StringBuilder text, int x, int y, bool isAtLeft, string color, bool isMany)
    {
        var out1 = isAtLeft ? x - 9 : x + 9;
        var path = isMany ? $"M{x} {y - 5}L{out1} {y}L{x} {y + 5}" : $"M{out1} {y - 5}V{y + 5}";
        Line(text, $"<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.3\"/>");
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Fit(string name, int length) => Escape(name.Length <= length ? name : name[..(length - 1)] + "…");

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    private sealed record Box(DiagramEntity Entity, int X, int Y);
}
