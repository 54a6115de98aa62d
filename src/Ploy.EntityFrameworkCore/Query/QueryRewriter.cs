using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Ploy.EntityFrameworkCore.SoftDelete;
using Ploy.EntityFrameworkCore.Tenancy;
using Ploy.EntityFrameworkCore.Values;

namespace Ploy.EntityFrameworkCore.Query;

/// <summary>
/// Keeps the tenant's filter in place whatever a query says, gives our own operators their meaning, and has bulk updates
/// stamp their time and leave the tenant alone.
/// </summary>
internal sealed class QueryRewriter(IModel model, PloyDbContext context) : ExpressionVisitor
{
    /// <summary>Name of the operator that lets a bulk delete through; it is taken out before the query is compiled.</summary>
    public const string ForGoodName = "ForGood";

    private static readonly MethodInfo IgnoreNamedMethod = typeof(EntityFrameworkQueryableExtensions).GetMethods()
        .Single(m => m.Name == nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters) && m.GetParameters().Length == 2);

    private static readonly MethodInfo WhereMethod = typeof(Queryable).GetMethods()
        .First(m => m.Name == nameof(Queryable.Where) && m.GetParameters()[1].ParameterType.GetGenericArguments()[0].GetGenericArguments().Length == 2);

    protected override Expression VisitMember(MemberExpression node) => Inlined(node) is { } query ? Visit(query) : base.VisitMember(node);

    protected override Expression VisitConstant(ConstantExpression node) =>
        node.Value is IQueryable query && query.Expression != node && query.Expression is not QueryRootExpression ? Visit(query.Expression) : node;

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        var declaring = node.Method.DeclaringType;
        if (declaring != typeof(Queryable) && declaring?.Assembly != typeof(EF).Assembly && declaring != typeof(SoftDeleteExtensions) && Inlined(node) is { } query) return Visit(query);
        if (!node.Method.IsGenericMethod) return base.VisitMethodCall(node);
        if (declaring == typeof(SoftDeleteExtensions))
        {
            if (node.Method.Name == nameof(SoftDeleteExtensions.OnlyDeleted)) return OnlyDeleted(node);
            if (node.Method.Name == ForGoodName) return Visit(node.Arguments[0]);
        }

        if (declaring == typeof(EntityFrameworkQueryableExtensions))
        {
            switch (node.Method.Name)
            {
                case nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters):
                    return IgnoreFilters(node);
                case nameof(EntityFrameworkQueryableExtensions.ExecuteUpdate):
                    return Update(node);
            }
        }

        return base.VisitMethodCall(node);
    }

    /// <summary>
    /// The query that a variable, or a method of the program's own, stands for inside of another query: EF Core puts it in their place after us,
    /// and its operators would hold for the whole of the query.
    /// </summary>
    private static Expression? Inlined(Expression node)
    {
        if (!typeof(IQueryable).IsAssignableFrom(node.Type) || IsSet(node.Type) || !new Closedness().Holds(node)) return null;
        return Expression.Lambda<Func<IQueryable?>>(Expression.Convert(node, typeof(IQueryable))).Compile(preferInterpretation: true)() is { } query && query.Expression is not QueryRootExpression
            ? node.Type.IsAssignableFrom(query.Expression.Type) ? query.Expression : Expression.Convert(query.Expression, node.Type)
            : null;
    }

    private static bool IsSet(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(DbSet<>);

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
            : Expression.Lambda<Func<IReadOnlyCollection<string>>>(node.Arguments[1]).Compile()();
        return Ignoring(node.Method.GetGenericArguments()[0], Visit(node.Arguments[0]), [.. names.Where(n => n != TenantAnnotations.Filter)]);
    }

    private static MethodCallExpression Ignoring(Type type, Expression source, string[] names) =>
        Expression.Call(IgnoreNamedMethod.MakeGenericMethod(type), source, Expression.Constant(names, typeof(IReadOnlyCollection<string>)));

    private Expression Update(MethodCallExpression node)
    {
        var type = model.FindEntityType(node.Method.GetGenericArguments()[0]);
        if (type is null || node.Arguments[1] is not NewArrayExpression setters) return base.VisitMethodCall(node);
        var set = setters.Expressions.Select(SetProperty).OfType<string>().ToHashSet();
        if (!context.IsAcrossTenants)
            RefuseTenantChange(type, [.. setters.Expressions.Where(s => !SetsNull(s)).Select(SetProperty).OfType<string>()]);
        var stamped = type.GetProperties().Where(p => p.FindAnnotation(UpdatedAt.Annotation) is not null && !p.IsKey() && !set.Contains(p.Name)).ToList();
        var all = setters.Expressions.Select(Visit).Concat(stamped.Select(p => Stamp(type.ClrType, p)));
        return Expression.Call(node.Method, Visit(node.Arguments[0]), Expression.NewArrayInit(typeof(ITuple), all!));
    }

    private static void RefuseTenantChange(IEntityType type, HashSet<string> set)
    {
        if (type.TenantProperty() is { } tenant && set.Contains(tenant.Name))
            throw new TenantException($"`{type.ClrType.Name}.{tenant.Name}` says whose row it is and cannot change.");
        foreach (var key in type.GetForeignKeys())
        {
            if (key.PrincipalEntityType.TenantProperty() is not { } owner || key.PrincipalKey.Properties.Any(p => p.Name == owner.Name)) continue;
            if (key.Properties.FirstOrDefault(p => set.Contains(p.Name)) is { } property)
                throw new TenantException(
                    $"A bulk update cannot set `{type.ClrType.Name}.{property.Name}`: whose row of `{key.PrincipalEntityType.ClrType.Name}` it "
                    + "would refer to is only checked for tracked entities. Use SaveChanges.");
        }
    }

    private NewExpression Stamp(Type type, IProperty property)
    {
        var row = Expression.Parameter(type, "row");
        var selector = Expression.Lambda(KeyPredicate.Property(row, property, property.ClrType), row);
        var value = KeyPredicate.Captured(UpdatedAt.Value(property, context.Time), property.ClrType);
        return Expression.New(typeof(Tuple<Delegate, object>).GetConstructors()[0], selector, Expression.Convert(value, typeof(object)));
    }

    /// <summary>Null refers to nobody's row.</summary>
    private static bool SetsNull(Expression setter)
    {
        var value = setter is NewExpression { Arguments: [_, var second] } ? second : setter;
        while (value is UnaryExpression { NodeType: ExpressionType.Convert } convert) value = convert.Operand;
        return value is ConstantExpression { Value: null };
    }

    /// <summary>The property that a setter sets; null where it is no plain property.</summary>
    private static string? SetProperty(Expression setter)
    {
        if (setter is not NewExpression { Arguments: [var first, _] }) return null;
        var body = first is UnaryExpression { NodeType: ExpressionType.Quote } quote ? ((LambdaExpression)quote.Operand).Body : (first as LambdaExpression)?.Body;
        while (body is UnaryExpression { NodeType: ExpressionType.Convert } convert) body = convert.Operand;
        return body switch
        {
            MemberExpression member => member.Member.Name,
            MethodCallExpression { Method.Name: nameof(EF.Property), Arguments: [_, ConstantExpression { Value: string name }] } => name,
            _ => null,
        };
    }

    /// <summary>Whether an expression can be evaluated now: it depends neither on a row nor on a set, which only EF Core understands.</summary>
    private sealed class Closedness : ExpressionVisitor
    {
        private bool _isOpen;

        public bool Holds(Expression node)
        {
            Visit(node);
            return !_isOpen;
        }

        protected override Expression VisitParameter(ParameterExpression node) => Open(node);

        protected override Expression VisitExtension(Expression node) => Open(node);

        private Expression Open(Expression node)
        {
            _isOpen = true;
            return node;
        }
    }
}
