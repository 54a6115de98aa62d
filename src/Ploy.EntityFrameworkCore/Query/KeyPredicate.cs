using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Ploy.EntityFrameworkCore.Query;

/// <summary>Conditions on keys that are known only at run time.</summary>
internal static class KeyPredicate
{
    private static readonly MethodInfo PropertyMethod = typeof(EF).GetMethod(nameof(EF.Property))!;
    private static readonly MethodInfo ContainsMethod = typeof(Enumerable).GetMethods()
        .Single(m => m.Name == nameof(Enumerable.Contains) && m.GetParameters().Length == 2);

    /// <summary>Rows whose properties hold one of the given tuples. One property: an IN with a parameter; several: ORs of ANDs.</summary>
    public static Expression<Func<T, bool>> In<T>(IReadOnlyList<IReadOnlyProperty> properties, IReadOnlyList<object[]> tuples)
    {
        var row = Expression.Parameter(typeof(T), "row");
        if (properties.Count == 1)
        {
            var type = properties[0].ClrType;
            var values = Array.CreateInstance(type, tuples.Count);
            for (var i = 0; i < tuples.Count; i++) values.SetValue(tuples[i][0], i);
            var list = Captured(values, type.MakeArrayType());
            var body = Expression.Call(ContainsMethod.MakeGenericMethod(type), list, Property(row, properties[0], type));
            return Expression.Lambda<Func<T, bool>>(body, row);
        }

        Expression any = Expression.Constant(false);
        foreach (var tuple in tuples)
        {
            Expression all = Expression.Constant(true);
            for (var i = 0; i < properties.Count; i++)
                all = Expression.AndAlso(all, Expression.Equal(Property(row, properties[i], properties[i].ClrType), Captured(tuple[i], properties[i].ClrType)));
            any = Expression.OrElse(any, all);
        }

        return Expression.Lambda<Func<T, bool>>(any, row);
    }

    /// <summary><c>EF.Property&lt;type&gt;(row, name)</c>, converted where the property's own type differs in its nullability.</summary>
    public static Expression Property(Expression row, IReadOnlyProperty property, Type type)
    {
        var value = Expression.Call(PropertyMethod.MakeGenericMethod(property.ClrType), row, Expression.Constant(property.Name));
        return property.ClrType == type ? value : Expression.Convert(value, type);
    }

    /// <summary>A value that becomes a parameter and not a constant of the cached query.</summary>
    public static Expression Captured(object? value, Type type) =>
        Expression.Convert(Expression.Field(Expression.Constant(new Box { Value = value }), nameof(Box.Value)), type);

    internal sealed class Box
    {
        public object? Value;
    }
}

/// <summary>EF Core's generic methods by a type that is known only at run time.</summary>
internal static class ModelReflection
{
    private static readonly MethodInfo FindMethod = typeof(ModelReflection).GetMethod(nameof(Find), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The tracked entity whose properties have these values; null without one.</summary>
    public static EntityEntry? FindTracked(DbContext context, Type type, IReadOnlyList<IProperty> properties, object?[] values) =>
        (EntityEntry?)FindMethod.MakeGenericMethod(type).Invoke(null, [context, properties, values]);

    private static EntityEntry<T>? Find<T>(DbContext context, IReadOnlyList<IProperty> properties, object?[] values)
        where T : class => context.Set<T>().Local.FindEntry(properties, values);
}
