using System.Collections;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Ploy.EntityFrameworkCore;
using Ploy.Relational.Model;
using Xunit.Sdk;

namespace Ploy.Client.Tests.Generator;

/// <summary>
/// Inserts one row of every entity, reads, changes and deletes it, each step in a context of its own. Several edges of the types are tried
/// one after the other, so that one row of each entity, which the others refer to, is all there is at a time.
/// </summary>
internal sealed class RowRoundTrip
{
    private static readonly MethodInfo QueryMethod = typeof(RowRoundTrip).GetMethod(nameof(QueryAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private const string NullOverSockets = "inet_client_addr()";

    private readonly CompiledClient _client;
    private readonly List<IEntityType> _order;
    private readonly Dictionary<IEntityType, object> _rows = [];
    private bool _checksKeys;

    private RowRoundTrip(CompiledClient client, IModel model)
    {
        _client = client;
        List<IEntityType> all = [.. model.GetEntityTypes().Where(t => !t.HasSharedClrType && t.GetTableName() is not null && t.FindPrimaryKey() is not null)];
        var fillable = all.Where(IsFillable).ToList();
        (_order, _checksKeys) = Order(fillable);
        // A foreign key that the client has no relation for is filled with values of no row.
        _checksKeys &= fillable.Count == all.Count && all.All(t => Table(t).ForeignKeys.All(k => t.GetForeignKeys().Any(f => f.Properties.Select(p => p.GetColumnName()).SequenceEqual(k.Columns.Select(client.Sample.Stored)))));
    }

    /// <summary>How many rows went all the way.</summary>
    public int Rows { get; private set; }

    public static async Task<int> RunAsync(CompiledClient client)
    {
        await using var context = client.Open();
        var trip = new RowRoundTrip(client, context.Model);
        for (var edge = 0; edge <= EdgeValues.Count; edge++) await trip.RunAsync(edge);
        await trip.ReadViewsAsync(context);
        if (trip.Rows != (EdgeValues.Count + 1) * trip._order.Count) throw new XunitException($"{client.Sample.Name}: only {trip.Rows} rows went all the way.");
        return trip.Rows;
    }

    /// <summary>The last round leaves to the client and the database what they fill in.</summary>
    private async Task RunAsync(int edge)
    {
        _rows.Clear();
        foreach (var type in _order) await InsertAsync(type, edge);
        foreach (var type in _order) await LinkAsync(type);
        foreach (var type in _order) await UpdateAsync(type, (edge + 1) % EdgeValues.Count);
        foreach (var type in Enumerable.Reverse(_order)) await DeleteAsync(type);
    }

    private async Task InsertAsync(IEntityType type, int edge)
    {
        var row = Activator.CreateInstance(type.ClrType)!;
        var isBare = edge == EdgeValues.Count;
        foreach (var property in type.GetProperties())
        {
            if (property.IsShadowProperty() || property.IsForeignKey()) continue;
            if (property.IsKey() && property.ValueGenerated == ValueGenerated.OnAdd) continue;
            var isFilled = property.GetValueGeneratorFactory() is not null || property.FindAnnotation("Ploy:UpdatedAt") is not null
                || Column(type, property) is { Default: not (null or DefaultValue.Unknown or DefaultValue.Expression { Sql.Text: NullOverSockets }) } or { IsAutoIncrement: true };
            if (isBare && (isFilled || property.IsNullable)) continue;
            property.PropertyInfo!.SetValue(row, EdgeValues.Of(property, Math.Min(edge, 1), _client.Sample.IsPostgres));
        }

        var assigned = new Dictionary<IProperty, object?>();
        foreach (var key in type.GetForeignKeys()) Refer(key, row, assigned, Math.Min(edge, 1));
        _rows[type] = row;
        await using (var context = Open())
        {
            context.Add(row);
            await SaveAsync(context, type, "inserted");
        }

        await CompareAsync(type, row, "after the insert");
    }

    /// <summary>Sets a foreign key to the row that is there, to null where it is not yet, or else gives up the database's check.</summary>
    private void Refer(IForeignKey key, object row, Dictionary<IProperty, object?> assigned, int edge)
    {
        var target = key.PrincipalEntityType == key.DeclaringEntityType ? row : _rows.GetValueOrDefault(key.PrincipalEntityType);
        var isOptional = key.Properties.Any(p => p.IsNullable && !p.IsPrimaryKey());
        for (var i = 0; i < key.Properties.Count; i++)
        {
            var (property, principal) = (key.Properties[i], key.PrincipalKey.Properties[i]);
            object? value = null;
            if (target is not null) value = principal.PropertyInfo!.GetValue(target);
            else if (!isOptional) value = EdgeValues.Of(principal, edge, _client.Sample.IsPostgres);
            // A row that refers to itself is not numbered yet.
            if (target == row && principal.ValueGenerated == ValueGenerated.OnAdd) (value, _checksKeys) = (null, _checksKeys && isOptional);
            if (target == row && value is null && !isOptional) value = EdgeValues.Of(principal, edge, _client.Sample.IsPostgres);
            if (target is null && !isOptional) _checksKeys = false;
            if (assigned.TryGetValue(property, out var taken))
            {
                if (!EdgeValues.Same(taken, value)) _checksKeys = false;
                continue;
            }

            if (value is null && !property.IsNullable) continue;
            assigned[property] = value;
            property.PropertyInfo!.SetValue(row, value);
        }
    }

    /// <summary>Links rows over their many-to-many relations, reads the link and takes it away.</summary>
    private async Task LinkAsync(IEntityType type)
    {
        foreach (var navigation in type.GetSkipNavigations().Where(n => _rows.ContainsKey(n.TargetEntityType)))
        {
            await using (var context = Open())
            {
                var (here, there) = (await LoadAsync(context, type), await LoadAsync(context, navigation.TargetEntityType));
                ((IList)navigation.PropertyInfo!.GetValue(here)!).Add(there);
                await SaveAsync(context, type, "linked");
            }

            await using (var context = Open())
            {
                var here = await LoadAsync(context, type);
                var collection = context.Entry(here).Collection(navigation.Name);
                await collection.LoadAsync();
                if (collection.CurrentValue!.Cast<object>().Count() != 1) throw Fault(type, $"the link by {navigation.Name} is not there");
                ((IList)navigation.PropertyInfo!.GetValue(here)!).Clear();
                await SaveAsync(context, type, "unlinked");
            }
        }
    }

    private async Task UpdateAsync(IEntityType type, int edge)
    {
        object row;
        await using (var context = Open())
        {
            row = await LoadAsync(context, type);
            foreach (var navigation in type.GetNavigations()) await context.Entry(row).Navigation(navigation.Name).LoadAsync();
            foreach (var property in type.GetProperties())
                if (!property.IsKey() && !property.IsForeignKey() && !property.IsShadowProperty() && property.GetAfterSaveBehavior() == PropertySaveBehavior.Save)
                    property.PropertyInfo!.SetValue(row, EdgeValues.Of(property, edge, _client.Sample.IsPostgres));
            await SaveAsync(context, type, "updated");
        }

        await CompareAsync(type, row, "after the update");
        _rows[type] = row;
    }

    private async Task DeleteAsync(IEntityType type)
    {
        await using var context = Open();
        context.Remove(await LoadAsync(context, type));
        await SaveAsync(context, type, "deleted");
        if (await RowsAsync(context, type) is not []) throw Fault(type, "the row is still there after the delete");
        Rows++;
    }

    private async Task CompareAsync(IEntityType type, object expected, string when)
    {
        await using var context = Open();
        var actual = await LoadAsync(context, type);
        foreach (var property in type.GetProperties())
        {
            if (property.IsShadowProperty()) continue;
            var (before, after) = (property.PropertyInfo!.GetValue(expected), property.PropertyInfo.GetValue(actual));
            // CHAR is filled up with blanks.
            if (property.GetColumnType()!.StartsWith("character(", StringComparison.Ordinal)) (before, after) = ((before as string)?.TrimEnd(), (after as string)?.TrimEnd());
            if (!EdgeValues.Same(before, after))
                throw Fault(type, $"{property.Name} ({property.GetColumnType()}) is {EdgeValues.Show(after)} {when}, not {EdgeValues.Show(before)}");
        }
    }

    private async Task ReadViewsAsync(PloyDbContext context)
    {
        foreach (var type in context.Model.GetEntityTypes().Where(t => t.FindPrimaryKey() is null && t.GetViewName() is null)) await RowsAsync(context, type);
    }

    /// <summary>Not where the table requires a value of a column that the client leaves out, of which it warns.</summary>
    private bool IsFillable(IEntityType type)
    {
        var mapped = type.GetProperties().Select(p => p.GetColumnName()).ToHashSet();
        return Table(type).Columns.All(c => mapped.Contains(_client.Sample.Stored(c.Name)) || c.Default is not (null or DefaultValue.Unknown) || c.IsAutoIncrement || c.Type.Arity != ColumnArity.Required);
    }

    private Table Table(IEntityType type) =>
        _client.Sample.Database.Tables.Single(t => _client.Sample.Stored(t.Name.Name) == type.GetTableName() && (type.GetSchema() is null || t.Name.Namespace == type.GetSchema()));

    private Column? Column(IEntityType type, IProperty property) => Table(type).Columns.FirstOrDefault(c => _client.Sample.Stored(c.Name) == property.GetColumnName());

    private PloyDbContext Open() => _client.Open(_checksKeys);

    private async Task SaveAsync(DbContext context, IEntityType type, string what)
    {
        try
        {
            await context.SaveChangesAsync();
        }
        catch (Exception error) when (error is DbUpdateException or InvalidOperationException or InvalidCastException)
        {
            var values = context.ChangeTracker.Entries().SelectMany(e => e.Properties.Select(p => $"{e.Metadata.ShortName()}.{p.Metadata.Name}={EdgeValues.Show(p.CurrentValue)[..Math.Min(40, EdgeValues.Show(p.CurrentValue).Length)]}"));
            throw Fault(type, $"the row cannot be {what}: {error.GetBaseException().Message}\n{string.Join(", ", values)}");
        }
    }

    private async Task<object> LoadAsync(DbContext context, IEntityType type) => await RowsAsync(context, type) is [var row] ? row : throw Fault(type, "the row is not found");

    private async Task<List<object>> RowsAsync(DbContext context, IEntityType type)
    {
        try
        {
            return await (Task<List<object>>)QueryMethod.MakeGenericMethod(type.ClrType).Invoke(null, [context, type.FindPrimaryKey() is null ? null : _rows.GetValueOrDefault(type), type])!;
        }
        catch (Exception error) when (error is not XunitException)
        {
            throw Fault(type, $"the row cannot be read: {error.GetBaseException().Message}");
        }
    }

    /// <summary>All rows, or by its key the one that is meant.</summary>
    private static async Task<List<object>> QueryAsync<T>(DbContext context, object? row, IEntityType type)
        where T : class
    {
        if (row is null) return [.. await context.Set<T>().ToListAsync()];
        var key = type.FindPrimaryKey()!.Properties.Select(p => p.PropertyInfo!.GetValue(row)).ToArray();
        return await context.Set<T>().FindAsync(key) is { } found ? [found] : [];
    }

    private XunitException Fault(IEntityType type, string what) => new($"{_client.Sample.Name}: {type.ShortName()}: {what}");

    /// <summary>Targets before those that must refer to them; whether the database's checks can stay on.</summary>
    private static (List<IEntityType> Order, bool HasNoCycle) Order(List<IEntityType> types)
    {
        var order = new List<IEntityType>();
        var open = new HashSet<IEntityType>();
        var hasNoCycle = true;
        foreach (var type in types) Visit(type);
        return (order, hasNoCycle);

        void Visit(IEntityType type)
        {
            if (order.Contains(type)) return;
            if (!open.Add(type))
            {
                hasNoCycle = false;
                return;
            }

            foreach (var key in type.GetForeignKeys())
                if (key.PrincipalEntityType != type && key.Properties.All(p => !p.IsNullable || p.IsPrimaryKey()) && types.Contains(key.PrincipalEntityType))
                    Visit(key.PrincipalEntityType);
            if (!order.Contains(type)) order.Add(type);
        }
    }
}
