using System.Globalization;
using Npgsql;

namespace Ploy.Postgres.Sessions;

/// <summary>
/// What the query part of a URL means to the driver. Prisma's own parameters (https://www.prisma.io/docs/orm/overview/databases/postgresql)
/// and libpq's (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS) are taken.
/// </summary>
internal sealed class PostgresUrlParameters(NpgsqlConnectionStringBuilder builder, string baseDirectory)
{
    private readonly List<string> _warnings = [];
    private string? _certificate, _rootCertificate, _identity, _key;
    private bool _strict;

    /// <summary>The namespace of <c>?schema=</c>; null without one.</summary>
    public string? Schema { get; private set; }

    /// <summary>Parameters that mean nothing here, each as a sentence.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <exception cref="Core.Diagnostics.PloyException">P1013 for a value that its parameter does not take.</exception>
    public void Apply(string name, string value)
    {
        switch (name)
        {
            case "schema": Schema = value.Length == 0 ? null : value; break;
            case "sslmode": builder.SslMode = SslModeOf(value); break;
            case "sslaccept": _strict = IsStrict(value); break;
            case "sslcert": _certificate = PathOf(value); break;
            case "sslrootcert": _rootCertificate = PathOf(value); break;
            case "sslidentity": _identity = PathOf(value); break;
            case "sslkey": _key = PathOf(value); break;
            case "sslpassword": builder.SslPassword = value; break;
            case "sslnegotiation": builder.SslNegotiation = SslNegotiationOf(value); break;
            case "channel_binding": builder.ChannelBinding = ChannelBindingOf(value); break;
            case "connect_timeout": builder.Timeout = Math.Min(NumberOf(name, value), 1024); break;
            case "socket_timeout": builder.CommandTimeout = NumberOf(name, value); break;
            case "application_name": builder.ApplicationName = value; break;
            case "options": builder.Options = value; break;
            case "target_session_attrs": builder.TargetSessionAttributes = value; break;
            case "user": builder.Username = value; break;
            case "password": builder.Password = value; break;
            case "dbname": builder.Database = value; break;

            // Prisma's pool and cache: one unpooled connection has neither.
            case "connection_limit" or "pool_timeout" or "pgbouncer" or "statement_cache_size" or "max_connection_lifetime"
                or "max_idle_connection_lifetime" or "single_use_connections":
                break;
            default:
                _warnings.Add($"The parameter `{name}` of the connection URL is not known and has no effect.");
                break;
        }
    }

    /// <summary>Applies what depends on several parameters; called once, at the end.</summary>
    public void Finish()
    {
        // In Prisma `sslcert` is the authority's certificate; with `sslkey` beside it the URL is libpq's, where it is the client's.
        if (_key is not null)
        {
            builder.SslCertificate = _certificate;
            builder.SslKey = _key;
        }
        else
        {
            _rootCertificate ??= _certificate;
        }

        if (_identity is not null) builder.SslCertificate = _identity;
        if (_rootCertificate is not null) builder.RootCertificate = _rootCertificate;
        if (_strict && builder.SslMode == SslMode.Require) builder.SslMode = SslMode.VerifyFull;
    }

    private static SslMode SslModeOf(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" or "no-verify" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw OneOf("sslmode", "disable, allow, prefer, require, verify-ca or verify-full"),
    };

    private static bool IsStrict(string value) => value switch
    {
        "strict" => true,
        "accept_invalid_certs" => false,
        _ => throw OneOf("sslaccept", "strict or accept_invalid_certs"),
    };

    private static SslNegotiation SslNegotiationOf(string value) => value switch
    {
        "postgres" => SslNegotiation.Postgres,
        "direct" => SslNegotiation.Direct,
        _ => throw OneOf("sslnegotiation", "postgres or direct"),
    };

    private static ChannelBinding ChannelBindingOf(string value) => value switch
    {
        "disable" => ChannelBinding.Disable,
        "prefer" => ChannelBinding.Prefer,
        "require" => ChannelBinding.Require,
        _ => throw OneOf("channel_binding", "disable, prefer or require"),
    };

    private static int NumberOf(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw PostgresAddressParser.Invalid($"the parameter `{name}` is not a number of seconds");

    private static Core.Diagnostics.PloyException OneOf(string name, string values) =>
        PostgresAddressParser.Invalid($"the parameter `{name}` must be {values}");

    private string PathOf(string value) => Path.GetFullPath(value, baseDirectory);
}
