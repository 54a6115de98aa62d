using System.Globalization;
using System.Net;
using Npgsql;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Sessions;

/// <summary>Reads <c>postgresql://</c> URLs as Prisma writes them, and .NET connection strings. No message repeats any part of the text but names of parameters.</summary>
internal static class PostgresAddressParser
{
    /// <summary>Seconds that Prisma waits for a connection where <c>connect_timeout</c> does not say.</summary>
    private const int DefaultConnectTimeout = 5;

    private const string UrlHelp = "Write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE?schema=public, special characters in user and password percent-encoded.";

    /// <exception cref="PloyException">P1013 with the reason.</exception>
    public static DatabaseAddress Parse(string connection, string baseDirectory)
    {
        var text = connection.Trim();
        if (text.Length == 0) throw Invalid("it is empty", UrlHelp);
        if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase))
            throw Invalid("it is that of a SQLite file, but the schema's provider is `postgresql`", $"{UrlHelp} Or say `provider = \"sqlite\"` in the datasource.");
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && IsScheme(text.AsSpan(0, scheme)))
        {
            var name = text.AsSpan(0, scheme);
            if (!name.Equals("postgresql", StringComparison.OrdinalIgnoreCase) && !name.Equals("postgres", StringComparison.OrdinalIgnoreCase))
                throw Invalid($"it begins with `{name}://`, not with `postgresql://` or `postgres://`", UrlHelp);
            return FromUrl(PostgresUrl.Parse(text[(scheme + 3)..]), baseDirectory);
        }

        if (!text.Contains('=', StringComparison.Ordinal)) throw Invalid("it is neither a postgresql:// URL nor a .NET connection string", UrlHelp);
        return FromDotNet(text);
    }

    /// <summary>The one way to say P1013.</summary>
    public static PloyException Invalid(string reason, string? help = null) =>
        new("P1013", $"The database connection string is invalid: {reason}.", help);

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
                return false;
        return true;
    }

    private static DatabaseAddress FromUrl(PostgresUrl url, string baseDirectory)
    {
        var builder = NewBuilder();
        builder.Host = url.Host;
        builder.Database = url.Database;
        if (url.Port is { } port) builder.Port = port;
        if (url.User is { } user) builder.Username = user;
        if (url.Password is { } password) builder.Password = password;
        var parameters = new PostgresUrlParameters(builder, baseDirectory);
        foreach (var (name, value) in url.Parameters) parameters.Apply(name, value);
        parameters.Finish();
        return Address(builder, parameters.Schema, parameters.Warnings);
    }

    private static DatabaseAddress FromDotNet(string text)
    {
        var builder = NewBuilder();
        try
        {
            builder.ConnectionString = text;
        }
        catch (ArgumentException exception)
        {
            throw Invalid(RefusedKey(exception.Message) is { } key ? $"there is no key `{key}`, or its value does not suit it" : "it does not parse as KEY=VALUE;KEY=VALUE");
        }

        Fix(builder);
        if (string.IsNullOrEmpty(builder.Host)) throw Invalid("`Host` is missing");
        builder.Database ??= "postgres";
        var path = builder.SearchPath?.Split(',')[0].Trim().Trim('"');
        return Address(builder, string.IsNullOrEmpty(path) ? null : path, []);
    }

    // Of the driver's text only the key is passed on: the rest may quote a value.
    private static string? RefusedKey(string message)
    {
        string[] beginnings = ["Couldn't set ", "Keyword not supported: "];
        if (beginnings.FirstOrDefault(b => message.StartsWith(b, StringComparison.Ordinal)) is not { } beginning) return null;
        var end = message.IndexOf(" (Parameter", StringComparison.Ordinal);
        return message[beginning.Length..(end < 0 ? message.Length : end)].TrimEnd('.').Trim('\'');
    }

    private static NpgsqlConnectionStringBuilder NewBuilder()
    {
        var builder = new NpgsqlConnectionStringBuilder();
        Fix(builder);
        return builder;
    }

    // Every session is one connection for itself: a pooled one would keep settings, locks and prepared plans of the last.
    private static void Fix(NpgsqlConnectionStringBuilder builder)
    {
        builder.Pooling = false;
        builder.Enlist = false;
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = 0;
        builder.MaxAutoPrepare = 0;
        builder.IncludeErrorDetail = true;
        builder.IncludeFailedBatchedCommand = true;
        builder.PersistSecurityInfo = false;
        if (!builder.ShouldSerialize("GSS Encryption Mode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
        if (!builder.ShouldSerialize("Timeout")) builder.Timeout = DefaultConnectTimeout;
    }

    private static DatabaseAddress Address(NpgsqlConnectionStringBuilder builder, string? schema, IEnumerable<string> warnings)
    {
        // Set for each session with SET, which quotes it; the start-up parameter would not.
        builder.SearchPath = null;
        var host = builder.Host!; // both callers have set it
        if (host.Contains(',', StringComparison.Ordinal))
        {
            // The driver wants a pool for several hosts; only the one that takes writes will do.
            builder.Pooling = true;
            builder.MaxPoolSize = 4;
            builder.TargetSessionAttributes ??= "read-write";
        }

        return new DatabaseAddress
        {
            Provider = "postgresql",
            ConnectionString = builder.ConnectionString,
            Database = builder.Database!, // both callers have set it
            Namespace = schema ?? "public",
            Location = host.StartsWith('/') ? "unix:" + host
                : host.Contains(',', StringComparison.Ordinal) || host.Contains("]:", StringComparison.Ordinal) ? host
                : string.Create(CultureInfo.InvariantCulture, $"{PostgresUrl.Bracketed(host)}:{builder.Port}"),
            IsLocal = host.Split(',').All(IsLocal),
            Warnings = [.. warnings],
        };
    }

    private static bool IsLocal(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || WithoutPort(host).Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(WithoutPort(host), out var address) && IPAddress.IsLoopback(address));

    // One of several hosts may carry its port: `127.0.0.1:5433`, `[::1]:5433`; an IPv6 address alone has colons of its own.
    private static string WithoutPort(string host) =>
        host.LastIndexOf(':') is > 0 and var colon && (host[colon - 1] == ']' || host.IndexOf(':', StringComparison.Ordinal) == colon) ? host[..colon] : host;
}
