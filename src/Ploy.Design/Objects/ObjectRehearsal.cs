using System.Collections.Immutable;
using Ploy.Core;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Relational;
using Ploy.Relational.Changes;
using Ploy.Relational.Diff;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Objects;

/// <summary>
/// Makes the wanted objects on a shadow database, in a transaction that is rolled back, and learns how the database prints them: expressions are compared so,
/// never as typed. What the database refuses is told with its place in the directive or object file, before any migration is written.
/// </summary>
/// <param name="shadow">A session on a database that holds what the migrations lead to, and no rows of anybody's.</param>
/// <param name="dialect">The product.</param>
/// <param name="scope">What part of the database counts.</param>
/// <param name="defaultNamespace">What a name without a namespace means; null where the product has none.</param>
/// <param name="locations">Where each object is said.</param>
internal sealed class ObjectRehearsal(IDatabaseSession shadow, Dialect dialect, IntrospectionScope scope, string? defaultNamespace, IReadOnlyDictionary<ObjectKey, SourceLocation> locations)
{
    private HashSet<ObjectKey>? _keys;
    private int _aside;

    /// <summary>
    /// The live database beside which a shadow without its history stands; null where the shadow is a replay. What is nobody's there is made first, since others may need it, and what the
    /// shadow still refuses stays as it is written.
    /// </summary>
    public DatabaseSchema? Live { get; init; }

    /// <summary>Whether there is anything to learn: without objects of ours nothing is ever asked.</summary>
    public static bool IsNeeded(DatabaseSchema desired) => !desired.Objects.IsEmpty || desired.Tables.Any(t => !t.Objects.IsEmpty || t.Columns.Any(c => c.Generated is not null));

    /// <summary>The wanted schema with what was learnt.</summary>
    /// <param name="current">What the shadow holds, with what is ours marked.</param>
    /// <param name="desired">The wanted schema.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2703 where the database refuses an object.</exception>
    public async ValueTask<DatabaseSchema> RunAsync(DatabaseSchema current, DatabaseSchema desired, CancellationToken cancellationToken)
    {
        var (before, after) = (Bare(current), Bare(desired));
        var structure = SchemaDiffer.DiffWithRows(WithoutClaimed(before, current, desired), after, dialect);

        // A sequence that is an object goes by itself, never with a column that counted by it; what is nobody's of views and triggers is put aside and made again where a table is made anew.
        var renderer = dialect.CreateRenderer(structure with { Before = structure.Before with { Objects = current.Objects.Where(o => o.Kind == ObjectKind.Sequence || !IsClaimed(o, desired)).ToEquatableArray() }, After = structure.After with { Objects = desired.Objects.Where(o => o.Kind == ObjectKind.Sequence).ToEquatableArray() } });

        // A value that an enum gains can be used only behind the commit of what adds it; on a shadow that harms nobody.
        foreach (var change in structure.Changes.Where(c => c is AlterEnum { Removed.IsEmpty: true }))
            foreach (var statement in change.Accept(renderer))
                await TryAsync(statement, isInside: false, cancellationToken).ConfigureAwait(false);

        await using var transaction = await shadow.BeginAsync(TransactionPurpose.Script, cancellationToken).ConfigureAwait(false);
        foreach (var change in Removal(current, desired)) await RemoveAsync(change, current, desired, cancellationToken).ConfigureAwait(false);

        // An extension is there or not; nothing else can be learnt of it.
        var installed = current.Objects.Where(o => o.Kind == ObjectKind.Extension).Select(o => o.Name.Name).ToHashSet(StringComparer.Ordinal);
        var wanted = ObjectOrder.Sort(desired.Tables.SelectMany(t => t.Objects).Concat(desired.Objects), dialect.Objects)
            .Where(o => !dialect.Objects.IsInline(o.Kind) && !(o.Kind == ObjectKind.Extension && installed.Contains(o.Name.Name))).ToList();

        // Defaults may need these; what stands on tables would be in the way of their changes.
        var given = Live?.Objects.Where(o => o is { Table: null, Kind: not ObjectKind.Grant } && !IsClaimed(o, desired)).ToHashSet() ?? [];
        var early = given.Concat(wanted.Where(o => o.Kind is ObjectKind.Extension or ObjectKind.Domain or ObjectKind.Sequence or ObjectKind.Function)).ToList();
        var open = (await MakeAsync(early, desired, cancellationToken).ConfigureAwait(false)).Select(f => f.Object).Concat(wanted.Except(early)).ToList();
        StatementException? stuck = null;
        foreach (var change in structure.Changes.Where(c => c is not AlterEnum { Removed.IsEmpty: true }))
        {
            foreach (var statement in change.Accept(renderer))
            {
                // The engine's own BEGIN and COMMIT around an enum's change; and a change that cannot run on the shadow will say so when it is applied.
                if (statement is "BEGIN" or "COMMIT") continue;
                if (await TryAsync(statement, isInside: true, cancellationToken).ConfigureAwait(false) is not { } failure) continue;
                if (stuck is null && Live is null) await RequireInlineAsync(change, desired, cancellationToken).ConfigureAwait(false);
                stuck ??= failure;
            }
        }

        var failures = await MakeAsync(open, desired, cancellationToken).ConfigureAwait(false);
        failures.RemoveAll(f => given.Contains(f.Object));
        if (failures.Count > 0 && Live is null) throw Refused(failures, stuck);
        var made = await dialect.Connector.Introspector(shadow).ReadAsync(scope, cancellationToken).ConfigureAwait(false);
        return Learn(desired, made, failures.Select(f => f.Object.Key).ToHashSet(), isWhole: stuck is null);
    }

