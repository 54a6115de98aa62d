using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Ploy.Client.Tests;

/// <summary>
/// EF Core refuses the twenty-first set of its services in a process, for a program that makes so many has made a mistake. These tests need more: each
/// schema with enums has services of its own, and so has each data source. Whoever comes after the twentieth is refused, so all of them say this.
/// </summary>
internal static class ManyServices
{
    public static TBuilder AllowManyServices<TBuilder>(this TBuilder builder)
        where TBuilder : DbContextOptionsBuilder
    {
        builder.ConfigureWarnings(w => w.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
        return builder;
    }
}
