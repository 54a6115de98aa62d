using System.Globalization;
using Npgsql;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Backups;

/// <summary>
/// Tells PostgreSQL's own programs where a database is by environment variables alone
/// (https://www.postgresql.org/docs/current/libpq-envars.html): command lines are for everybody on the machine to see.
/// </summary>
internal static class ProgramEnvironment
{
    /// <summary>The variables; null for one that must not be inherited.</summary>
    public static Dictionary<string, string?> Of(DatabaseAddress address)
    {
        var builder = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        var (hosts, ports) = Hosts(builder);
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PGSERVICE"] = null,
            ["PGHOSTADDR"] = null,
            ["PGHOST"] = hosts,
            ["PGPORT"] = ports,
            ["PGDATABASE"] = address.Database,
            ["PGSSLMODE"] = ModeOf(builder.SslMode),
            ["PGGSSENCMODE"] = builder.GssEncryptionMode.ToString().ToLowerInvariant(),
            ["PGCONNECT_TIMEOUT"] = builder.Timeout.ToString(CultureInfo.InvariantCulture),
            ["PGAPPNAME"] = builder.ApplicationName ?? address.Application ?? "ploy",
            ["PGCLIENTENCODING"] = "UTF8",
            ["LC_MESSAGES"] = "C",
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
                 [
                     ("PGUSER", builder.Username), ("PGPASSWORD", builder.Password), ("PGPASSFILE", builder.Passfile), ("PGOPTIONS", builder.Options),
                     ("PGSSLROOTCERT", builder.RootCertificate), ("PGSSLCERT", builder.SslCertificate), ("PGSSLKEY", builder.SslKey),
                     ("PGTARGETSESSIONATTRS", builder.TargetSessionAttributes),
                 ])
            if (!string.IsNullOrEmpty(value))
                variables[name] = value;
        return variables;
    }

    // The driver takes `a:5433,[::1]:5432`, the programs two lists.
    private static (string Hosts, string Ports) Hosts(NpgsqlConnectionStringBuilder builder)
    {
        var (hosts, ports) = (new List<string>(), new List<string>());
        foreach (var part in builder.Host!.Split(',')) // whatever made the address has set it
        {
            var colon = part.LastIndexOf(':');
            var hasPort = !part.StartsWith('/') && colon >= 0 && (part.IndexOf(':', StringComparison.Ordinal) == colon || part[colon - 1] == ']');
            hosts.Add((hasPort ? part[..colon] : part).Trim('[', ']'));
            ports.Add(hasPort ? part[(colon + 1)..] : builder.Port.ToString(CultureInfo.InvariantCulture));
        }

        return (string.Join(',', hosts), string.Join(',', ports));
    }

    private static string ModeOf(SslMode mode) => mode switch
    {
        SslMode.Disable => "disable",
        SslMode.Allow => "allow",
        SslMode.Prefer => "prefer",
        SslMode.Require => "require",
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
