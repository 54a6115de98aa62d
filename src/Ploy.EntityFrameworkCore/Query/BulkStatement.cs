using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore.Query;

/// <summary>Bulk updates stamp their time and leave the tenant alone; bulk deletes are told apart by whether rows are to be marked.</summary>
internal sealed class BulkStatement(IModel model, PloyDbContext context)
{
    /// <summary>The update with its stamps, the delete without our own operator, and any other query as it is.</summary>
    /// <exception cref="TenantException">It would change whose a row is, or refer to a row that nobody can check.</exception>
    public Expression Rewrite(Expression query)
    {
        if (query is not MethodCallExpression { Method.IsGenericMethod: true } call || call.Method.DeclaringType != typeof(EntityFrameworkQueryableExtensions)) return query;
        return call.Method.Name switch
        {
            nameof(EntityFrameworkQueryableExtensions.ExecuteUpdate) => Update(call),
            nameof(EntityFrameworkQueryableExtensions.ExecuteDelete) when IsForGood(call.Arguments[0], out var source) => Expression.Call(call.Method, source),
            _ => query,
        };
    }

    /// <summary>The type whose rows a bulk delete is to mark; null for any other query.</summary>
    /// <exception cref="InvalidOperationException">Rows of a type that is to be marked are meant, by the name of another.</exception>
    public IEntityType? SoftDeleted(Expression query)
    {
        if (query is not MethodCallExpression { Method: { IsGenericMethod: true, Name: nameof(EntityFrameworkQueryableExtensions.ExecuteDelete) } } call
            || call.Method.DeclaringType != typeof(EntityFrameworkQueryableExtensions) || IsForGood(call.Arguments[0], out _)) return null;
        var type = call.Method.GetGenericArguments()[0];
        if (model.FindEntityType(type) is { } entity) return entity.DeletedAtProperty() is null ? null : entity;
        var meant = EntityOf(type, call.Arguments[0]) is { } found ? [found] : model.GetEntityTypes().Where(t => type.IsAssignableFrom(t.ClrType));
        return meant.FirstOrDefault(t => t.DeletedAtProperty() is not null) is { } marked
            ? throw new InvalidOperationException($"Rows of `{marked.ClrType.Name}` are marked and not deleted: a bulk delete of `{type.Name}` must be one of `{marked.ClrType.Name}`.")
            : null;
    }

    private static bool IsForGood(Expression source, [NotNullWhen(true)] out Expression? rest)
    {
        rest = source is MethodCallExpression { Method: { IsGenericMethod: true } method } call && method.GetGenericMethodDefinition() == SoftDeleteExtensions.ForGoodMethod ? call.Arguments[0] : null;
        return rest is not null;
    }

    private MethodCallExpression Update(MethodCallExpression call)
    {
        // What EF Core makes of its setters; another form would be past all checks.
        if (call.Arguments[1] is not NewArrayExpression setters) throw new InvalidOperationException("This form of a bulk update is not supported.");
        var sets = setters.Expressions.Select(s => Set(s, call.Arguments[0])).OfType<SetValue>().ToList();
        if (!context.IsAcrossTenants)
            foreach (var set in sets) RefuseTenantChange(set);
        var all = setters.Expressions.ToList();
        foreach (var row in sets.GroupBy(s => (Path(s.Row), s.Entity)))
        {
            var set = row.Select(s => s.Property).ToHashSet();
            foreach (var property in row.First().Entity.GetProperties())
            {
                if (property.FindAnnotation(UpdatedAt.Annotation) is null || property.IsKey() || set.Contains(property.Name)) continue;
                all.Add(Stamp(row.First(), property));
            }
        }

        return call.Update(null, [call.Arguments[0], Expression.NewArrayInit(typeof(ITuple), all)]);
    }

