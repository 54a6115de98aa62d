using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Ploy.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore;

/// <summary>How a context behaves; set once, then only read.</summary>
public sealed class PloyOptions
{
    /// <summary>Where times come from.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// The PostgreSQL setting that row-level security policies read; it is set for each transaction, and for each statement
    /// outside of one. Null to leave it alone. Ignored on SQLite.
    /// </summary>
    public string? TenantSetting { get; set; } = "app.current_business_id";

    /// <summary>Whether the targets of foreign keys are asked for their tenant before a save, in at most one query.</summary>
    public bool CheckReferences { get; set; } = true;
}

/// <summary>Ties a context's options to Ploy.</summary>
public static class PloyOptionsExtensions
{
    /// <summary>Adds what a <see cref="PloyDbContext"/> needs. Call it after the provider (<c>UseNpgsql</c>, <c>UseSqlite</c>).</summary>
    /// <param name="builder">The options.</param>
    /// <param name="configure">Sets options; null for the usual ones.</param>
    public static DbContextOptionsBuilder UsePloy(this DbContextOptionsBuilder builder, Action<PloyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new PloyOptions();
        configure?.Invoke(options);
        return builder.UsePloy(options);
    }

    internal static DbContextOptionsBuilder UsePloy(this DbContextOptionsBuilder builder, PloyOptions options)
    {
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)builder;
        infrastructure.AddOrUpdateExtension(new PloyOptionsExtension(options));
        // docs/client.md says what an Include does where a filter hides its target; a page of warnings at each start does not help who cannot change the model.
        var core = builder.Options.FindExtension<CoreOptionsExtension>() ?? new CoreOptionsExtension();
        infrastructure.AddOrUpdateExtension(core.WithWarningsConfiguration(core.WarningsConfiguration.TryWithExplicit(
            CoreEventId.PossibleIncorrectRequiredNavigationWithQueryFilterInteractionWarning, WarningBehavior.Ignore)));
        return builder;
    }

    /// <inheritdoc cref="UsePloy(DbContextOptionsBuilder, Action{PloyOptions}?)" />
    public static DbContextOptionsBuilder<TContext> UsePloy<TContext>(
        this DbContextOptionsBuilder<TContext> builder, Action<PloyOptions>? configure = null)
        where TContext : DbContext
    {
        ((DbContextOptionsBuilder)builder).UsePloy(configure);
        return builder;
    }
}

/// <summary>Puts our query compiler in the place of EF Core's.</summary>
internal sealed class PloyOptionsExtension(PloyOptions options) : IDbContextOptionsExtension
{
    public PloyOptions Options { get; } = options;

    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Scoped<IQueryCompiler, PloyQueryCompiler>());
        services.AddSingleton<IInterceptor, TenantSettingInterceptor>();
        CountedBatches.Replace(services);
        services.AddSingleton<IRelationalTypeMappingSourcePlugin, WideNumericPlugin>();
        services.AddSingleton<IRelationalTypeMappingSourcePlugin, SqliteDecimalPlugin>();
    }

    /// <exception cref="InvalidOperationException">The provider was chosen after us, so that its services could not be replaced.</exception>
    public void Validate(IDbContextOptions options)
    {
        var isLate = false;
        foreach (var extension in options.Extensions)
        {
            if (isLate && extension.Info.IsDatabaseProvider) throw new InvalidOperationException("UsePloy() must come after the provider: UseNpgsql(...) or UseSqlite(...).");
            isLate |= extension == this;
        }
    }

    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using Ploy ";

        // The services do not depend on the options: those are read from the context.
        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["Ploy"] = "1";
    }
}
