using System.Collections;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>A PostgreSQL bit string as text of <c>0</c> and <c>1</c>, as the schema language has it; unlike a bit array, text can be a key.</summary>
public sealed class BitStringConverter() : ValueConverter<string, BitArray>(
    text => ToBits(text),
    bits => ToText(bits))
{
    /// <exception cref="FormatException">The text has other characters.</exception>
    private static BitArray ToBits(string text)
    {
        var bits = new BitArray(text.Length);
        for (var i = 0; i < text.Length; i++)
            bits[i] = text[i] switch { '1' => true, '0' => false, _ => throw new FormatException($"`{text}` is no bit string: it has other characters than 0 and 1.") };
        return bits;
    }

    private static string ToText(BitArray bits) => string.Create(bits.Length, bits, static (text, bits) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = bits[i] ? '1' : '0';
    });
}
