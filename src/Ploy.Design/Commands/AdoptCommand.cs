using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Design.Configuration;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Diff;
using Ploy.Relational.Planning;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>How many files a schema begins with.</summary>
public enum SchemaSplit
{
    /// <summary>One.</summary>
    None,

    /// <summary>One for each namespace.</summary>
    Namespace,

    /// <summary>One for each word that several tables begin with; the rest stays with the datasource.</summary>
    Prefix,
}

/// <summary>What <c>init --from-database</c> is asked for.</summary>
/// <param name="Url">The database. It is written nowhere: it may hold a password.</param>
public sealed record AdoptInput(string Url)
{
    /// <summary>The namespaces to read; empty for the connection's.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>How many files the schema has.</summary>
    public SchemaSplit Split { get; init; }
}

/// <summary>What <c>init --from-database</c> did.</summary>
/// <param name="Written">The files written, relative to the folder.</param>
/// <param name="Baseline">The migration that is marked as applied; null where the database had a history already.</param>
/// <param name="External">Tables of the tool that looked after the database so far, which stay its own.</param>
/// <param name="Pulled">What was read.</param>
public sealed record AdoptReport(ImmutableArray<string> Written, string? Baseline, ImmutableArray<string> External, PullReport Pulled);

/// <summary>
/// Begins a project in a folder from a database that is there: its schema, a migration that would make it, marked as applied, and a
/// configuration that leaves the tables of other tools alone. The database gains the history table and nothing else.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="environment">Variables of the environment.</param>
/// <param name="dialects">The products.</param>
/// <param name="services">What marking a migration needs, for a workspace.</param>
public sealed class AdoptCommand(string folder, Func<string, string?> environment, DialectSet dialects, Func<Workspace, MigrationServices> services)
{
    /// <summary>Histories of other tools, by the names that they give them.</summary>
    private static readonly ImmutableArray<string> Histories =
    [
        "__EFMigrationsHistory", "__EFMigrationsLock", "flyway_schema_history", "schema_version", "databasechangelog", "databasechangeloglock", "VersionInfo", "schemaversions", "schema_migrations", "ar_internal_metadata",
        "knex_migrations", "knex_migrations_lock", "alembic_version", "goose_db_version", "_sqlx_migrations", "django_migrations", "atlas_schema_revisions", "SequelizeMeta", "typeorm_metadata", "__drizzle_migrations",
    ];

    /// <summary>Reads the database, writes the project, marks its first migration.</summary>
    /// <param name="input">What is asked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2013 where there is a schema already; those of <see cref="PullCommand"/>.</exception>
    public async ValueTask<AdoptReport> RunAsync(AdoptInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var url = input.Url;
        var dialect = dialects.OfConnection(url);
        var address = dialect.Connector.Parse(url, folder) with { Application = "ploy init" };
        var external = await ExternalAsync(dialect, address, cancellationToken).ConfigureAwait(false);
        var written = new InitCommand(folder).Run(dialect.Id, null, external, isAdopted: true).ToBuilder();
        try
        {
            return await FillAsync(input, written, external, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nothing was there before, so nothing is there after.
            foreach (var name in written) File.Delete(Path.Combine(folder, name));
            throw;
        }
    }

    private async ValueTask<AdoptReport> FillAsync(AdoptInput input, ImmutableArray<string>.Builder written, ImmutableArray<string> external, CancellationToken cancellationToken)
    {
        var project = Project.Load(new ProjectOptions { WorkingDirectory = folder, Environment = environment, Url = input.Url });
        var pulled = await new PullCommand(project, dialects).RunAsync(new PullInput
        {
            Directives = true,
            Namespaces = input.Namespaces,
            FileOf = input.Split == SchemaSplit.None ? null : s => new SchemaFileNames(s, input.Split).Of,
        }, cancellationToken).ConfigureAwait(false);
        written.AddRange(pulled.Changed.Where(f => !written.Contains(f)));
        var workspace = Workspace.Load(project, dialects);
        var baseline = await BaselineAsync(workspace, cancellationToken).ConfigureAwait(false);
        if (baseline is not null) written.Add($"prisma/migrations/{baseline}/migration.sql");
        return new AdoptReport(written.ToImmutable(), baseline, external, pulled);
    }

    private static async ValueTask<ImmutableArray<string>> ExternalAsync(Dialect dialect, DatabaseAddress address, CancellationToken cancellationToken)
    {
        await using var session = await dialect.Connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        var scope = new IntrospectionScope((address.Namespace ?? dialect.DefaultNamespace) is { } name ? [name] : []);
        var schema = await dialect.Connector.Introspector(session).ReadAsync(scope, cancellationToken).ConfigureAwait(false);
        return [.. schema.Tables.Select(t => t.Name.Name).Where(n => Histories.Contains(n, StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
    }

    // A database that Prisma or Ploy looked after has its migrations somewhere: none of ours comes before them.
    private async ValueTask<string?> BaselineAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        var used = services(workspace);
        await using (var session = await workspace.Dialect.Connector.OpenAsync(workspace.Address, cancellationToken).ConfigureAwait(false))
            if (await workspace.Dialect.Connector.History(session).ReadAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false }) return null;
        var directory = workspace.ReadMigrations();
        var difference = SchemaDiffer.Diff(workspace.EmptyIn(workspace.Address), workspace.Desired(workspace.Address), workspace.Dialect);
        var name = MigrationNames.Create(used.Time.GetUtcNow(), "baseline");
        directory.Add(name, MigrationScript.Render(difference, workspace.Dialect), workspace.Dialect.Id);
        await new ResolveCommand(workspace, used).ApplyAsync(name, TimeSpan.FromMinutes(1), cancellationToken).ConfigureAwait(false);
        return name;
    }
}
