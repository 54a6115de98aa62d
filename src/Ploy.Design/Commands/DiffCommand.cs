using Ploy.Core;
using Ploy.Core.Diagnostics;
using Ploy.Design.Configuration;
using Ploy.Design.Objects;
using Ploy.Design.Replays;
using Ploy.Migrations.Engine;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Commands;

/// <summary>One side of <c>migrate diff</c>.</summary>
public abstract record DiffSide
{
    private DiffSide()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record Empty : DiffSide;

    /// <summary>Schema files.</summary>
    /// <param name="Path">A file or folder, as given.</param>
    public sealed record Schema(string Path) : DiffSide;

    /// <summary>What a folder of migrations leads to.</summary>
    /// <param name="Path">The folder, as given.</param>
    public sealed record Migrations(string Path) : DiffSide;

    /// <summary>A live database by its URL or connection string.</summary>
    /// <param name="Connection">The text.</param>
    public sealed record Database(string Connection) : DiffSide;

    /// <summary>The live database of a schema's datasource.</summary>
    /// <param name="Path">A file or folder, as given.</param>
    public sealed record SchemaDatabase(string Path) : DiffSide;

    /// <summary>The live database of the configuration.</summary>
    public sealed record ConfiguredDatabase : DiffSide;
}

/// <summary>The difference of two sides with the product that they are of.</summary>
/// <param name="Difference">The changes from the first to the second.</param>
/// <param name="Dialect">The product.</param>
public sealed record DiffReport(SchemaDifference Difference, Dialect Dialect);

/// <summary>Compares any two of: nothing, schema files, a folder of migrations, a live database. Changes nothing.</summary>
public sealed class DiffCommand(Project project, DialectSet dialects)
{
    /// <summary>Reads both sides and compares them.</summary>
    /// <exception cref="PloyException">PLOY2207 where both sides are empty or of two products; those of reading them.</exception>
    public async ValueTask<DiffReport> RunAsync(DiffSide before, DiffSide after, CancellationToken cancellationToken)
    {
        if (before is DiffSide.Empty && after is DiffSide.Empty)
            throw new PloyException("PLOY2207", "Both sides are empty: there is nothing to compare.", "Give a schema, a folder of migrations or a database on one side.");
        if (before is DiffSide.Schema file && after is DiffSide.Schema other) return await BetweenFilesAsync(Existing(file.Path), Existing(other.Path)).ConfigureAwait(false);
        var schemas = new[] { Workspace(before), Workspace(after) };
        var dialect = DialectOf(before, schemas[0], after, schemas[1]);
        // What the language cannot say of a live database (which namespaces, whether partial indexes count) the schema side says.
        var lens = schemas[0] ?? schemas[1] ?? DefaultLens(before, after, dialect);
        var written = (before is DiffSide.Schema ? schemas[0] : after is DiffSide.Schema ? schemas[1] : null)?.Desired(null);
        var replays = await ReplaysAsync(before, after, lens, dialect, cancellationToken).ConfigureAwait(false);
        if (replays?.Find(written) is { } known) return new DiffReport(Between(before, after, known.Replayed, known.Printed ?? DatabaseSchema.Empty, lens, dialect), dialect);
        await using var first = await OpenAsync(before, schemas[0], after, lens, dialect, cancellationToken).ConfigureAwait(false);
        await using var second = await OpenAsync(after, schemas[1], before, lens, dialect, cancellationToken).ConfigureAwait(false);
        var (old, next) = (first.Schema, after is DiffSide.Schema ? second.Schema : AsTarget(second.Schema, lens, dialect));
        // Where one side is a database, it prints the expressions of the other; between two files text is compared with text.
        if (first.Session is { } printer && after is DiffSide.Schema) next = await dialect.Connector.Canonicalizer(printer).CanonicalizeAsync(next, cancellationToken).ConfigureAwait(false);
        if (second.Session is { } press && before is DiffSide.Schema) old = await dialect.Connector.Canonicalizer(press).CanonicalizeAsync(old, cancellationToken).ConfigureAwait(false);
        if (after is DiffSide.Schema) next = await RehearseAsync(schemas[1]!, first, before, next, cancellationToken).ConfigureAwait(false); // loaded for this side
        if (before is DiffSide.Schema) old = await RehearseAsync(schemas[0]!, second, after, old, cancellationToken).ConfigureAwait(false);
        if (replays is not null && (first.Session ?? second.Session) is { } shadow)
            await replays.StoreAsync(dialect, shadow, (first.Session is null ? second : first).Read!, written, before is DiffSide.Migrations ? next : old, cancellationToken).ConfigureAwait(false); // it was read
        if (before is DiffSide.Empty && after is DiffSide.Schema) next = dialect.BetweenFiles(next);
        return new DiffReport(SchemaDiffer.DiffWithRows(old, next, dialect), dialect);
    }

