using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ValueGeneration;

namespace Ploy.EntityFrameworkCore.Values;

/// <summary>Stands for a date of a key until the database has made it; EF Core has no such generator of its own.</summary>
public sealed class TemporaryDateGenerator : ValueGenerator<DateOnly>
{
    private int _last;

    /// <inheritdoc />
    public override bool GeneratesTemporaryValues => true;

    /// <inheritdoc />
    public override DateOnly Next(EntityEntry entry) => DateOnly.MaxValue.AddDays(-(Interlocked.Increment(ref _last) % DateOnly.MaxValue.DayNumber));
}

/// <summary>Stands for a time of day of a key until the database has made it.</summary>
public sealed class TemporaryTimeGenerator : ValueGenerator<TimeOnly>
{
    private long _last;

    /// <inheritdoc />
    public override bool GeneratesTemporaryValues => true;

    /// <inheritdoc />
    public override TimeOnly Next(EntityEntry entry) => new(TimeSpan.TicksPerDay - 1 - (Interlocked.Increment(ref _last) % TimeSpan.TicksPerDay));
}
