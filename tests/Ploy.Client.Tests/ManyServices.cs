using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NxLoy.Data;
using Ploy.Client.Tests;
using Xunit;

[assembly: HostingStartup(typeof(ManyServicesOfApplications))]
[assembly: AssemblyFixture(typeof(ManyServicesBefore))]

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

    /// <summary>
    /// Lets the count begin anew, for programs that cannot say it: those of the documentation are compiled as they stand. EF Core has no public way.
    /// </summary>
    public static void Forget()
    {
#pragma warning disable EF1001 // what counts is internal
        var cache = ServiceProviderCache.Instance;
        var counted = typeof(ServiceProviderCache).GetField("_configurations", BindingFlags.Instance | BindingFlags.NonPublic);
#pragma warning restore EF1001
        Assert.NotNull(counted);
        Assert.IsAssignableFrom<IDictionary>(counted.GetValue(cache)).Clear();
    }
}

/// <summary>Tests that call <see cref="ManyServices.Forget"/>: no other runs beside them and counts.</summary>
[CollectionDefinition(nameof(ProgramsAsTheyStand), DisableParallelization = true)]
public sealed class ProgramsAsTheyStand;

/// <summary>Makes twenty sets before the first test, so that a test that forgets to say it fails in every order of them.</summary>
public sealed class ManyServicesBefore
{
    public ManyServicesBefore()
    {
        for (var i = 0; i < 20; i++)
        {
            using var loggers = new LoggerFactory(); // another one is another set
            using var context = new DbContext(new DbContextOptionsBuilder().AllowManyServices().UseSqlite("Data Source=:memory:").UseLoggerFactory(loggers).Options);
            Assert.True(context.Database.IsSqlite());
        }
    }
}

/// <summary>The sample application says it, too, wherever a test starts it.</summary>
internal sealed class ManyServicesOfApplications : IHostingStartup
{
    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(s => s.ConfigureDbContext<NxLoyContext>(o => o.AllowManyServices()));

    [ModuleInitializer]
    internal static void Register() => Environment.SetEnvironmentVariable("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", typeof(ManyServicesOfApplications).Assembly.GetName().Name);
}
