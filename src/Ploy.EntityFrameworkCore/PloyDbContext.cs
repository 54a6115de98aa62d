using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore;

/// <summary>
/// Base of generated contexts: keeps tenants apart, turns deletes into marks where the model says so, and stamps times.
/// The options must have been made with <see cref="PloyOptionsExtensions.UsePloy(DbContextOptionsBuilder, Action{PloyOptions}?)"/>.
/// </summary>
public abstract class PloyDbContext : DbContext
{
    private readonly PloyOptions _options;
    private readonly TenantGuard _guard;
    private readonly SoftDeleter _deleter;
    private int _acrossDepth;
    private int _lease;
    private object? _tenantSeen;

    /// <summary>Takes the options as every context does.</summary>
    /// <exception cref="InvalidOperationException">The options lack <c>UsePloy()</c>, without which tenants would not be kept apart.</exception>
    protected PloyDbContext(DbContextOptions options) : base(options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.FindExtension<PloyOptionsExtension>()?.Options
            ?? throw new InvalidOperationException($"{GetType().Name} needs UsePloy() in its options: without it neither tenants nor soft deletes are looked after.");
        _guard = new TenantGuard(this);
        _deleter = new SoftDeleter(this);
        ChangeTracker.Tracking += (_, e) => _guard.Tracking(e);
        ChangeTracker.StateChanged += (_, e) => _deleter.StateChanged(e);
    }

    /// <summary>Where times come from.</summary>
    public TimeProvider Time => _options.TimeProvider;

    /// <summary>Whose request this is; null where nobody said so, and then tenant rows cannot be read.</summary>
    public ITenantAccessor? TenantAccessor { get; set; }

    /// <summary>Whether an <see cref="AcrossTenants"/> scope is open.</summary>
    public bool IsAcrossTenants => _acrossDepth > 0;

    internal PloyOptions PloyOptions => _options;

    /// <summary>An empty text, such as that of a header that was not sent, is nobody's: row-level security takes it so, too.</summary>
    internal object? CurrentTenant => TenantAccessor?.TenantId is var tenant and not "" ? tenant : null;

    /// <summary>Whether the database is told whose request this is.</summary>
    internal bool TellsTenant => _options.TenantSetting is not null && Database.ProviderName?.Contains("PostgreSQL", StringComparison.Ordinal) == true;

    internal SoftDeleter Deleter => _deleter;

    /// <summary>The key of the tenant in use, for the query filters.</summary>
    /// <returns>The key; the type's default inside an <see cref="AcrossTenants"/> scope, where it is not looked at.</returns>
    /// <exception cref="TenantException">There is no tenant, or its key is of another type.</exception>
    public TKey? TenantKey<TKey>()
    {
        if (IsAcrossTenants) return default;
        NoticeTenant();
        return CurrentTenant switch
        {
            TKey key => key,
            null => throw new TenantException("There is no tenant: set one in the tenant accessor, or open AcrossTenants(\"reason\")."),
            var other => throw new TenantException($"The tenant's key is of type {other.GetType().Name}, but its column is of type {typeof(TKey).Name}."),
        };
    }

    /// <summary>
    /// Lets this context read and write rows of all tenants until the scope is disposed. Rows of other tenants that are
    /// still tracked then are forgotten. Row-level security in the database knows nothing of the scope: use a role that may.
    /// </summary>
    /// <param name="reason">Why; it is logged.</param>
    public IDisposable AcrossTenants(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        PloyLog.AcrossTenants(this.GetService<ILoggerFactory>().CreateLogger("Ploy.EntityFrameworkCore"), reason, GetType().Name);
        _acrossDepth++;
        return new Scope(this);
    }

    /// <inheritdoc />
    public override DbSet<TEntity> Set<TEntity>()
    {
        NoticeTenant();
        return base.Set<TEntity>();
    }

    /// <inheritdoc />
    public override DbSet<TEntity> Set<TEntity>(string name)
    {
        NoticeTenant();
        return base.Set<TEntity>(name);
    }

    /// <inheritdoc />
    public override object? Find(Type entityType, params object?[]? keyValues)
    {
        NoticeTenant();
        return base.Find(entityType, keyValues);
    }

    /// <inheritdoc />
    public override TEntity? Find<TEntity>(params object?[]? keyValues)
        where TEntity : class
    {
        NoticeTenant();
        return base.Find<TEntity>(keyValues);
    }

    /// <inheritdoc />
    public override ValueTask<object?> FindAsync(Type entityType, object?[]? keyValues, CancellationToken cancellationToken)
    {
        NoticeTenant();
        return base.FindAsync(entityType, keyValues, cancellationToken);
    }

    /// <inheritdoc />
    public override ValueTask<TEntity?> FindAsync<TEntity>(object?[]? keyValues, CancellationToken cancellationToken)
        where TEntity : class
    {
        NoticeTenant();
        return base.FindAsync<TEntity>(keyValues, cancellationToken);
    }

