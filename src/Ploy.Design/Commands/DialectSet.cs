using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Language.Semantics;
using Ploy.Relational;

namespace Ploy.Design.Commands;

/// <summary>The products that this program knows, put together where it begins.</summary>
public sealed class DialectSet(params ImmutableArray<Dialect> dialects)
{
    /// <summary>The dialect of a datasource's provider.</summary>
    public Dialect Of(Provider provider) => Of(provider == Provider.Sqlite ? "sqlite" : "postgresql");

    /// <summary>The dialect of that name.</summary>
    /// <exception cref="PloyException">PLOY2010 where there is none.</exception>
    public Dialect Of(string id) => dialects.FirstOrDefault(d => d.Id == id) ?? throw new PloyException(
        "PLOY2010", $"Ploy knows no database product `{id}`; it knows {string.Join(" and ", dialects.Select(d => $"`{d.Id}`"))}.", null);

    /// <summary>The dialect that a URL or a .NET connection string is for.</summary>
    /// <exception cref="PloyException">P1013 where it is of neither product.</exception>
    public Dialect OfConnection(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var text = connection.TrimStart();
        foreach (var (start, id) in Starts)
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return Of(id);
        throw new PloyException(
            "P1013",
            "The connection string is of no database product that Ploy knows.",
            "Begin it with `postgresql://` or `file:`, or write `Host=...;Database=...` or `Data Source=...`.");
    }

    private static readonly (string Start, string Id)[] Starts =
    [
        ("postgresql://", "postgresql"), ("postgres://", "postgresql"), ("Host=", "postgresql"), ("Server=", "postgresql"), ("Username=", "postgresql"), ("Database=", "postgresql"), ("Port=", "postgresql"),
        ("file:", "sqlite"), ("sqlite:", "sqlite"), ("Data Source=", "sqlite"), ("DataSource=", "sqlite"), ("Filename=", "sqlite"), (":memory:", "sqlite"),
    ];
}
