using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ploy.Design.Objects;
using Ploy.Design.Replays;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational.Json;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>
/// What chains of migrations lead to: from the cache where that is known, else from a replay on a shadow database, which the cache then keeps.
/// </summary>
/// <param name="workspace">The project.</param>
/// <param name="live">A session on the main database: its server is asked who it is, and it prints expressions where nothing is pending. Null where there is no database yet.</param>
/// <param name="time">The clock.</param>
public sealed class Replayer(Workspace workspace, IDatabaseSession? live, TimeProvider time)
{
    private readonly ReplayCache _cache = new(Path.Combine(workspace.Project.Root, ".ploy"), time);
    private string? _server;
    private (string Key, Task<DatabaseSchema?> Schema)? _last;

    /// <summary>Begins to look for what the migrations lead to, while the caller waits for something else.</summary>
    public async ValueTask BeginFindAsync(ImmutableArray<MigrationFile> files, CancellationToken cancellationToken)
    {
        if (!files.IsEmpty) _ = Look(await KeyOfAsync(files, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What the migrations lead to; null where that would take a replay.</summary>
    public async ValueTask<DatabaseSchema?> FindAsync(ImmutableArray<MigrationFile> files, CancellationToken cancellationToken) =>
        files.IsEmpty ? workspace.EmptyIn(workspace.Address)
        : await FindAsync(await KeyOfAsync(files, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false) is { } known ? workspace.Mark(known, files) : null;

    /// <summary>What the migrations lead to, and what the files of the schema describe as that database prints it.</summary>
    /// <param name="files">The migrations in order.</param>
    /// <param name="desired">What the schema describes.</param>
    /// <param name="isLiveThere">Whether the live database has all of these migrations and may print the expressions.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<(DatabaseSchema Replayed, DatabaseSchema Desired)> ReplayAsync(
        ImmutableArray<MigrationFile> files, DatabaseSchema desired, bool isLiveThere, CancellationToken cancellationToken)
    {
        // Without a migration there is nothing to replay, and the default namespace is there in every database.
        var isRehearsed = ObjectRehearsal.IsNeeded(desired);
        if (files.IsEmpty && !isRehearsed) return (workspace.EmptyIn(workspace.Address), desired);
        var connector = workspace.Dialect.Connector;
        if (isRehearsed && await FindAsync(files, cancellationToken).ConfigureAwait(false) is { } replay && _cache.Find(await KeyOfAsync(files, desired, cancellationToken).ConfigureAwait(false)) is { } learnt)
            return (replay, learnt);
        if (live is not null && isLiveThere && !isRehearsed && await FindAsync(files, cancellationToken).ConfigureAwait(false) is { } known)
            return (known, await connector.Canonicalizer(live).CanonicalizeAsync(desired, cancellationToken).ConfigureAwait(false));
        await using var shadow = await workspace.OpenShadowAsync(cancellationToken).ConfigureAwait(false);
        await MigrationEngine.ReplayAsync(shadow, files, workspace.Dialect, cancellationToken).ConfigureAwait(false);
        var read = await workspace.ReadAsync(shadow, workspace.Address, cancellationToken).ConfigureAwait(false);
        // A server of our own beside one that takes no databases is like it, and still another.
        var key = await KeyOfAsync(files, cancellationToken).ConfigureAwait(false);
        if (!files.IsEmpty && await connector.FingerprintAsync(shadow, cancellationToken).ConfigureAwait(false) == _server) _cache.Store(key, read);
        var replayed = workspace.Mark(read, files);
        var printed = await connector.Canonicalizer(shadow).CanonicalizeAsync(desired, cancellationToken).ConfigureAwait(false);
        var rehearsed = await workspace.RehearseAsync(shadow, replayed, printed, cancellationToken).ConfigureAwait(false);
        if (isRehearsed) _cache.Store(await KeyOfAsync(files, desired, cancellationToken).ConfigureAwait(false), rehearsed);
        return (replayed, rehearsed);
    }

    /// <summary>What the migrations lead to; the cache suffices.</summary>
    public async ValueTask<DatabaseSchema> ReplayAsync(ImmutableArray<MigrationFile> files, CancellationToken cancellationToken) =>
        await FindAsync(files, cancellationToken).ConfigureAwait(false)
        ?? (await ReplayAsync(files, DatabaseSchema.Empty, isLiveThere: false, cancellationToken).ConfigureAwait(false)).Replayed;

    /// <summary>Keeps what a chain leads to.</summary>
    /// <param name="files">The migrations in order.</param>
    /// <param name="read">The database as <see cref="Workspace.ReadAsync"/> gives it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask RememberAsync(ImmutableArray<MigrationFile> files, DatabaseSchema read, CancellationToken cancellationToken) =>
        _cache.Store(await KeyOfAsync(files, cancellationToken).ConfigureAwait(false), read);

    // One run asks for the same chain more than once, and reading a long one takes longer than anything else in it.
    private async Task<DatabaseSchema?> FindAsync(string key) =>
        _last is { } last && last.Key == key && await last.Schema.ConfigureAwait(false) is { } known ? known : await Look(key).ConfigureAwait(false);

    private Task<DatabaseSchema?> Look(string key)
    {
        var found = Task.Run(() => _cache.Find(key));
        _last = (key, found);
        return found;
    }

    private async ValueTask<string> KeyOfAsync(ImmutableArray<MigrationFile> files, CancellationToken cancellationToken)
    {
        _server ??= await FingerprintAsync(cancellationToken).ConfigureAwait(false);
        return ReplayCache.KeyOf(workspace.Dialect, _server, workspace.Address.Namespace, workspace.ScopeIn(workspace.Address), workspace.Unseen, files);
    }

    // How a database of that chain prints a wanted schema: its objects were made once, and are not made again to learn it.
    private async ValueTask<string> KeyOfAsync(ImmutableArray<MigrationFile> files, DatabaseSchema desired, CancellationToken cancellationToken)
    {
        var text = await KeyOfAsync(files, cancellationToken).ConfigureAwait(false) + CanonicalJson.Write(desired);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    // Of the server that replays: that of the shadow database where one is set aside.
    private async ValueTask<string> FingerprintAsync(CancellationToken cancellationToken)
    {
        var connector = workspace.Dialect.Connector;
        var apart = workspace.Dialect.DefaultNamespace is null ? null : workspace.Project.FindShadowAddress(workspace.Dialect, workspace.Model.Datasource);
        if (apart is null && live is not null) return await connector.FingerprintAsync(live, cancellationToken).ConfigureAwait(false);
        await using var shadow = apart is null
            ? await workspace.OpenShadowAsync(cancellationToken).ConfigureAwait(false)
            : await connector.OpenAsync(apart, cancellationToken).ConfigureAwait(false);
        return await connector.FingerprintAsync(shadow, cancellationToken).ConfigureAwait(false);
    }
}
