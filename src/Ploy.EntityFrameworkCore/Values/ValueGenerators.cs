using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.ValueGeneration;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>Fills a text column with a value made by the client when a row is added.</summary>
public abstract class TextGenerator : ValueGenerator<string>
{
    /// <inheritdoc />
    public sealed override bool GeneratesTemporaryValues => false;

    /// <inheritdoc />
    public sealed override string Next(EntityEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Next(entry.Context is PloyDbContext context ? context.Time : TimeProvider.System);
    }

    /// <summary>A new value at the time that <paramref name="time"/> tells.</summary>
    protected abstract string Next(TimeProvider time);
}

/// <summary><c>@default(cuid())</c></summary>
public sealed class CuidGenerator : TextGenerator
{
    /// <inheritdoc />
    protected override string Next(TimeProvider time) => Cuid.New(time);
}

/// <summary><c>@default(cuid(2))</c></summary>
public sealed class Cuid2Generator : TextGenerator
{
    /// <inheritdoc />
    protected override string Next(TimeProvider time) => Cuid2.New(time);
}

/// <summary><c>@default(ulid())</c></summary>
public sealed class UlidGenerator : TextGenerator
{
    /// <inheritdoc />
    protected override string Next(TimeProvider time) => Ulid.New(time);
}

/// <summary><c>@default(nanoid(n))</c></summary>
/// <param name="length">Its length in characters.</param>
public sealed class NanoIdGenerator(int length) : TextGenerator
{
    /// <inheritdoc />
    protected override string Next(TimeProvider time) => NanoId.New(length);
}

/// <summary><c>@default(uuid(4))</c> on a text column.</summary>
public sealed class Uuid4TextGenerator : TextGenerator
{
    /// <inheritdoc />
    protected override string Next(TimeProvider time) => Uuid4Generator.New().ToString();
}

/// <summary><c>@default(uuid(7))</c> on a text column.</summary>
public sealed class Uuid7TextGenerator : TextGenerator
{
    /// <inheritdoc />
    protected override string Next(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();
}

/// <summary><c>@default(uuid(4))</c> on a <c>uuid</c> column.</summary>
public sealed class Uuid4Generator : ValueGenerator<Guid>
{
    /// <inheritdoc />
    public override bool GeneratesTemporaryValues => false;

    /// <inheritdoc />
    public override Guid Next(EntityEntry entry) => New();

#pragma warning disable RS0030 // The one place where a random identifier is made on purpose.
    internal static Guid New() => Guid.NewGuid();
#pragma warning restore RS0030
}

/// <summary><c>@default(uuid(7))</c> on a <c>uuid</c> column.</summary>
public sealed class Uuid7Generator : ValueGenerator<Guid>
{
    /// <inheritdoc />
    public override bool GeneratesTemporaryValues => false;

    /// <inheritdoc />
    public override Guid Next(EntityEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var time = entry.Context is PloyDbContext context ? context.Time : TimeProvider.System;
        return Guid.CreateVersion7(time.GetUtcNow());
    }
}

/// <summary>What <c>@updatedAt</c> writes.</summary>
internal static class UpdatedAt
{
    /// <summary>Annotation on properties with <c>@updatedAt</c>.</summary>
    public const string Annotation = "Ploy:UpdatedAt";

    /// <summary>The time in the property's own type, cut to what its column keeps.</summary>
    public static object Value(IReadOnlyProperty property, TimeProvider time) => Convert(property, time.GetUtcNow());

    /// <summary>A time of any type in the property's own; without a zone it is UTC.</summary>
    public static object Convert(IReadOnlyProperty property, object time)
    {
        var type = property.ClrType;
        var now = time switch
        {
            DateTimeOffset instant => instant,
            DateTime local => new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Utc)),
            DateOnly date => new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)),
            TimeOnly clock => new DateTimeOffset(DateOnly.MinValue.ToDateTime(clock, DateTimeKind.Utc)),
            _ => throw new ArgumentException($"A time cannot be of type {time.GetType().Name}.", nameof(time)),
        };
        now = now.AddTicks(-(now.Ticks % Unit(property.GetColumnType())));
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(DateTimeOffset) ? now
            : bare == typeof(DateOnly) ? DateOnly.FromDateTime(now.UtcDateTime)
            : bare == typeof(TimeOnly) ? TimeOnly.FromDateTime(now.UtcDateTime)
            : now.UtcDateTime;
    }

    /// <summary>The ticks that a column tells apart: milliseconds, unless it has fewer digits, as <c>TIME(0)</c> has. The database would round.</summary>
    private static long Unit(string? store)
    {
        var open = store?.IndexOf('(', StringComparison.Ordinal) ?? -1;
        var digits = open >= 0 && char.IsAsciiDigit(store![open + 1]) ? store[open + 1] - '0' : 3;
        return digits switch { 0 => TimeSpan.TicksPerSecond, 1 => TimeSpan.TicksPerSecond / 10, 2 => TimeSpan.TicksPerSecond / 100, _ => TimeSpan.TicksPerMillisecond };
    }
}
