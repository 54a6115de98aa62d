using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;

namespace Ploy.EntityFrameworkCore.Query;

/// <summary>
/// Keeps the tenant's filter in place whatever a query says, and gives our own operators their meaning. It sees a query as it is compiled, when EF
/// Core has put all that stood in variables, methods and expressions of the program's own in their place: before that, an operator that lifts
/// filters for the whole of the query could hide in any of them.
/// </summary>
internal sealed class FilterKeeper(IModel model) : ExpressionVisitor
{
    private static readonly MethodInfo IgnoreNamedMethod = typeof(EntityFrameworkQueryableExtensions).GetMethods()
        .Single(m => m.Name == nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters) && m.GetParameters().Length == 2);

    private static readonly MethodInfo WhereMethod = typeof(Queryable).GetMethods()
        .First(m => m.Name == nameof(Queryable.Where) && m.GetParameters()[1].ParameterType.GetGenericArguments()[0].GetGenericArguments().Length == 2);

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        if (!node.Method.IsGenericMethod) return base.VisitMethodCall(node);
        if (node.Method.DeclaringType == typeof(SoftDeleteExtensions) && node.Method.Name == nameof(SoftDeleteExtensions.OnlyDeleted)) return OnlyDeleted(node);
        return node.Method.DeclaringType == typeof(EntityFrameworkQueryableExtensions) && node.Method.Name == nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters)
            ? IgnoreFilters(node)
            : base.VisitMethodCall(node);
    }

    private MethodCallExpression OnlyDeleted(MethodCallExpression node)
    {
        var type = node.Method.GetGenericArguments()[0];
        var property = model.FindEntityType(type)?.DeletedAtProperty()
            ?? throw new InvalidOperationException($"Rows of `{type.Name}` are not marked but deleted: it has no soft delete.");
        var row = Expression.Parameter(type, "row");
        var isMarked = Expression.Lambda(Expression.NotEqual(
            KeyPredicate.Property(row, property, property.ClrType), Expression.Constant(null, property.ClrType)), row);
        return Expression.Call(WhereMethod.MakeGenericMethod(type),
            Ignoring(type, Visit(node.Arguments[0]), [SoftDeleteAnnotations.Filter]), Expression.Quote(isMarked));
    }

    private Expression IgnoreFilters(MethodCallExpression node)
    {
        if (!model.GetEntityTypes().Any(t => t.TenantProperty() is not null)) return base.VisitMethodCall(node);
        var names = node.Arguments.Count == 1
            ? model.GetEntityTypes().SelectMany(t => t.GetDeclaredQueryFilters()).Select(f => f.Key).OfType<string>().Distinct()
            : Expression.Lambda<Func<IReadOnlyCollection<string>>>(node.Arguments[1]).Compile(preferInterpretation: true)();
        return Ignoring(node.Method.GetGenericArguments()[0], Visit(node.Arguments[0]), [.. names.Where(n => n != TenantAnnotations.Filter)]);
    }

    private static MethodCallExpression Ignoring(Type type, Expression source, string[] names) =>
        Expression.Call(IgnoreNamedMethod.MakeGenericMethod(type), source, Expression.Constant(names, typeof(IReadOnlyCollection<string>)));
}
