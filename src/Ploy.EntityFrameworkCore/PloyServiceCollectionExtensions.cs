using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ploy.EntityFrameworkCore.Startup;
using Ploy.EntityFrameworkCore.Tenancy;

namespace Ploy.EntityFrameworkCore;

/// <summary>Registers generated contexts.</summary>
public static class PloyServiceCollectionExtensions
{
    /// <summary>
    /// Registers a context, pooled, that takes its tenant from the request's <see cref="ITenantAccessor"/>; a settable
    /// <see cref="TenantContext"/> is registered where the application has none of its own.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Chooses the provider: <c>o => o.UseNpgsql(...)</c>, or the generated extension.</param>
    /// <param name="ploy">Sets Ploy's own options; null for the usual ones.</param>
    public static PloyBuilder<TContext> AddPloy<TContext>(
        this IServiceCollection services, Action<DbContextOptionsBuilder> configure, Action<PloyOptions>? ploy = null)
        where TContext : PloyDbContext
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddPloy<TContext>((_, options) => configure(options), ploy);
    }

    /// <inheritdoc cref="AddPloy{TContext}(IServiceCollection, Action{DbContextOptionsBuilder}, Action{PloyOptions}?)" />
    public static PloyBuilder<TContext> AddPloy<TContext>(
        this IServiceCollection services, Action<IServiceProvider, DbContextOptionsBuilder> configure, Action<PloyOptions>? ploy = null)
        where TContext : PloyDbContext
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddScoped<TenantContext>();
        services.TryAddScoped<ITenantAccessor>(s => s.GetRequiredService<TenantContext>());
        services.AddPooledDbContextFactory<TContext>((provider, options) =>
        {
            configure(provider, options);
            // The generated extension has called UsePloy already, perhaps with options of its own.
            var made = options.Options.FindExtension<PloyOptionsExtension>()?.Options ?? new PloyOptions();
            if (provider.GetService<TimeProvider>() is { } time) made.TimeProvider = time;
            ploy?.Invoke(made);
            options.UsePloy(made);
        });
        services.AddScoped(provider =>
        {
            var context = provider.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContext();
            context.TenantAccessor = provider.GetRequiredService<ITenantAccessor>();
            return context;
        });
        return new PloyBuilder<TContext>(services);
    }

    /// <summary>Refuses to start where the database lacks the migration that the client was generated for.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="allowsNewer">
    /// Whether the database may have later migrations, as it does while the next version is rolled out; a warning is logged then. False to refuse that, too.
    /// </param>
    public static PloyBuilder<TContext> CheckSchemaAtStart<TContext>(this PloyBuilder<TContext> builder, bool allowsNewer = true)
        where TContext : PloyDbContext, IVersionedContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHostedService>(s => new SchemaVersionCheck<TContext>(s, s.GetRequiredService<ILogger<TContext>>(), allowsNewer));
        return builder;
    }

    /// <summary>Adds a health check of the same: unhealthy behind the client, degraded ahead of it.</summary>
    /// <param name="builder">The registration.</param>
    /// <param name="name">The check's name.</param>
    public static PloyBuilder<TContext> AddSchemaHealthCheck<TContext>(this PloyBuilder<TContext> builder, string name = "database schema")
        where TContext : PloyDbContext, IVersionedContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().AddCheck<SchemaVersionHealthCheck<TContext>>(name);
        return builder;
    }
}

/// <summary>Goes on with the registration of one context.</summary>
public sealed class PloyBuilder<TContext>
    where TContext : PloyDbContext
{
    internal PloyBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }
}
