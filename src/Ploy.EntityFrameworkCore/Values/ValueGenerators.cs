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

    /// <summary>The time in the property's own type, cut to milliseconds as <c>TIMESTAMP(3)</c> keeps it.</summary>
    public static object Value(IReadOnlyPropertyBase property, TimeProvider time) => Convert(property.ClrType, time);

    public static object Convert(Type type, TimeProvider time)
    {
        var now = time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(DateTimeOffset) ? now
            : bare == typeof(DateOnly) ? DateOnly.FromDateTime(now.UtcDateTime)
            : bare == typeof(TimeOnly) ? TimeOnly.FromDateTime(now.UtcDateTime)
            : now.UtcDateTime;
    }
}
