using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Ploy.EntityFrameworkCore.SoftDelete;

namespace Ploy.EntityFrameworkCore.Query;

/// <summary>
/// Sees every query before its parameters are taken out and its plan is looked up: the only place where a bulk delete can
/// become an update with a time of its own. EF Core calls it internal; the package is therefore pinned to one major version.
/// </summary>
internal sealed class PloyQueryCompiler(
    IQueryContextFactory queryContextFactory, ICompiledQueryCache compiledQueryCache, ICompiledQueryCacheKeyGenerator keyGenerator,
    IDatabase database, IDiagnosticsLogger<DbLoggerCategory.Query> logger, ICurrentDbContext currentContext,
    IEvaluatableExpressionFilter evaluatableExpressionFilter, IModel model)
    : QueryCompiler(queryContextFactory, compiledQueryCache, keyGenerator, database, logger, currentContext, evaluatableExpressionFilter, model)
{
    private static readonly MethodInfo MarkMethod = typeof(PloyQueryCompiler).GetMethod(nameof(MarkAsync), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private readonly PloyDbContext? _context = currentContext.Context as PloyDbContext;
    private readonly IModel _model = model;

    public override TResult Execute<TResult>(Expression query)
    {
        if (_context is null) return base.Execute<TResult>(query);
        var statement = new BulkStatement(_model, _context);
        return statement.SoftDeleted(query) is not null && typeof(TResult) == typeof(int)
            ? (TResult)(object)_context.InTransaction(() => Mark(query, QueryRunner.Blocking).AsTask().GetAwaiter().GetResult())
            : base.Execute<TResult>(statement.Rewrite(query));
    }

    public override TResult ExecuteAsync<TResult>(Expression query, CancellationToken cancellationToken = default)
    {
        if (_context is null) return base.ExecuteAsync<TResult>(query, cancellationToken);
        var statement = new BulkStatement(_model, _context);
        return statement.SoftDeleted(query) is not null && typeof(TResult) == typeof(Task<int>)
            ? (TResult)(object)_context.InTransactionAsync(() => Mark(query, QueryRunner.Async(cancellationToken)).AsTask(), cancellationToken)
            : base.ExecuteAsync<TResult>(statement.Rewrite(query), cancellationToken);
    }

    public override Func<QueryContext, TResult> CreateCompiledQuery<TResult>(Expression query) => base.CreateCompiledQuery<TResult>(Compilable(query));

    public override Func<QueryContext, TResult> CreateCompiledAsyncQuery<TResult>(Expression query) => base.CreateCompiledAsyncQuery<TResult>(Compilable(query));

    /// <summary>Called once for each plan, with all that the query's variables stand for in its place.</summary>
    public override Func<QueryContext, TResult> CompileQueryCore<TResult>(IDatabase database, Expression query, IModel model, bool async) =>
        base.CompileQueryCore<TResult>(database, _context is null ? query : new FilterKeeper(model).Visit(query), model, async);

    private Expression Compilable(Expression query)
    {
        if (_context is null) return query;
        var statement = new BulkStatement(_model, _context);
        return statement.SoftDeleted(query) is not null
            ? throw new InvalidOperationException("A compiled query cannot delete rows that are only marked: use ExecuteDelete outside of one.")
            : statement.Rewrite(query);
    }

    private ValueTask<int> Mark(Expression query, QueryRunner runner)
    {
        var call = (MethodCallExpression)query;
        return (ValueTask<int>)MarkMethod.MakeGenericMethod(call.Method.GetGenericArguments()[0]).Invoke(this, [call.Arguments[0], runner])!;
    }

    private ValueTask<int> MarkAsync<T>(Expression source, QueryRunner runner)
        where T : class
    {
        var type = _model.FindEntityType(typeof(T))!;
        var property = type.DeletedAtProperty()!;
        var row = Expression.Parameter(typeof(T), "row");
        var isLive = Expression.Lambda<Func<T, bool>>(
            Expression.Equal(KeyPredicate.Property(row, property, property.ClrType), Expression.Constant(null, property.ClrType)), row);
        var provider = ((IQueryable)_context!.Set<T>()).Provider;
        var live = provider.CreateQuery<T>(source).Where(isLive);
        return new Cascade(_context, runner).MarkAsync(live, type, _context.Deleter.Now(property));
    }
}