    // What stands inside a table is refused with the table. Each is tried with those before it, on a table beside.
    private async ValueTask RequireInlineAsync(SchemaChange change, DatabaseSchema desired, CancellationToken cancellationToken)
    {
        IEnumerable<Table> tables = change switch
        {
            CreateTable create => [create.Table],
            AlterTable alter => [alter.After],
            RedefineTables redefined => redefined.Tables.Select(t => t.After),
            _ => [],
        };
        foreach (var table in tables)
        {
            var parts = table.Objects.Where(o => dialect.Objects.IsInline(o.Kind)).OrderBy(o => o.Kind).ToList();
            var tried = table with { Name = table.Name with { Name = $"ploy_aside_{++_aside}" }, PrimaryKey = null, Indexes = [], ForeignKeys = [], Objects = [], Columns = table.Columns.Where(c => c.Generated is null).ToEquatableArray() };
            if (parts.Count == 0 || await MakesAsync(tried) is not null) continue;
            foreach (var part in parts)
            {
                tried = part.Kind == ObjectKind.Generated ? tried with { Columns = [.. tried.Columns, table.FindColumn(part.Name.Name)!] } : tried with { Objects = [.. tried.Objects, part] }; // a mark has its column
                if (await MakesAsync(tried) is { } failure) throw Refused([(part, failure)], null);
            }
        }

        async ValueTask<StatementException?> MakesAsync(Table table)
        {
            await shadow.ExecuteAsync("SAVEPOINT ploy_aside", cancellationToken).ConfigureAwait(false);
            StatementException? failure = null;
            foreach (var statement in new CreateTable(table).Accept(dialect.CreateRenderer(new SchemaDifference(DatabaseSchema.Empty, desired, []))))
                failure ??= await TryAsync(statement, isInside: true, cancellationToken).ConfigureAwait(false);
            await shadow.ExecuteAsync("ROLLBACK TO SAVEPOINT ploy_aside", cancellationToken).ConfigureAwait(false);
            return failure;
        }
    }

    // Until no round makes another: what is left has failed.
    private async ValueTask<List<(SchemaObject Object, StatementException Failure)>> MakeAsync(List<SchemaObject> open, DatabaseSchema desired, CancellationToken cancellationToken)
    {
        var difference = new SchemaDifference(DatabaseSchema.Empty, desired, []);
        var renderer = dialect.CreateRenderer(difference);
        while (true)
        {
            var failures = new List<(SchemaObject Object, StatementException Failure)>();
            foreach (var item in open)
            {
                foreach (var statement in new CreateObject(item, ObjectReason.Wanted, IsMarked: false).Accept(renderer))
                {
                    if (await TryAsync(statement, isInside: true, cancellationToken).ConfigureAwait(false) is not { } failure) continue;
                    failures.Add((item, failure));
                    break;
                }
            }

            if (failures.Count == 0 || failures.Count == open.Count) return failures;
            open = [.. failures.Select(f => f.Object)];
        }
    }

