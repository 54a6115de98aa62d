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
    private static DateTime ToDatabase(DateTime value) =>
        DateTime.SpecifyKind(value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value, DateTimeKind.Unspecified);
}
