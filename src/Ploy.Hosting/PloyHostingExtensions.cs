using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ploy.Hosting;

/// <summary>Registers migrations with an application.</summary>
public static class PloyHostingExtensions
{
    /// <summary>
    /// Applies pending migrations when the application starts, before any of its services does. Several instances may start at once: one applies,
    /// the others wait for it. A migration that fails ends the start. <see cref="PloyMigrator"/> is registered too, to be called by hand.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says which migrations go where; called when the migrator is first asked for, so that a test's configuration counts.</param>
    public static IServiceCollection AddPloyMigrations(this IServiceCollection services, Action<IServiceProvider, PloyMigrationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton(provider =>
        {
            var options = new PloyMigrationOptions();
            configure(provider, options);
            return new PloyMigrator(options, provider.GetService<Microsoft.Extensions.Logging.ILogger<PloyMigrator>>());
        });
        return services.AddSingleton<IHostedService, MigrationService>();
    }

    private sealed class MigrationService(PloyMigrator migrator) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => migrator.ApplyAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
