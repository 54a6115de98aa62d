using Ploy.Relational.Sessions;
using Ploy.Testing;

namespace Ploy.Conformance.Tests.Testing;

/// <summary>Where a server of another major version than 15, beside which everything was recorded, cannot give what was recorded.</summary>
internal static class OtherServer
{
    /// <summary>
    /// Whether a refusal is an older server's: BRIN has <c>minmax-multi</c> and <c>bloom</c> since 14
    /// (https://www.postgresql.org/docs/14/release-14.html#id-1.11.6.28.5), <c>NULLS NOT DISTINCT</c> came with 15, and extensions got new versions.
    /// </summary>
    public static async ValueTask<bool> LacksAsync(StatementException refused)
    {
        var since = refused.Message switch
        {
            var m when m.Contains("_minmax_multi_ops\" does not exist", StringComparison.Ordinal) => 14,
            var m when m.Contains("_bloom_ops\" does not exist", StringComparison.Ordinal) => 14,
            var m when m.Contains("has no installation script nor update path for version", StringComparison.Ordinal) => 14,
            var m when m.Contains("syntax error at or near \"NULLS\"", StringComparison.Ordinal) => 15,
            _ => 0,
        };
        return (await PostgresServer.SharedAsync()).Major < since;
    }

    /// <summary>Whether all that a script would still do is to take an extension's older version, which a newer server does not make by itself.</summary>
    public static async ValueTask<bool> HasNewerExtensionsAsync(string remaining) =>
        remaining.Split('\n').All(line => line.Length == 0 || line.TrimStart('-', ' ').StartsWith("DropExtension", StringComparison.Ordinal) || line.TrimStart('-', ' ').StartsWith("CreateExtension", StringComparison.Ordinal)
            || line.StartsWith("DROP EXTENSION ", StringComparison.Ordinal) || line.StartsWith("CREATE EXTENSION ", StringComparison.Ordinal))
        && (await PostgresServer.SharedAsync()).Major > 15;
}
