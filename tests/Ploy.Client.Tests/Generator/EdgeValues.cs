using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NpgsqlTypes;

namespace Ploy.Client.Tests.Generator;

/// <summary>Values at the edges of what a column holds.</summary>
internal static partial class EdgeValues
{
    /// <summary>How many edges there are: least, greatest.</summary>
    public const int Count = 2;

    /// <summary>A value of the property's type; null only for the least of a nullable one.</summary>
    /// <param name="property">The property.</param>
    /// <param name="edge">0 for the least, 1 for the greatest.</param>
    /// <param name="isPostgres">Whether it is PostgreSQL, which holds more than SQLite.</param>
    public static object? Of(IReadOnlyProperty property, int edge, bool isPostgres)
    {
        if (property.IsNullable && edge == 0) return null;
        var store = property.GetColumnType() ?? "";
        if (property.ClrType != typeof(byte[]) && property.ClrType.IsGenericType && property.ClrType.GetGenericTypeDefinition() == typeof(List<>))
        {
            var item = property.ClrType.GetGenericArguments()[0];
            var list = (IList)Activator.CreateInstance(property.ClrType)!;
            if (edge == 0) return list;
            for (var i = 0; i < Count; i++) list.Add(Single(item, store.TrimEnd('[', ']'), i, isPostgres));
            return list;
        }

        return Single(Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType, store, edge, isPostgres);
    }

