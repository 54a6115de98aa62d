using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Ploy.EntityFrameworkCore.SoftDelete;

/// <summary>Runs queries either way, so that each algorithm is written once: the blocking form always completes at once.</summary>
internal abstract class QueryRunner
{
    public static QueryRunner Blocking { get; } = new BlockingRunner();

    public static QueryRunner Async(CancellationToken cancellationToken) => new AsyncRunner(cancellationToken);

    public abstract ValueTask<List<T>> ToListAsync<T>(IQueryable<T> query);

    public abstract ValueTask<bool> AnyAsync<T>(IQueryable<T> query);

    public abstract ValueTask<int> UpdateAsync<T>(IQueryable<T> query, Action<UpdateSettersBuilder<T>> setters);

    public abstract ValueTask<int> DeleteAsync<T>(IQueryable<T> query);

    private sealed class BlockingRunner : QueryRunner
    {
        public override ValueTask<List<T>> ToListAsync<T>(IQueryable<T> query) => new(query.ToList());

        public override ValueTask<bool> AnyAsync<T>(IQueryable<T> query) => new(query.Any());

        public override ValueTask<int> UpdateAsync<T>(IQueryable<T> query, Action<UpdateSettersBuilder<T>> setters) => new(query.ExecuteUpdate(setters));

        public override ValueTask<int> DeleteAsync<T>(IQueryable<T> query) => new(query.ExecuteDelete());
    }

    private sealed class AsyncRunner(CancellationToken cancellationToken) : QueryRunner
    {
        public override ValueTask<List<T>> ToListAsync<T>(IQueryable<T> query) => new(query.ToListAsync(cancellationToken));

        public override ValueTask<bool> AnyAsync<T>(IQueryable<T> query) => new(query.AnyAsync(cancellationToken));

        public override ValueTask<int> UpdateAsync<T>(IQueryable<T> query, Action<UpdateSettersBuilder<T>> setters) =>
            new(query.ExecuteUpdateAsync(setters, cancellationToken));

        public override ValueTask<int> DeleteAsync<T>(IQueryable<T> query) => new(query.ExecuteDeleteAsync(cancellationToken));
    }
}
