using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using NxLoy.Data;
using Ploy.Client.Tests;

[assembly: HostingStartup(typeof(ManyServicesOfApplications))]

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

/// <summary>The sample application says it, too, wherever a test starts it.</summary>
internal sealed class ManyServicesOfApplications : IHostingStartup
{
    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(s => s.ConfigureDbContext<NxLoyContext>(o => o.AllowManyServices()));

    [ModuleInitializer]
    internal static void Register() => Environment.SetEnvironmentVariable("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", typeof(ManyServicesOfApplications).Assembly.GetName().Name);
}
