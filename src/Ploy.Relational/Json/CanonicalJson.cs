using System.Text.Json;
using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Json;

/// <summary>
/// Schemas and changes as JSON: properties in the order of the model, no blanks, so that what is the same in every detail has the same bytes. Reading
/// gives back what was written.
/// </summary>
public static class CanonicalJson
{
    /// <summary>A schema as one line of JSON.</summary>
    public static string Write(DatabaseSchema schema) => JsonSerializer.Serialize(schema, RelationalJsonContext.Default.DatabaseSchema);

    /// <summary>The same as bytes of UTF-8.</summary>
    public static byte[] WriteBytes(DatabaseSchema schema) => JsonSerializer.SerializeToUtf8Bytes(schema, RelationalJsonContext.Default.DatabaseSchema);

    /// <summary>Changes in order as one line of JSON; each says its <c>kind</c>.</summary>
    public static string Write(EquatableArray<SchemaChange> changes) =>
        JsonSerializer.Serialize(changes, RelationalJsonContext.Default.EquatableArraySchemaChange);

    /// <summary>The schema that was written.</summary>
    /// <exception cref="JsonException">The text is no schema.</exception>
    public static DatabaseSchema ReadSchema(string json) =>
        JsonSerializer.Deserialize(json, RelationalJsonContext.Default.DatabaseSchema) ?? throw new JsonException("The schema is null.");

    /// <summary>The same from bytes of UTF-8.</summary>
    /// <exception cref="JsonException">The bytes are no schema.</exception>
    public static DatabaseSchema ReadSchema(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, RelationalJsonContext.Default.DatabaseSchema) ?? throw new JsonException("The schema is null.");

    /// <summary>The changes that were written.</summary>
    /// <exception cref="JsonException">The text is no list of changes.</exception>
    public static EquatableArray<SchemaChange> ReadChanges(string json) =>
        JsonSerializer.Deserialize(json, RelationalJsonContext.Default.EquatableArraySchemaChange);
}
