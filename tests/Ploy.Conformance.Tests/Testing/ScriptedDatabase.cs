using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Testing;

/// <summary>A database of its own that scripts are run on, with an open session and what tests of scripts ask of it.</summary>
internal sealed class ScriptedDatabase : IAsyncDisposable
{
    private readonly Dialect _dialect;
    private readonly IDatabaseSession _session;

    private ScriptedDatabase(Dialect dialect, TemporaryDatabase database, IDatabaseSession session) => (_dialect, Database, _session) = (dialect, database, session);

    /// <summary>The database, past everything of Ploy's.</summary>
    public TemporaryDatabase Database { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A new, empty one.</summary>
    public static async Task<ScriptedDatabase> CreateAsync(Dialect dialect)
    {
        var database = await TemporaryDatabase.CreateAsync(dialect.Id);
        var address = dialect.Connector.Parse(database.Url, Repository.Root);

        // On a server the database is there already.
        if (address.FilePath is not null) await dialect.Connector.EnsureDatabaseAsync(address, Cancel);
        return new ScriptedDatabase(dialect, database, await dialect.Connector.OpenAsync(address, Cancel));
    }

    /// <summary>Our script from one state to another.</summary>
    public static string Script(Dialect dialect, DatabaseSchema before, DatabaseSchema after) =>
        MigrationScript.Render(SchemaDiffer.Diff(before, after, dialect), dialect);

    /// <summary>Runs a script as a migration is run.</summary>
    public async Task ApplyAsync(string script)
    {
        if (_dialect is PostgresDialect)
        {
            await ApplyOnServerAsync(script);
            return;
        }

        await using var transaction = await _session.BeginAsync(TransactionPurpose.Script, Cancel);
        await _session.ExecuteAsync(script, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    private async Task ApplyOnServerAsync(string script)
    {
        try
        {
            // One transaction already, but where the script, as for changed enums, begins and ends one itself.
            await _session.ExecuteAsync(script, Cancel);
        }
        catch (StatementException refused) when (refused.SqlState == "55P04")
        {
            // A label is used that the script adds: as a migration it runs in parts.
            foreach (var statement in _dialect.Split(script))
                if (statement.Control == TransactionControl.None) await _session.ExecuteAsync(statement.TextIn(script), Cancel);
        }
    }

    /// <summary>What would still have to be done to make the database as described.</summary>
    public async Task<string> RemainingAsync(DatabaseSchema desired)
    {
        var canonical = await _dialect.Connector.Canonicalizer(_session).CanonicalizeAsync(desired, Cancel);
        var actual = await _dialect.Connector.Introspector(_session).ReadAsync(new IntrospectionScope([.. desired.Namespaces]), Cancel);
        return Script(_dialect, actual, canonical);
    }

    /// <inheritdoc cref="TemporaryDatabase.DumpAsync"/>
    public Task<string> DumpAsync() => Database.DumpAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await Database.DisposeAsync();
    }
}
