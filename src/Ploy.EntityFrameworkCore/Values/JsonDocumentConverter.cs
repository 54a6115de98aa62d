using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>Stores a JSON document as text, for databases without a JSON type of their own.</summary>
public sealed class JsonDocumentConverter() : ValueConverter<JsonDocument, string>(
    document => document.RootElement.GetRawText(),
    text => Parse(text))
{
    private static JsonDocument Parse(string text) => JsonDocument.Parse(text);
}
