namespace Ploy.EntityFrameworkCore.SoftDelete;

internal static class SoftDeleteAnnotations
{
    /// <summary>Name of the query filter.</summary>
    public const string Filter = "SoftDelete";

    /// <summary>Annotation on an entity type: the name of the property with the time of deletion.</summary>
    public const string Property = "Ploy:SoftDelete";
}

/// <summary>A row cannot be deleted because rows that are not deleted refer to it; nothing was changed.</summary>
public sealed class SoftDeleteException(string message) : InvalidOperationException(message);
