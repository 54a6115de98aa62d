using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using NxLoy.Data;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.Testing;

namespace Ploy.Client.Tests.Samples;

/// <summary>What keeps tenants apart.</summary>
public enum Protection
{
    /// <summary>The client alone: as a superuser, whom row-level security does not hold for.</summary>
    Filters,

    /// <summary>The database alone: the client knows of no tenants, and the role is neither owner nor BYPASSRLS.</summary>
    RowSecurity,

    /// <summary>Nothing, to see that each test finds the leak.</summary>
    Nothing,
}

/// <summary>NxLoy's database as its migrations and seeds make it, with the generated client over a pool of two contexts and four connections.</summary>
internal sealed class NxLoyTenants : IAsyncDisposable
{
    /// <summary>The tenant that has rows in every table: others must not touch them.</summary>
    public const string Rich = "biz_beans";

    /// <summary>Another, with rows in most tables.</summary>
    public const string Other = "biz_glow";

    private static readonly Lazy<Task<TemporaryPostgresDatabase>> Template = new(MakeTemplateAsync);

    private readonly TemporaryPostgresDatabase _database;
    private readonly PooledDbContextFactory<NxLoyContext> _pool;
    private readonly string _connectionString;

    private NxLoyTenants(TemporaryPostgresDatabase database, Protection protection, IInterceptor[] interceptors)
    {
        _database = database;
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = true, MaxPoolSize = 4, Timeout = 60 };
        if (protection == Protection.RowSecurity) connection.Username = Role;
        _connectionString = connection.ConnectionString;
        var options = new DbContextOptionsBuilder<NxLoyContext>().AllowManyServices().UseNxLoyContext(_connectionString, ploy => ploy.TimeProvider = Time).AddInterceptors(interceptors);
        if (protection != Protection.Filters) options.ReplaceService<IModelCustomizer, WithoutTenants>();
        _pool = new PooledDbContextFactory<NxLoyContext>(options.Options, poolSize: 2);
        using var context = Open(Rich);
        Models = [.. context.Model.GetEntityTypes().Where(t => !t.HasSharedClrType && t.FindProperty("BusinessId") is { IsNullable: false }).Select(t => t.ClrType).OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>The classes of all tenant models.</summary>
    public ImmutableArray<Type> Models { get; }

    public string DatabaseName => _database.Name;

    /// <summary>Past the server's database, for what a test must do or see itself.</summary>
    public TemporaryPostgresDatabase Database => _database;

    /// <summary>The client's clock; it begins today, as the rows of the seeds do.</summary>
    public FakeTime Time { get; } = new(DateTimeOffset.UtcNow);

    private string Role => _database.Name + "_app";

    public static async Task<NxLoyTenants> CreateAsync(Protection protection, params IInterceptor[] interceptors)
    {
        var database = await TemporaryDatabase.PostgresAsync((await Template.Value).Name);
        var role = database.Name + "_app";
        await database.ExecuteAsync(
            $"""
            CREATE ROLE "{role}" LOGIN NOBYPASSRLS;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}";
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}";
            """);
        return new NxLoyTenants(database, protection, interceptors);
    }

    public NxLoyContext Open(string? tenant)
    {
        var context = _pool.CreateDbContext();
        context.TenantAccessor = new TenantContext { TenantId = tenant };
        return context;
    }

    /// <summary>All rows of a tenant in a table, past everything.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string table, string tenant) =>
        await _database.RowsAsync($"SELECT t::text FROM \"{table}\" t WHERE \"businessId\" = '{tenant}' ORDER BY 1");

    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(_connectionString)) NpgsqlConnection.ClearPool(connection);
        await _database.ExecuteAsync($"DROP OWNED BY \"{Role}\"; DROP ROLE \"{Role}\"");
        await _database.DisposeAsync();
    }

    private static async Task<TemporaryPostgresDatabase> MakeTemplateAsync()
    {
        var database = await TemporaryDatabase.PostgresAsync();
        var folder = Repository.PathOf("samples", "nxloy", "prisma");
        var scripts = Directory.EnumerateFiles(Path.Combine(folder, "migrations"), "migration.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Concat(Directory.EnumerateFiles(Path.Combine(folder, "seeds")).Order(StringComparer.Ordinal));
        foreach (var script in scripts) await database.ExecuteAsync(await File.ReadAllTextAsync(script));
        return database;
    }

    /// <summary>Takes everything of tenants out of the client's model.</summary>
    private sealed class WithoutTenants(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
    {
        public override void Customize(ModelBuilder modelBuilder, DbContext context)
        {
            base.Customize(modelBuilder, context);
            foreach (var type in modelBuilder.Model.GetEntityTypes())
            {
                if (type.FindAnnotation(TenantAnnotations.Join) is not null) type.SetQueryFilter(TenantAnnotations.Filter, null);
                if (type.FindAnnotation(TenantAnnotations.Property)?.Value is not string tenant) continue;
                type.RemoveAnnotation(TenantAnnotations.Property);
                type.SetQueryFilter(TenantAnnotations.Filter, null);
                type.FindProperty(tenant)!.IsConcurrencyToken = false; // the annotation names it
            }
        }
    }
}