    // Of migrations against a schema or nothing, in the project: the cache is its own. Only a server is asked; without one each run replays.
    private async ValueTask<DiffReplays?> ReplaysAsync(DiffSide before, DiffSide after, Workspace? lens, Dialect dialect, CancellationToken cancellationToken)
    {
        var (side, other) = before is DiffSide.Migrations first ? (first, after) : (after as DiffSide.Migrations, before);
        if (side is null || other is not (DiffSide.Schema or DiffSide.Empty) || dialect.DefaultNamespace is null || lens is null || !project.HasSchema) return null;
        if ((project.FindShadowAddress(dialect, lens.Model.Datasource) ?? project.FindAddressIfSet(dialect, lens.Model.Datasource)) is not { } server) return null;
        return await DiffReplays.OpenAsync(dialect, project.Root, server, ScopeOf(lens, other is DiffSide.Schema, null), lens.Unseen, Directory(side).Files, cancellationToken).ConfigureAwait(false);
    }

    private SchemaDifference Between(DiffSide before, DiffSide after, DatabaseSchema replayed, DatabaseSchema other, Workspace? lens, Dialect dialect)
    {
        var side = before as DiffSide.Migrations ?? (DiffSide.Migrations)after; // one of them is
        var marked = MarksOf(side).ApplyTo(replayed, dialect.DefaultNamespace);
        return before is DiffSide.Migrations
            ? SchemaDiffer.DiffWithRows(marked, after is DiffSide.Schema ? other : AsTarget(other, lens, dialect), dialect)
            : SchemaDiffer.DiffWithRows(other, AsTarget(marked, lens, dialect), dialect);
    }

    private OwnershipMarks MarksOf(DiffSide.Migrations folder) => OwnershipMarks.Read(Directory(folder).Files.Where(f => f.HasMarks).Select(f => f.Script.Text));

    private static DatabaseSchema AsTarget(DatabaseSchema read, Workspace? lens, Dialect dialect) => dialect.AsTarget(WithNeededExtensions(read, lens));

    // A script to a database says of its extensions what the schema beside it says; where that says nothing, as in the engine, none, unless something there may
    // come from one: then the script would not run without it. What is not the server's own is printed with its namespace. Every database has `plpgsql` of itself.
    private static DatabaseSchema WithNeededExtensions(DatabaseSchema schema, Workspace? lens)
    {
        var isSaid = lens?.Model.Datasource is { Extensions.IsEmpty: false } || schema.Tables.Any(NeedsExtension);
        return schema with { Extensions = schema.Extensions.Where(e => isSaid && e.Name != "plpgsql").ToEquatableArray() };

        static bool NeedsExtension(Table table) =>
            table.Columns.Any(c => IsForeign(c.Type.StoreType) || c.Type.StoreType == "CITEXT" || (c.Default is DefaultValue.Expression value && IsForeign(value.Sql.Text)) || (c.Generated is { } generated && IsForeign(generated.Text)))
            || table.Indexes.Any(i => i.Parts.Any(p => p.OperatorClass is not null));

        static bool IsForeign(string text) => text.Contains('.', StringComparison.Ordinal);
    }

