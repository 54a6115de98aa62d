namespace Ploy.EntityFrameworkCore.Tenancy;

/// <summary>Says whose request this is. Register a scoped implementation; ask it once for each use, since it may change.</summary>
public interface ITenantAccessor
{
    /// <summary>The key of the tenant in the type of its column (text, number, UUID); null or an empty text where there is none.</summary>
    object? TenantId { get; }
}

/// <summary>A tenant that a program sets by hand: in middleware, a background job or a test.</summary>
public sealed class TenantContext : ITenantAccessor
{
    /// <inheritdoc />
    public object? TenantId { get; set; }
}

/// <summary>A tenant's rows were touched without the right to: nothing was read or written.</summary>
public sealed class TenantException(string message) : InvalidOperationException(message);

/// <summary>What the guard knows of an entity type.</summary>
internal static class TenantAnnotations
{
    /// <summary>Name of the query filter.</summary>
    public const string Filter = "Tenant";

    /// <summary>Annotation on an entity type: the name of the property with the tenant's key.</summary>
    public const string Property = "Ploy:Tenant";

    /// <summary>Annotation on a many-to-many relation's join entity: its rows are those of the tenant's own rows.</summary>
    public const string Join = "Ploy:TenantJoin";
}
