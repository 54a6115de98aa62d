using Npgsql;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Introspection;

/// <summary>
/// Asks the server how it prints the columns and predicates of a schema, by temporary tables in a transaction that is rolled back. Equal
/// columns are asked once; what is refused is halved until the refused one stands alone, so that one bad expression costs no other its answer.
/// </summary>
internal sealed class PostgresCanonicalizer(PostgresSession session) : IExpressionCanonicalizer
{
    /// <inheritdoc />
    public async ValueTask<DatabaseSchema> CanonicalizeAsync(DatabaseSchema desired, CancellationToken cancellationToken)
    {
        var questions = new CanonicalQuestions(desired, session.Namespace);
        if (questions.IsEmpty) return desired;
        var isInside = session.IsInTransaction;
        try
        {
            await session.RunAsync(isInside ? "SAVEPOINT ploy_ask" : "BEGIN", cancellationToken).ConfigureAwait(false);
            try
            {
                await AskAsync(questions, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await session.RunAsync(isInside ? "ROLLBACK TO SAVEPOINT ploy_ask" : "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StatementException)
        {
            // No right to make temporary tables, or a server that only reads: what was learnt so far is all.
        }

        return questions.Answer();
    }

    private async ValueTask AskAsync(CanonicalQuestions questions, CancellationToken cancellationToken)
    {
        foreach (var statement in questions.Types) await TryAsync(statement, cancellationToken).ConfigureAwait(false);
        foreach (var columns in questions.Columns.Chunk(CanonicalQuestions.ColumnsOfTable)) await AskColumnsAsync(columns, cancellationToken).ConfigureAwait(false);
        foreach (var question in questions.Predicates)
            if (await TryAsync(question.Table, cancellationToken).ConfigureAwait(false))
                foreach (var index in question.Indexes)
                    await TryAsync(index, cancellationToken).ConfigureAwait(false);
        await session.RunAsync("SET LOCAL search_path = pg_catalog", cancellationToken).ConfigureAwait(false);
        await ReadAsync(CanonicalQuestions.ColumnQuery, row => questions.Printed(row.GetString(0), new PrintedColumn(row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2))), cancellationToken).ConfigureAwait(false);
        await ReadAsync(CanonicalQuestions.PredicateQuery, row => questions.Predicate(row.GetString(0), row.GetString(1)), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AskColumnsAsync(ArraySegment<ColumnQuestion> columns, CancellationToken cancellationToken)
    {
        if (columns.Count == 0 || await TryAsync(CanonicalQuestions.TableOf(columns), cancellationToken).ConfigureAwait(false) || columns.Count == 1) return;
        var half = columns.Count / 2;
        await AskColumnsAsync(columns[..half], cancellationToken).ConfigureAwait(false);
        await AskColumnsAsync(columns[half..], cancellationToken).ConfigureAwait(false);
    }

    // One command of a batch can only be one statement: an expression that holds another one is refused, not run.
    private async ValueTask<bool> TryAsync(string sql, CancellationToken cancellationToken)
    {
        await session.RunAsync("SAVEPOINT ploy_try", cancellationToken).ConfigureAwait(false);
        try
        {
            await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (NpgsqlException exception) when (PostgresErrors.Find<PostgresException>(exception) is not null)
        {
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
        catch (NotSupportedException)
        {
        }

        await session.RunAsync("ROLLBACK TO SAVEPOINT ploy_try", cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async ValueTask ReadAsync(string sql, Action<NpgsqlDataReader> add, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, session.Connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) add(reader);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.OfStatement(exception, sql, null);
        }
    }
}
