using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ploy.Core;

namespace Ploy.Relational.Json;

/// <summary>
/// Reads and writes <see cref="EquatableArray{T}"/> as a JSON array. One closed converter for each element type stands in the context: without
/// them such a collection could be written but not read.
/// </summary>
internal sealed class EquatableArrayConverter<T> : JsonConverter<EquatableArray<T>>
    where T : IEquatable<T>
{
    /// <inheritdoc />
    public override EquatableArray<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("An array is expected.");
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException("An element is null."));
        return items.ToEquatableArray();
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, EquatableArray<T> value, JsonSerializerOptions options)
    {
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        writer.WriteStartArray();
        foreach (var item in value) JsonSerializer.Serialize(writer, item, type);
        writer.WriteEndArray();
    }
}

/// <summary>Reads and writes bytes as base64.</summary>
internal sealed class BytesConverter : JsonConverter<EquatableArray<byte>>
{
    /// <inheritdoc />
    public override EquatableArray<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetBytesFromBase64().ToEquatableArray();

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, EquatableArray<byte> value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.AsSpan());
}