    private static void RefuseTenantChange(SetValue set)
    {
        var (type, property) = (set.Entity, set.Property);
        if (type.TenantProperty()?.Name == property) throw new TenantException($"`{type.ClrType.Name}.{property}` says whose row it is and cannot change.");
        // Null refers to nobody's row.
        if (set.IsNull) return;
        foreach (var key in type.GetForeignKeys())
        {
            if (key.PrincipalEntityType.TenantProperty() is null || key.NamesOwnTenant() || key.Properties.All(p => p.Name != property)) continue;
            throw new TenantException(
                $"A bulk update cannot set `{type.ClrType.Name}.{property}`: whose row of `{key.PrincipalEntityType.ClrType.Name}` it "
                + "would refer to is only checked for tracked entities. Use SaveChanges.");
        }
    }

    private NewExpression Stamp(SetValue beside, IProperty property)
    {
        var selector = Expression.Lambda(KeyPredicate.Property(beside.Row, property, property.ClrType), beside.Parameter);
        var value = KeyPredicate.Captured(UpdatedAt.Value(property, context.Time), property.ClrType);
        return Expression.New(typeof(Tuple<Delegate, object>).GetConstructors()[0], selector, Expression.Convert(value, typeof(object)));
    }

    /// <summary>What a setter sets, on which row; null where that is nothing of an entity's.</summary>
    private SetValue? Set(Expression setter, Expression source)
    {
        if (setter is not NewExpression { Arguments: [var first, var value] }) throw new InvalidOperationException("This form of a bulk update is not supported.");
        var selector = (LambdaExpression)(first is UnaryExpression { NodeType: ExpressionType.Quote } quote ? quote.Operand : first);
        var (row, name) = Member(Plain(selector.Body));
        while (row is { } called && name is not null)
        {
            if (EntityOf(called.Type, called == selector.Parameters[0] ? source : null) is { } entity)
                return new SetValue(selector.Parameters[0], called, entity, name, Plain(value) is ConstantExpression { Value: null });
            if (model.GetEntityTypes().FirstOrDefault(t => called.Type.IsAssignableFrom(t.ClrType) && t.FindProperty(name) is not null) is { } meant)
                throw new TenantException($"A bulk update of `{called.Type.Name}` sets `{name}` of nobody knows which entity: let it be one of `{meant.ClrType.Name}`.");
            // Part of a complex property.
            (row, name) = Member(called);
        }

        return null;
    }

    private static (Expression? Row, string? Name) Member(Expression body) => body switch
    {
        MemberExpression { Expression: { } row } member => (Plain(row), member.Member.Name),
        MethodCallExpression { Method.Name: nameof(EF.Property), Arguments: [var row, var name] } call when call.Method.DeclaringType == typeof(EF) => (Plain(row), Text(name)),
        MethodCallExpression { Method.Name: "get_Item", Object: { } row, Arguments: [var name] } => (Plain(row), Text(name)),
        _ => (null, null),
    };

    private static Expression Plain(Expression expression)
    {
        while (expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.TypeAs } convert) expression = convert.Operand;
        return expression;
    }

    /// <summary>The same for the same row in each setter: their parameters differ.</summary>
    private static string Path(Expression row) => row is MemberExpression { Expression: { } outer } member ? Path(Plain(outer)) + "." + member.Member.Name : row is ParameterExpression ? "" : row.ToString();

    private static string? Text(Expression name) => name is ConstantExpression { Value: var value } ? value as string : Expression.Lambda<Func<string>>(name).Compile(preferInterpretation: true)();

    /// <summary>The entity type of rows that a query calls by a type: the entity's own, or one that it has in common with others.</summary>
    private IEntityType? EntityOf(Type type, Expression? source)
    {
        if (model.FindEntityType(type) is { } own) return own;
        while (source is not null)
        {
            if (source is EntityQueryRootExpression root) return type.IsAssignableFrom(root.EntityType.ClrType) ? root.EntityType : null;
            if (source.Type is { IsGenericType: true } sequence && sequence.GetGenericArguments() is [var element] && type.IsAssignableFrom(element) && model.FindEntityType(element) is { } entity) return entity;
            source = source switch
            {
                MethodCallExpression { Arguments: [var inner, ..] } => inner,
                UnaryExpression { Operand: var inner } => inner,
                _ => null,
            };
        }

        return null;
    }

    private sealed record SetValue(ParameterExpression Parameter, Expression Row, IEntityType Entity, string Property, bool IsNull);
}
