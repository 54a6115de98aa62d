using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Introspection;

internal sealed class PostgresCanonicalizer(PostgresSession session) : IExpressionCanonicalizer
{
    public ValueTask<DatabaseSchema> CanonicalizeAsync(DatabaseSchema desired, CancellationToken cancellationToken) { _ = session; return new(desired); }
}
