using System.Globalization;
using System.Text.Json;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Cli.Rendering;

/// <summary>Shows diagnostics and failures: what, where with an excerpt and a caret, what to do, where to read more.</summary>
internal sealed class ErrorRenderer(Terminal terminal)
{
    private const int Red = 31;
    private const int Yellow = 33;
    private const int Blue = 34;
    private const int MaxExcerpt = 160;

    /// <summary>Shows diagnostics of schema files, errors under P1012, each with our finer code.</summary>
    public void Render(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            var isError = diagnostic.Severity == Severity.Error;
            if (terminal.IsJson)
            {
                terminal.Json(json =>
                {
                    json.WriteString("type", isError ? "error" : "warning");
                    // What the client leaves out is no fault of the schema.
                    var isOfClient = diagnostic.Code.StartsWith("PLOY4", StringComparison.Ordinal);
                    json.WriteString("code", isOfClient ? diagnostic.Code : "P1012");
                    if (!isOfClient) json.WriteString("detail", diagnostic.Code);
                    json.WriteString("message", diagnostic.Message);
                    WriteLocation(json, diagnostic.Location);
                    WriteOtherPlaces(json, diagnostic);
                    if (diagnostic.Help is { } help) json.WriteString("help", help);
                });
                continue;
            }

            if (terminal.IsBuildStep)
            {
                var explain = isError ? $" (ploy explain {diagnostic.Code})" : "";
                BuildLine(diagnostic.Location, isError ? "error P1012" : "warning " + diagnostic.Code, $"{diagnostic.Message} {diagnostic.Help}".TrimEnd() + explain);
                continue;
            }

            Head(isError ? "error" : "warning", isError ? "P1012" : diagnostic.Code, diagnostic.Message, isError ? Red : Yellow);
            Excerpt(diagnostic.Location, isError ? Red : Yellow);
            foreach (var also in diagnostic.Also) Excerpt(also, isError ? Red : Yellow);
            foreach (var related in diagnostic.Related) Detail("note", $"{related.Message} (line {Position(related.Location).Line + 1}{OtherFile(diagnostic.Location, related.Location)})");
            if (diagnostic.Help is { } text) Detail("help", text);
            Detail("see", $"ploy explain {diagnostic.Code}");
            terminal.Error.WriteLine();
        }
    }

    /// <summary>Shows a failure.</summary>
    public void Render(PloyException exception)
    {
        if (terminal.IsJson)
        {
            terminal.Json(json =>
            {
                json.WriteString("type", "error");
                json.WriteString("code", exception.Code);
                json.WriteString("message", exception.Message);
                if (exception.Location is { } location) WriteLocation(json, location);
                json.WriteStartArray("notes");
                foreach (var note in exception.Notes) json.WriteStringValue(note);
                json.WriteEndArray();
                if (exception.Help is { } help) json.WriteString("help", help);
            });
            return;
        }

        if (terminal.IsBuildStep)
        {
            BuildLine(exception.Location, "error " + exception.Code, string.Join(' ', [exception.Message, .. exception.Notes, exception.Help]).TrimEnd());
            return;
        }

        Head("error", exception.Code, exception.Message, Red);
        if (exception.Location is { } place) Excerpt(place, Red);
        foreach (var note in exception.Notes) Note(note);
        if (exception.Help is { } text) Detail("help", text);
        Detail("see", $"ploy explain {exception.Code}");
    }

    /// <summary>Shows a fault of Ploy itself.</summary>
    public void RenderBug(Exception exception)
    {
        if (terminal.IsJson)
        {
            terminal.Json(json =>
            {
                json.WriteString("type", "bug");
                json.WriteString("message", exception.ToString());
            });
            return;
        }

        terminal.Error.WriteLine(terminal.Paint("error: this is a bug in Ploy.", Red));
        terminal.Error.WriteLine(exception);
        terminal.Error.WriteLine("Please report it with the command, the text above and, where you can, the schema.");
    }

    private static LinePosition Position(SourceLocation location) => location.Source.GetPosition(location.Span.Start);

    private static string OtherFile(SourceLocation first, SourceLocation second) => first.Source == second.Source ? "" : $" of {Path.GetFileName(second.Source.Path)}";

    // Places of the same fault, and those that explain it; keys that say nothing are left out.
    private static void WriteOtherPlaces(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        if (!diagnostic.Also.IsEmpty)
        {
            json.WriteStartArray("also");
            foreach (var place in diagnostic.Also)
            {
                json.WriteStartObject();
                WriteLocation(json, place);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (diagnostic.Related.IsEmpty) return;
        json.WriteStartArray("related");
        foreach (var related in diagnostic.Related)
        {
            json.WriteStartObject();
            json.WriteString("message", related.Message);
            WriteLocation(json, related.Location);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLocation(Utf8JsonWriter json, SourceLocation location)
    {
        var at = Position(location);
        json.WriteString("file", location.Source.Path);
        json.WriteNumber("line", at.Line + 1);
        json.WriteNumber("column", at.Column + 1);
        json.WriteNumber("offset", location.Span.Start);
        json.WriteNumber("length", location.Span.Length);
    }

    // `file(line,column): error CODE: text`: Microsoft.Build.Utilities, "canonical error format". The full path, since a build's projects lie in many folders.
    private void BuildLine(SourceLocation? location, string head, string text)
    {
        var origin = "ploy";
        if (location is { } place)
        {
            var at = Position(place);
            origin = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(place.Source.Path, terminal.WorkingDirectory)}({at.Line + 1},{at.Column + 1})");
        }

        terminal.Error.WriteLine($"{origin}: {head}: {text.ReplaceLineEndings(" ")}");
    }

    private void Head(string kind, string code, string message, int color) =>
        terminal.Error.WriteLine($"{terminal.Paint($"{kind}[{code}]", color)}: {message}");

    private void Detail(string label, string text) => terminal.Error.WriteLine($"  = {label}: {text.ReplaceLineEndings("\n    ")}");

    private void Note(string note)
    {
        var colon = note.IndexOf(": ", StringComparison.Ordinal);
        terminal.Error.WriteLine($"  = {note.ReplaceLineEndings(colon is > 0 and < 12 ? "\n    " : "\n    ")}");
    }

    // The line with a caret under the place; tabs stay, so that the caret stands where the editor shows it.
    private void Excerpt(SourceLocation location, int color)
    {
        var at = Position(location);
        var line = location.Source.GetLine(at.Line);
        var number = (at.Line + 1).ToString(CultureInfo.InvariantCulture);
        var margin = new string(' ', number.Length);
        terminal.Error.WriteLine($"{margin} {terminal.Paint("┌─", Blue)} {location.Source.Path}:{number}:{(at.Column + 1).ToString(CultureInfo.InvariantCulture)}");
        // Of a long line only what is shown is copied: one line may hold thousands of faults.
        var start = line.Length > MaxExcerpt ? Math.Clamp(at.Column - (MaxExcerpt / 2), 0, line.Length - MaxExcerpt) : 0;
        var text = location.Source[new TextSpan(line.Start + start, Math.Min(line.Length, MaxExcerpt))].ToString();
        var column = Math.Min(at.Column - start, text.Length);
        var length = Math.Clamp(location.Span.Length, 1, Math.Max(1, text.Length - column));
        var indent = string.Concat(text.AsSpan(0, column).ToString().Select(c => c == '\t' ? '\t' : ' '));
        terminal.Error.WriteLine($"{terminal.Paint($"{number} │", Blue)} {text}");
        terminal.Error.WriteLine($"{margin} {terminal.Paint("│", Blue)} {indent}{terminal.Paint(new string('^', length), color)}");
    }
}