    // Objects beyond the language are printed by a shadow database: that of the other side's migrations, or one of their own beside a live database, where one may
    // be made. Two files are compared as they are written.
    private async ValueTask<DatabaseSchema> RehearseAsync(Workspace own, OpenSide other, DiffSide side, DatabaseSchema schema, CancellationToken cancellationToken)
    {
        if (other.Session is not { } session || !ObjectRehearsal.IsNeeded(schema)) return schema;
        if (side is DiffSide.Migrations) return await own.RehearseAsync(session, other.Schema, schema, cancellationToken).ConfigureAwait(false);
        return await own.RehearseBesideAsync(other.Schema, schema, () => OpenShadowAsync(own, own.Dialect, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    // Files need no database, and are compared as they are written.
    private async Task<DiffReport> BetweenFilesAsync(string before, string after)
    {
        var sides = new DescribedFiles(project, dialects);
        var (old, next) = await sides.OfAsync(before, after).ConfigureAwait(false);
        return old.Dialect == next.Dialect ? new DiffReport(SchemaDiffer.Diff(old.Schema, next.Schema, old.Dialect), old.Dialect) : throw TwoProducts([old.Dialect, next.Dialect]);
    }

    private Workspace? Workspace(DiffSide side) => side switch
    {
        DiffSide.Schema schema => Commands.Workspace.Load(project, Existing(schema.Path), dialects),
        DiffSide.SchemaDatabase schema => Commands.Workspace.Load(project, Existing(schema.Path), dialects),
        _ => null,
    };

    // The project's own schema, where it compiles for the same product; it is not what is compared.
    private Workspace? DefaultLens(DiffSide before, DiffSide after, Dialect dialect)
    {
        if (!project.HasSchema) return null;
        try
        {
            var workspace = Commands.Workspace.Load(project, dialects);
            return workspace.Dialect == dialect ? workspace : null;
        }
        catch (SchemaException) when (before is not DiffSide.ConfiguredDatabase && after is not DiffSide.ConfiguredDatabase)
        {
            return null;
        }
    }

    private string Existing(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, project.WorkingDirectory));
        return File.Exists(full) || System.IO.Directory.Exists(full) ? full : throw new PloyException("PLOY2005", $"There is no schema file or folder `{path}`.", "Correct the path.");
    }

    private Dialect DialectOf(DiffSide before, Workspace? first, DiffSide after, Workspace? second)
    {
        var found = new[] { Dialect(before, first), Dialect(after, second) }.OfType<Dialect>().Distinct().ToList();
        return found switch
        {
            [var only] => only,
            [] => Commands.Workspace.Load(project, dialects).Dialect,
            _ => throw TwoProducts(found),
        };
    }

    private static PloyException TwoProducts(IEnumerable<Dialect> found) =>
        new("PLOY2207", $"The two sides are of two products: {string.Join(" and ", found.Select(d => $"`{d.Id}`"))}.", "Compare sides of the same product.");

    private Dialect? Dialect(DiffSide side, Workspace? workspace) => side switch
    {
        DiffSide.Empty => null,
        DiffSide.Schema or DiffSide.SchemaDatabase => workspace!.Dialect, // loaded for these two
        DiffSide.Database database => dialects.OfConnection(database.Connection),
        DiffSide.Migrations migrations => dialects.Of(Directory(migrations).Provider ?? throw new PloyException(
            "PLOY2208", $"The folder `{migrations.Path}` has no `{MigrationDirectory.LockName}`, which says what product its migrations are for.", "Add the file with `provider = \"postgresql\"` or `provider = \"sqlite\"`.")),
        DiffSide.ConfiguredDatabase => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private MigrationDirectory Directory(DiffSide.Migrations migrations)
    {
        var path = Path.GetFullPath(migrations.Path, project.WorkingDirectory);
        if (!System.IO.Directory.Exists(path)) throw new PloyException("PLOY2005", $"There is no folder `{migrations.Path}`.", "Correct the path.");
        return MigrationDirectory.Read(path, project.Display(path));
    }

    private DatabaseAddress? AddressOf(DiffSide side, Workspace? lens, Dialect dialect) => side switch
    {
        DiffSide.Database database => project.Parse(dialect, database.Connection, project.WorkingDirectory),
        DiffSide.SchemaDatabase or DiffSide.ConfiguredDatabase => project.Address(dialect, lens?.Model.Datasource),
        _ => null,
    };

    // The session of a database stays open for the other side's expressions: nothing is replayed twice.
    private async ValueTask<OpenSide> OpenAsync(DiffSide side, Workspace? own, DiffSide other, Workspace? lens, Dialect dialect, CancellationToken cancellationToken)
    {
        if (side is DiffSide.Empty) return new OpenSide(DatabaseSchema.Empty, null);
        if (side is DiffSide.Schema) return new OpenSide(own!.Desired(AddressOf(other, lens, dialect)), null); // loaded for this side
        var address = AddressOf(side, own ?? lens, dialect);
        var session = address is not null
            ? await dialect.Connector.OpenAsync(address, cancellationToken).ConfigureAwait(false)
            : await OpenShadowAsync(lens, dialect, cancellationToken).ConfigureAwait(false);
        try
        {
            if (side is DiffSide.Migrations migrations) await MigrationEngine.ReplayAsync(session, Directory(migrations).Files, dialect, cancellationToken).ConfigureAwait(false);
            // A database beside migrations is compared with these, wherever they are.
            var marks = (side as DiffSide.Migrations ?? other as DiffSide.Migrations) is { } folder
                ? MarksOf(folder)
                : (own ?? lens)?.Marks ?? OwnershipMarks.None;
            if (side is not DiffSide.Migrations && other is not DiffSide.Migrations) marks = marks.With(await PushedMarks.ReadAsync(dialect.Connector.State(session), cancellationToken).ConfigureAwait(false));
            var isSaid = own is not null || side is DiffSide.Schema || other is DiffSide.Schema;
            var read = await IntrospectAsync(session, lens, isSaid, address, dialect, cancellationToken).ConfigureAwait(false);
            return new OpenSide(marks.ApplyTo(read, address?.Namespace ?? dialect.DefaultNamespace), session) { Read = read };
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Between histories and databases alone partial indexes are what they are; only a schema that cannot say them leaves them.
    private async ValueTask<DatabaseSchema> IntrospectAsync(IDatabaseSession session, Workspace? lens, bool isSaid, DatabaseAddress? address, Dialect dialect, CancellationToken cancellationToken)
    {
        var scope = ScopeOf(lens, isSaid, address);
        return ExternalObjects.Remove(await dialect.Connector.Introspector(session).ReadAsync(scope, cancellationToken).ConfigureAwait(false), project);
    }

    private static IntrospectionScope ScopeOf(Workspace? lens, bool isSaid, DatabaseAddress? address)
    {
        var scope = lens?.ScopeIn(address) ?? new IntrospectionScope(address?.Namespace is { } name ? [name] : []);
        return isSaid ? scope : scope with { LeavesPartialIndexes = false };
    }

    private ValueTask<IDatabaseSession> OpenShadowAsync(Workspace? lens, Dialect dialect, CancellationToken cancellationToken)
    {
        var isSetAside = project.FindShadowAddress(dialect, lens?.Model.Datasource) is not null;
        var main = !isSetAside && dialect.DefaultNamespace is not null ? project.FindAddress(dialect, lens?.Model.Datasource) : null;
        return ShadowDatabase.OpenAsync(project, dialect, main, lens?.Model.Datasource, cancellationToken);
    }

    private sealed record OpenSide(DatabaseSchema Schema, IDatabaseSession? Session) : IAsyncDisposable
    {
        /// <summary>The database as it was read, nothing marked; null of a side that was not.</summary>
        public DatabaseSchema? Read { get; init; }

        public ValueTask DisposeAsync() => Session?.DisposeAsync() ?? default;
    }
}
