using System.Globalization;
using System.Text;

namespace Ploy.Postgres.Sessions;

/// <summary>The parts of a connection URL, percent-decoded.</summary>
/// <param name="User">Null where the URL names none.</param>
/// <param name="Password">Secret; null where the URL has none.</param>
/// <param name="Host">A name, an address, several with commas, or the folder of a socket; <c>localhost</c> where the URL names none.</param>
/// <param name="Port">Null for the default, or where several hosts carry their own.</param>
/// <param name="Database"><c>postgres</c> where the URL names none, as Prisma has it.</param>
/// <param name="Parameters">In order, without <c>host</c> and <c>port</c>.</param>
internal sealed record PostgresUrl(
    string? User, string? Password, string Host, int? Port, string Database, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>Parses what stands behind <c>scheme://</c>. Written by hand: <see cref="Uri"/> refuses passwords that Prisma takes.</summary>
    /// <exception cref="Core.Diagnostics.PloyException">P1013.</exception>
    public static PostgresUrl Parse(string rest)
    {
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0)
        {
            if (rest.IndexOf('@', fragment) > 0) throw Unescaped();
            rest = rest[..fragment];
        }

        var end = rest.AsSpan().IndexOfAny('/', '?');
        var authority = end < 0 ? rest : rest[..end];
        var tail = end < 0 ? "" : rest[end..];
        var question = tail.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? tail : tail[..question];
        var parameters = ParseQuery(question < 0 ? "" : tail[(question + 1)..]);

        var at = authority.LastIndexOf('@');
        if (at < 0 && path.Contains('@', StringComparison.Ordinal)) throw Unescaped();
        var (user, password) = at < 0 ? (null, null) : ParseUser(authority[..at]);
        var (host, port) = ParseHosts(authority[(at + 1)..]);
        foreach (var (name, value) in parameters)
        {
            if (name == "host" && value.Length > 0) host = value;
            if (name == "port") port = ParsePort(value);
        }

        return new PostgresUrl(user, password, host, port, DatabaseOf(path), [.. parameters.Where(p => p.Key is not ("host" or "port"))]);
    }

    private static Core.Diagnostics.PloyException Unescaped() =>
        PostgresAddressParser.Invalid("the user name or password holds `/`, `?` or `#` as it is", "Percent-encode it: `/` is %2F, `?` is %3F, `#` is %23, `@` is %40.");

    private static (string? User, string? Password) ParseUser(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var user = Decode(colon < 0 ? text : text[..colon], "the user name");
        return (user.Length == 0 ? null : user, colon < 0 ? null : Decode(text[(colon + 1)..], "the password"));
    }

    private static (string Host, int? Port) ParseHosts(string text)
    {
        if (text.Length == 0) return ("localhost", null);
        if (!text.Contains(',', StringComparison.Ordinal)) return ParseHost(text);
        var hosts = new List<string>();
        foreach (var part in text.Split(','))
        {
            var (host, port) = ParseHost(part);
            hosts.Add(port is { } number ? string.Create(CultureInfo.InvariantCulture, $"{Bracketed(host)}:{number}") : host);
        }

        return (string.Join(',', hosts), null);
    }

    /// <summary>A host in front of a port: an IPv6 address stands in brackets.</summary>
    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static (string Host, int? Port) ParseHost(string text)
    {
        var bracket = text.LastIndexOf(']');
        if (text.StartsWith('[') && bracket < 0) throw PostgresAddressParser.Invalid("the IPv6 address has no closing bracket");
        var colon = text.IndexOf(':', Math.Max(bracket, 0));
        var host = Decode(colon < 0 ? text : text[..colon], "the host");
        if (host.StartsWith('[')) host = host[1..^1];
        return (host.Length == 0 ? "localhost" : host, colon < 0 || colon + 1 == text.Length ? null : ParsePort(text[(colon + 1)..]));
    }

    // The text is never repeated: where a password holds a slash, this is half of it.
    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw PostgresAddressParser.Invalid("the port is not a number from 1 to 65535", "Where the password holds `/`, `:`, `?`, `#` or `@`, percent-encode it.");

    private static string DatabaseOf(string path)
    {
        var name = path.TrimStart('/');
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        name = Decode(slash < 0 ? name : name[..slash], "the database's name");
        return name.Length == 0 ? "postgres" : name;
    }

    private static List<KeyValuePair<string, string>> ParseQuery(string query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? part : part[..equals], "the name of a parameter");
            var value = equals < 0 ? "" : part[(equals + 1)..].Replace('+', ' ');
            parameters.Add(new(name, Decode(value, $"the parameter `{name}`")));
        }

        return parameters;
    }

    private static string Decode(string text, string what)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var width = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, width)));
                i += width - 1;
            }
            else if (i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                // A lone percent sign stands for itself, as URL parsers have it: passwords are full of them.
                bytes.Add((byte)'%');
            }
        }

        try
        {
            return new UTF8Encoding(false, true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw PostgresAddressParser.Invalid($"{what} is percent-encoded, but not as UTF-8");
        }
    }
}