    /// <summary>Whether two values of a property are the same to a user.</summary>
    public static bool Same(object? before, object? after) => (before, after) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (JsonDocument a, JsonDocument b) => JsonElement.DeepEquals(a.RootElement, b.RootElement),
        (BitArray a, BitArray b) => a.Cast<bool>().SequenceEqual(b.Cast<bool>()),
        (DateTimeOffset a, DateTimeOffset b) => a.TimeOfDay == b.TimeOfDay && a.Offset == b.Offset,
        // The driver reads its "infinity" without a kind.
        (DateTime a, DateTime b) => a == b && (a.Kind == b.Kind || a == DateTime.MinValue),
        (IList a, IList b) => a.Count == b.Count && a.Cast<object?>().Zip(b.Cast<object?>()).All(p => Same(p.First, p.Second)),
        _ => before.Equals(after),
    };

    public static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\" ({text.Length})",
        byte[] bytes => Convert.ToHexString(bytes),
        JsonDocument json => json.RootElement.GetRawText(),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture) + " " + time.Kind,
        BitArray bits => string.Concat(bits.Cast<bool>().Select(b => b ? '1' : '0')),
        IList list => "[" + string.Join(", ", list.Cast<object?>().Select(Show)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static object Single(Type type, string store, int edge, bool isPostgres)
    {
        var isLeast = edge == 0;
        var arguments = Arguments(store);
        if (type.IsEnum) return isLeast ? Enum.GetValues(type).GetValue(0)! : Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type == typeof(string)) return Text(store, arguments, isLeast);
        if (type == typeof(bool)) return !isLeast;
        if (type == typeof(short)) return isLeast ? short.MinValue : short.MaxValue;
        if (type == typeof(int)) return isLeast ? int.MinValue : int.MaxValue;
        if (type == typeof(long)) return isLeast ? long.MinValue : long.MaxValue;
        if (type == typeof(uint)) return isLeast ? uint.MinValue : uint.MaxValue;
        if (type == typeof(float)) return isLeast ? float.MinValue : float.Epsilon;
        if (type == typeof(double)) return isLeast ? double.MinValue : double.Epsilon;
        if (type == typeof(decimal)) return Number(store, arguments, isLeast, isPostgres);
        if (type == typeof(Guid)) return isLeast ? Guid.Empty : Guid.AllBitsSet;
        if (type == typeof(byte[])) return isLeast ? [] : Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        if (type == typeof(JsonDocument)) return JsonDocument.Parse(isLeast ? "{}" : """{"a": [1, 2.5, null, true, "it's \"q\" ж 🂡"], "": {}}""");
        if (type == typeof(DateOnly)) return isLeast ? DateOnly.MinValue : DateOnly.MaxValue;
        if (type == typeof(TimeOnly)) return isLeast ? TimeOnly.MinValue : TimeOnly.FromTimeSpan(Cut(TimeOnly.MaxValue.ToTimeSpan(), arguments));
        if (type == typeof(DateTime))
        {
            return isLeast ? DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc)
                : new DateTime(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc) + Cut(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1), arguments);
        }

        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2, 1, 2, 0, 0, 0, isLeast ? TimeSpan.FromHours(-12) : TimeSpan.FromHours(14)) + (isLeast ? TimeSpan.Zero : Cut(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1), arguments));
        if (type == typeof(NpgsqlInet)) return isLeast ? new NpgsqlInet(IPAddress.Any, 0) : new NpgsqlInet(IPAddress.IPv6Loopback, 64);
        if (type == typeof(BitArray)) return new BitArray(store.StartsWith("bit varying", StringComparison.Ordinal) && isLeast ? 0 : arguments is [var length, ..] ? length : 1, !isLeast);
        throw new NotSupportedException($"No edges of {type} are known.");
    }

    private static string Text(string store, int[] arguments, bool isLeast)
    {
        if (store.StartsWith("bit", StringComparison.Ordinal))
            return new string(isLeast ? '0' : '1', store.StartsWith("bit varying", StringComparison.Ordinal) && isLeast ? 0 : arguments is [var bits, ..] ? bits : 1);
        if (store == "inet") return isLeast ? "0.0.0.0/0" : "::1/64";
        if (store == "xml") return isLeast ? "<a/>" : "<a b=\"1\">ж&amp;</a>";
        if (store.StartsWith("character varying", StringComparison.Ordinal) || store.StartsWith("character(", StringComparison.Ordinal) || store == "character")
        {
            var length = arguments is [var most, ..] ? most : store == "character" ? 1 : 3;
            // A CHAR is filled up with blanks, so its least value is as long as its greatest.
            return isLeast && !store.StartsWith("character(", StringComparison.Ordinal) && store != "character" ? "" : new string(isLeast ? 'a' : 'ж', length);
        }

        return isLeast ? "" : "it's \"quoted\" \\ ж 🂡\r\n\t%_{0}" + new string('x', 5000);
    }

    /// <summary>As many nines as the column and a C# decimal hold; SQLite keeps 15 digits (affinity NUMERIC).</summary>
    private static decimal Number(string store, int[] arguments, bool isLeast, bool isPostgres)
    {
        var (precision, scale) = arguments switch
        {
            [var p, var s] => (p, s),
            [var p] => (p, 0),
            _ when store == "money" => (17, 2),
            _ => (isPostgres ? 28 : 15, isPostgres ? 10 : 5),
        };
        var places = Math.Min(scale, isPostgres ? 28 : 5);
        var digits = Math.Min(precision - scale, (isPostgres ? 28 : 15) - places);
        if (digits < 0) (digits, places) = (0, Math.Min(scale, 28));
        var number = decimal.Parse(new string('9', digits).PadLeft(1, '0') + (places > 0 ? "." + new string('9', places) : ""), CultureInfo.InvariantCulture);
        return isLeast ? -number : number;
    }

    /// <summary>Cut to the column's digits of a second: 6 without an argument, and never more than .NET's.</summary>
    private static TimeSpan Cut(TimeSpan time, int[] arguments)
    {
        var digits = arguments is [var precision, ..] ? precision : 6;
        var unit = TimeSpan.TicksPerSecond / (long)Math.Pow(10, Math.Min(digits, 6));
        return new TimeSpan(time.Ticks - (time.Ticks % unit));
    }

    private static int[] Arguments(string store) =>
        ArgumentList().Match(store) is { Success: true } found ? [.. found.Groups[1].Value.Split(',').Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : [];

    [GeneratedRegex(@"\(([0-9, ]+)\)")]
    private static partial Regex ArgumentList();
}