    private async ValueTask<StatementException?> TryAsync(string statement, bool isInside, CancellationToken cancellationToken)
    {
        if (isInside) await shadow.ExecuteAsync("SAVEPOINT ploy_rehearsal", cancellationToken).ConfigureAwait(false);
        try
        {
            await shadow.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            if (isInside) await shadow.ExecuteAsync("RELEASE SAVEPOINT ploy_rehearsal", cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (StatementException exception)
        {
            if (isInside) await shadow.ExecuteAsync("ROLLBACK TO SAVEPOINT ploy_rehearsal", cancellationToken).ConfigureAwait(false);
            return exception;
        }
    }

    // What something uses that stays (a default, a column's type, a view of somebody else's) cannot be dropped, but gets out of the way of the new one.
    private async ValueTask RemoveAsync(DropObject change, DatabaseSchema current, DatabaseSchema desired, CancellationToken cancellationToken)
    {
        var renderer = dialect.CreateRenderer(new SchemaDifference(current, desired, [change]));
        foreach (var statement in change.Accept(renderer))
        {
            if (await TryAsync(statement, isInside: true, cancellationToken).ConfigureAwait(false) is null) continue;
            foreach (var rename in dialect.Objects.SetAside(change.Object, $"ploy_aside_{++_aside}", Written))
                await TryAsync(rename, isInside: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private string Written(QualifiedName name) => (name.Namespace is { } space ? dialect.Quote(space) + "." : "") + dialect.Quote(name.Name);

    // What is ours goes, and so does what becomes ours: the last made first.
    private ImmutableArray<DropObject> Removal(DatabaseSchema current, DatabaseSchema desired)
    {
        var difference = SchemaDiffer.Diff(
            current with { Tables = current.Tables.Select(t => t with { Objects = Claimed(t.Objects) }).ToEquatableArray(), Objects = Claimed(current.Objects) },
            Bare(desired) with { Tables = current.Tables.Select(t => t with { Objects = [] }).ToEquatableArray(), Enums = current.Enums, Extensions = current.Extensions },
            dialect);
        return [.. difference.Changes.OfType<DropObject>()];

        EquatableArray<SchemaObject> Claimed(EquatableArray<SchemaObject> objects) =>
            objects.Where(o => IsClaimed(o, desired) && o.Kind != ObjectKind.Extension && !dialect.Objects.IsInline(o.Kind)).Select(o => o with { IsManaged = true }).ToEquatableArray();
    }

    private DatabaseSchema WithoutClaimed(DatabaseSchema before, DatabaseSchema current, DatabaseSchema desired)
    {
        var keys = Keys(desired);
        var printed = current.Tables.SelectMany(t => t.Objects.Where(o => o.Kind == ObjectKind.Index)).Select(o => o.Key).ToHashSet();
        return before with
        {
            // Made again with a table that is made anew, they would stand in the way of those that take their places.
            Unmanaged = before.Unmanaged.Where(u => !keys.Any(k => k.Kind.IsCalled(u.Kind) && k.Name.Name == u.Name.Name)).ToEquatableArray(),
            Tables = before.Tables.Select(t => t with
            {
                Indexes = t.Indexes.Where(i => new ObjectKey(ObjectKind.Index, t.Name, new QualifiedName(null, i.Name)) is var key && (!keys.Contains(Full(key)) || !printed.Contains(key))).ToEquatableArray(),
            }).ToEquatableArray(),
        };
    }

    private bool IsClaimed(SchemaObject item, DatabaseSchema desired) => item.IsManaged || Keys(desired).Contains(Full(item.Key));

    private HashSet<ObjectKey> Keys(DatabaseSchema desired) => _keys ??= desired.Tables.SelectMany(t => t.Objects).Concat(desired.Objects).Select(o => Full(o.Key)).ToHashSet();

    private ObjectKey Full(ObjectKey key) => OwnershipMarks.Resolve(key, defaultNamespace);

    // What stands inside a table is made with it.
    private DatabaseSchema Bare(DatabaseSchema schema) =>
        schema with { Objects = [], Tables = schema.Tables.Select(t => t with { Objects = t.Objects.Where(o => dialect.Objects.IsInline(o.Kind)).ToEquatableArray() }).ToEquatableArray() };

    // A column that could not be made anew says nothing of what it shall be.
    private DatabaseSchema Learn(DatabaseSchema desired, DatabaseSchema made, HashSet<ObjectKey> failed, bool isWhole)
    {
        var found = new Dictionary<ObjectKey, SchemaObject>();
        foreach (var item in made.Tables.SelectMany(t => t.Objects).Concat(made.Objects)) found.TryAdd(Full(item.Key), item);
        if (desired.Objects.FirstOrDefault(o => o.Kind == ObjectKind.Grant && !found.ContainsKey(Full(o.Key)) && !failed.Contains(o.Key)) is { } vain)
        {
            throw new PloyException("PLOY2703", $"The {Describe(vain)} grants its owner what an owner may do anyway; no migration is written.", "Remove it.")
            {
                Location = locations.GetValueOrDefault(vain.Key),
            };
        }

        return desired with
        {
            Objects = desired.Objects.Select(Learn).ToEquatableArray(),
            Tables = desired.Tables.Select(t => t with { Objects = t.Objects.Select(Learn).ToEquatableArray(), Columns = t.Columns.Select(c => LearnColumn(t, c)).ToEquatableArray() }).ToEquatableArray(),
        };

        SchemaObject Learn(SchemaObject item) => (isWhole || !dialect.Objects.IsInline(item.Kind)) && found.TryGetValue(Full(item.Key), out var other)
            ? item with { Definition = item.Definition with { Canonical = other.Definition.Canonical }, Uses = other.Uses }
            : item;

        Column LearnColumn(Table table, Column column) =>
            isWhole && column.Generated is { } generated && found.TryGetValue(Full(new ObjectKey(ObjectKind.Generated, table.Name, new QualifiedName(null, column.Name))), out var other)
                ? column with { Generated = generated with { Canonical = other.Definition.Canonical } }
                : column;
    }

    // Where a table could not be changed, that is the reason of what follows.
    private PloyException Refused(List<(SchemaObject Object, StatementException Failure)> failures, StatementException? stuck)
    {
        // What mentions another one that failed may have failed for that alone.
        var names = failures.Select(f => NameIn(f.Object)).ToHashSet(StringComparer.Ordinal);
        failures = [.. failures.OrderBy(f => dialect.Objects.NamesIn(f.Object.Definition.Text).Any(n => n != NameIn(f.Object) && names.Contains(n)) || f.Object.Table is { } owner && names.Contains(owner.Name))];
        var (first, failure) = failures[0];
        return new PloyException(
            "PLOY2703",
            failures.Count == 1
                ? $"The database refuses the {Describe(first)}; no migration is written."
                : $"The database refuses {failures.Count} objects, the {Describe(first)} first; no migration is written.",
            "Correct its directive or object file.",
            failure)
        {
            Location = LocationOf(first, failure),
            Notes = [.. stuck is null ? [] : (string[])[$"before: the tables could not be changed: {stuck.Message}"], .. failures.Select(f => $"database: {(failures.Count > 1 ? $"{Describe(f.Object)}: " : "")}{(f.Failure.SqlState is { } state ? state + " " : "")}{f.Failure.Message}{PlaceOf(f.Object, failures.Count)}")],
        };
    }

    private static string NameIn(SchemaObject item) => item.Name.Name.IndexOf('(', StringComparison.Ordinal) is > 0 and var end ? item.Name.Name[..end] : item.Name.Name;

    private string PlaceOf(SchemaObject item, int count) =>
        count > 1 && locations.TryGetValue(item.Key, out var location) ? $" ({location.Source.Path}:{location.Source.GetPosition(location.Span.Start).Line + 1})" : "";

    // The server's position is one in the statement as sent, which for an object file is its own text.
    private SourceLocation? LocationOf(SchemaObject item, StatementException failure)
    {
        if (!locations.TryGetValue(item.Key, out var location)) return null;
        if (failure.Position is not { } position || item.Kind.IsTablePart() || position >= location.Span.Length) return location;
        return location with { Span = new TextSpan(location.Span.Start + position, 1) };
    }

    private static string Describe(SchemaObject item) =>
        $"{(item.Kind == ObjectKind.Generated ? UnmanagedObject.GeneratedColumn : item.Kind.Word())}{(item.Kind.IsOnlyOne() ? "" : $" `{item.Name}`")}{(item.Table is { } table ? $" of `{table}`" : "")}";
}