    /// <inheritdoc />
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        var work = Prepare();
        try
        {
            var count = work is { HasDependents: true }
                ? InTransaction(() =>
                {
                    _guard.CheckReferences();
                    var saved = base.SaveChanges(acceptAllChangesOnSuccess: false);
                    // Last, so that restricting relations see what this save has deleted itself.
                    work.Cascade();
                    return saved;
                })
                : SaveAlone();
            Finish(work, acceptAllChangesOnSuccess);
            return count;
        }
        catch
        {
            work?.Undo();
            throw;
        }

        int SaveAlone()
        {
            _guard.CheckReferences();
            return base.SaveChanges(acceptAllChangesOnSuccess);
        }
    }

    /// <inheritdoc />
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var work = Prepare();
        try
        {
            var count = work is { HasDependents: true }
                ? await InTransactionAsync(async () =>
                {
                    await _guard.CheckReferencesAsync(cancellationToken).ConfigureAwait(false);
                    var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancellationToken).ConfigureAwait(false);
                    await work.CascadeAsync(cancellationToken).ConfigureAwait(false);
                    return saved;
                }, cancellationToken).ConfigureAwait(false)
                : await SaveAloneAsync().ConfigureAwait(false);
            Finish(work, acceptAllChangesOnSuccess);
            return count;
        }
        catch
        {
            work?.Undo();
            throw;
        }

        async Task<int> SaveAloneAsync()
        {
            await _guard.CheckReferencesAsync(cancellationToken).ConfigureAwait(false);
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        Release();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        Release();
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    internal T InTransaction<T>(Func<T> action)
    {
        if (Database.CurrentTransaction is not null || !Database.IsRelational()) return action();
        return Database.CreateExecutionStrategy().Execute(() =>
        {
            using var transaction = Database.BeginTransaction();
            var result = action();
            transaction.Commit();
            return result;
        });
    }

    internal Task<T> InTransactionAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        if (Database.CurrentTransaction is not null || !Database.IsRelational()) return action();
        return Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            await using var transaction = await Database.BeginTransactionAsync(token).ConfigureAwait(false);
            var result = await action().ConfigureAwait(false);
            await transaction.CommitAsync(token).ConfigureAwait(false);
            return result;
        }, cancellationToken);
    }

    /// <summary>A pooled context is used by another tenant next.</summary>
    private void Release()
    {
        (TenantAccessor, _tenantSeen) = (null, null);
        _acrossDepth = 0;
        _lease++;
        _deleter.Reset();
    }

    /// <summary>Rows of the tenant before are forgotten when another one begins, so that neither a key nor a navigation leads to them.</summary>
    private void NoticeTenant()
    {
        if (IsAcrossTenants || Equals(_tenantSeen, CurrentTenant)) return;
        var isChange = _tenantSeen is not null;
        _tenantSeen = CurrentTenant;
        if (isChange) _guard.ForgetOtherTenants();
    }

    private void Finish(SoftDeleteWork? work, bool isAccepted)
    {
        _guard.Saved();
        if (work is null || !isAccepted) return;
        if (work.HasDependents) ChangeTracker.AcceptAllChanges();
        work.Forget();
    }

    private SoftDeleteWork? Prepare()
    {
        NoticeTenant();
        if (ChangeTracker.AutoDetectChangesEnabled) ChangeTracker.DetectChanges();
        ChangeTracker.CascadeChanges();
        _guard.CheckEntries();
        var work = _deleter.Prepare();
        foreach (var entry in ChangeTracker.Entries())
            if (entry.State is EntityState.Added or EntityState.Modified)
                StampUpdatedAt(entry);
        return work;
    }

    private void StampUpdatedAt(EntityEntry entry)
    {
        foreach (var property in entry.Properties)
        {
            if (property.Metadata.FindAnnotation(UpdatedAt.Annotation) is null) continue;
            // EF Core cannot change a key.
            if (entry.State == EntityState.Modified && property.Metadata.IsKey()) continue;
            // A value that the program has set itself stands.
            var isSet = entry.State == EntityState.Added
                ? !Equals(property.CurrentValue, property.Metadata.Sentinel)
                : property.IsModified && !Equals(property.CurrentValue, property.OriginalValue);
            if (!isSet) property.CurrentValue = UpdatedAt.Value(property.Metadata, Time);
        }
    }

    private sealed class Scope(PloyDbContext context) : IDisposable
    {
        private readonly int _lease = context._lease;
        private bool _isClosed;

        public void Dispose()
        {
            // A pooled context may be another request's by now.
            if (_isClosed || _lease != context._lease) return;
            _isClosed = true;
            if (context._acrossDepth > 0 && --context._acrossDepth == 0) context._guard.ForgetOtherTenants();
        }
    }
}

internal static partial class PloyLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Access across tenants in {Context}: {Reason}")]
    public static partial void AcrossTenants(ILogger logger, string reason, string context);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "{Message}")]
    public static partial void SchemaVersion(ILogger logger, string message);
}
