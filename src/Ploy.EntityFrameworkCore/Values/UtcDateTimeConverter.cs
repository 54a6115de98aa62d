using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>
/// Keeps UTC in a column without a time zone: <see cref="DateTimeKind.Utc"/> in the program,
/// <see cref="DateTimeKind.Unspecified"/> in the database. A local time is converted; an unspecified one is taken for UTC.
/// </summary>
public sealed class UtcDateTimeConverter() : ValueConverter<DateTime, DateTime>(
    value => ToDatabase(value),
    value => DateTime.SpecifyKind(value, DateTimeKind.Utc))
{
    internal static DateTime ToDatabase(DateTime value) =>
        DateTime.SpecifyKind(value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value, DateTimeKind.Unspecified);
}

/// <summary>The same for each item of a list.</summary>
public sealed class UtcDateTimeListConverter() : ValueConverter<List<DateTime>, List<DateTime>>(
    list => list.ConvertAll(value => UtcDateTimeConverter.ToDatabase(value)),
    list => list.ConvertAll(value => DateTime.SpecifyKind(value, DateTimeKind.Utc)));

/// <summary>Lists are equal where their items are.</summary>
public sealed class UtcDateTimeListComparer() : ValueComparer<List<DateTime>>(
    (a, b) => a == b || (a != null && b != null && a.SequenceEqual(b)),
    list => list.Aggregate(0, (hash, value) => HashCode.Combine(hash, value)),
    list => list.ToList());
