using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Json;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Replays;

/// <summary>
/// What <c>migrate diff</c> knows of a chain of migrations, and of how a database with that chain prints a schema: a second run with the same files
/// replays nothing. Entries are the project's, trusted as those of <c>migrate dev</c> are.
/// </summary>
internal sealed class DiffReplays
{
    private readonly ReplayCache _cache;
    private readonly string _server;
    private readonly string _key;

    private DiffReplays(ReplayCache cache, string server, string key) => (_cache, _server, _key) = (cache, server, key);

    /// <summary>Asks the server that would replay who it is.</summary>
    /// <param name="dialect">The product.</param>
    /// <param name="root">The project's folder.</param>
    /// <param name="server">The database whose server would replay.</param>
    /// <param name="scope">The part of the database that is read.</param>
    /// <param name="unseen">What of it is left out, in words of the caller.</param>
    /// <param name="files">The migrations in order.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null where the server does not answer: then whoever replays says why.</returns>
    public static async ValueTask<DiffReplays?> OpenAsync(
        Dialect dialect, string root, DatabaseAddress server, IntrospectionScope scope, IEnumerable<string> unseen, ImmutableArray<MigrationFile> files, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await dialect.Connector.OpenAsync(server, cancellationToken).ConfigureAwait(false);
            var fingerprint = await dialect.Connector.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
            // A diff sees the extensions of a database, which other commands look at only where the schema declares some.
            var key = ReplayCache.KeyOf(dialect, fingerprint, server.Namespace, scope, [.. unseen, "diff"], files);
            return new DiffReplays(new ReplayCache(Path.Combine(root, ".ploy"), TimeProvider.System), fingerprint, key);
        }
        catch (PloyException)
        {
            return null;
        }
    }

    /// <summary>What the migrations lead to, and how a database with them prints a schema; null where either is not known.</summary>
    /// <param name="schema">The schema as it is written; null where there is none to print.</param>
    public (DatabaseSchema Replayed, DatabaseSchema? Printed)? Find(DatabaseSchema? schema)
    {
        if (_cache.Find(_key) is not { } replayed) return null;
        if (schema is null) return (replayed, null);
        return _cache.Find(KeyOf(schema)) is { } printed ? (replayed, printed) : null;
    }

    /// <summary>Keeps both, where the server that has replayed is the one that was asked.</summary>
    public async ValueTask StoreAsync(Dialect dialect, IDatabaseSession session, DatabaseSchema replayed, DatabaseSchema? schema, DatabaseSchema? printed, CancellationToken cancellationToken)
    {
        if (await dialect.Connector.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != _server) return;
        _cache.Store(_key, replayed);
        if (schema is not null && printed is not null) _cache.Store(KeyOf(schema), printed);
    }

    private string KeyOf(DatabaseSchema schema) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_key + CanonicalJson.Write(schema))));
}
