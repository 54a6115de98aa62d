using System.Globalization;
using Microsoft.Data.Sqlite;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>Reads <c>file:</c> URLs as Prisma writes them, and .NET connection strings.</summary>
internal static class SqliteAddressParser
{
    /// <summary>Seconds that a statement waits for another process by default, as Prisma has it.</summary>
    private const int DefaultTimeout = 5;

    private const string Memory = ":memory:";
    private const string Help = "Write it as `file:./dev.db` or `Data Source=dev.db`.";

    /// <exception cref="PloyException">P1013 with the reason.</exception>
    public static DatabaseAddress Parse(string connection, string baseDirectory)
    {
        var text = connection.Trim();
        if (text.Length == 0) throw Invalid("it is empty", Help);
        foreach (var scheme in (ReadOnlySpan<string>)["file:", "sqlite:"])
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return FromUrl(text[scheme.Length..], baseDirectory);
        if (text == Memory) return Address(new SqliteConnectionStringBuilder(), Memory, baseDirectory, []);
        if (text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase))
            throw Invalid("it is that of a PostgreSQL database, but the schema's provider is `sqlite`", $"{Help} Or say `provider = \"postgresql\"` in the datasource.");
        if (text.IndexOf("://", StringComparison.Ordinal) is > 0 and var end) throw Invalid($"it begins with `{text[..end]}://`, not with `file:` or `sqlite:`", Help);
        if (!text.Contains('=', StringComparison.Ordinal)) throw Invalid("it is neither a `file:` URL nor a .NET connection string", Help);
        return FromDotNet(text, baseDirectory);
    }

    private static DatabaseAddress FromUrl(string rest, string baseDirectory)
    {
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? rest : rest[..question];
        var builder = new SqliteConnectionStringBuilder();
        var warnings = new List<string>();
        foreach (var part in (question < 0 ? "" : rest[(question + 1)..]).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            Apply(builder, equals < 0 ? part : part[..equals], equals < 0 ? "" : part[(equals + 1)..], warnings);
        }

        // file:///path and file://localhost/path are other ways to write file:/path.
        if (path.StartsWith("//localhost/", StringComparison.OrdinalIgnoreCase)) path = path["//localhost".Length..];
        else if (path.StartsWith("///", StringComparison.Ordinal)) path = path[2..];
        return Address(builder, path, baseDirectory, warnings);
    }

    private static void Apply(SqliteConnectionStringBuilder builder, string name, string value, List<string> warnings)
    {
        switch (name)
        {
            case "socket_timeout" or "connect_timeout":
                builder.DefaultTimeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    ? Math.Max(seconds, 1)
                    : throw Invalid($"`{name}` is not a number of seconds");
                break;
            case "mode" when value is "ro":
                builder.Mode = SqliteOpenMode.ReadOnly;
                break;
            case "mode" when value is "memory":
                builder.Mode = SqliteOpenMode.Memory;
                break;
            case "mode" when value is "rw" or "rwc":
            case "connection_limit" or "pool_timeout" or "db_name" or "schema" or "max_connection_lifetime" or "max_idle_connection_lifetime":
                break; // Prisma's own, without a meaning for a single connection
            default:
                warnings.Add($"The parameter `{name}` of the connection string means nothing for SQLite.");
                break;
        }
    }

    private static DatabaseAddress FromDotNet(string text, string baseDirectory)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(text);
        }
        catch (ArgumentException exception)
        {
            // The driver's text is passed on only where it names a keyword: elsewhere it may quote a value.
            throw Invalid(exception.Message.Contains("keyword", StringComparison.OrdinalIgnoreCase)
                ? char.ToLowerInvariant(exception.Message[0]) + exception.Message[1..].TrimEnd('.')
                : "it does not parse as KEY=VALUE;KEY=VALUE");
        }

        var source = builder.DataSource;
        if (source.Length == 0 && builder.Mode != SqliteOpenMode.Memory) throw Invalid("`Data Source` is missing", Help);
        return source.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            ? FromUrl(source["file:".Length..], baseDirectory)
            : Address(builder, source, baseDirectory, []);
    }

    private static DatabaseAddress Address(SqliteConnectionStringBuilder builder, string path, string baseDirectory, IEnumerable<string> warnings)
    {
        var isMemory = path == Memory || builder.Mode == SqliteOpenMode.Memory;
        if (!isMemory && path.Length == 0) throw Invalid("the path is missing", Help);

        // Every session is one connection for itself: a pooled one would keep pragmas of the last.
        builder.Pooling = false;
        builder.ForeignKeys = true;
        builder.Cache = SqliteCacheMode.Default;
        if (!builder.ShouldSerialize("Default Timeout")) builder.DefaultTimeout = DefaultTimeout;
        var full = isMemory ? null : Path.GetFullPath(path, Path.GetFullPath(baseDirectory));
        builder.DataSource = full ?? Memory;
        if (isMemory) builder.Mode = SqliteOpenMode.Memory;
        else if (builder.Mode != SqliteOpenMode.ReadOnly) builder.Mode = SqliteOpenMode.ReadWrite;
        return new DatabaseAddress
        {
            Provider = "sqlite",
            ConnectionString = builder.ConnectionString,
            Database = isMemory ? Memory : Path.GetFileName(full!),
            Location = "file:" + (isMemory ? Memory : path),
            IsLocal = true,
            Warnings = [.. warnings],
            FilePath = full,
        };
    }

    private static PloyException Invalid(string reason, string? help = null) => new("P1013", $"The database connection string is invalid: {reason}.", help);
}
