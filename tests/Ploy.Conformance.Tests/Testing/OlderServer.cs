using Ploy.Relational.Sessions;
using Ploy.Testing;

namespace Ploy.Conformance.Tests.Testing;

/// <summary>What was recorded beside PostgreSQL 15, and PostgreSQL 13 does not have.</summary>
internal static class OlderServer
{
    /// <summary>
    /// Whether a refusal is the older server's: BRIN has <c>minmax-multi</c> and <c>bloom</c> since 14
    /// (https://www.postgresql.org/docs/14/release-14.html#id-1.11.6.28.5), and extensions got new versions.
    /// </summary>
    public static async ValueTask<bool> LacksAsync(StatementException refused)
    {
        var isOfNewer = refused.Message.Contains("_minmax_multi_ops\" does not exist", StringComparison.Ordinal)
            || refused.Message.Contains("_bloom_ops\" does not exist", StringComparison.Ordinal)
            || refused.Message.Contains("has no installation script nor update path for version", StringComparison.Ordinal);
        return isOfNewer && (await PostgresServer.SharedAsync()).Major < 14;
    }
}
