using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Ploy.EntityFrameworkCore.Tenancy;

/// <summary>
/// Tells PostgreSQL's row-level security whose request this is, in the same round trip as the statement: a call of
/// <c>set_config(setting, tenant, true)</c> goes before it, local to the transaction, or to the statement outside of one.
/// A connection therefore never goes back to a pool with a tenant on it, whatever pools it.
/// </summary>
/// <remarks>
/// Sent in one go, both statements share the implicit transaction that ends with the message's Sync (PostgreSQL manual,
/// "Extended Query"). The first one's row is skipped when the reader is opened.
/// </remarks>
internal sealed class TenantSettingInterceptor(PloyOptions options) : DbCommandInterceptor, IDbTransactionInterceptor
{
    private const string Parameter = "__ploy_tenant";

    /// <summary>The tenant that a transaction was told last; it forgets with a rollback to a savepoint.</summary>
    private readonly ConditionalWeakTable<DbTransaction, string> _told = [];

    /// <summary>Commands that begin with our statement.</summary>
    private readonly ConditionalWeakTable<DbCommand, object> _prefixed = [];

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Prefix(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Prefix(command, eventData);
        return new(result);
    }

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        if (Unmark(command)) result.NextResult();
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (Unmark(command)) await result.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Prefix(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Prefix(command, eventData);
        return new(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        if (!Prefix(command, eventData)) return result;
        using var reader = command.ExecuteReader();
        reader.NextResult();
        return InterceptionResult<object>.SuppressWithResult(reader.Read() && reader.FieldCount > 0 ? reader.GetValue(0) : null!);
    }

    public override async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        if (!Prefix(command, eventData)) return result;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var hasValue = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount > 0;
        return InterceptionResult<object>.SuppressWithResult(hasValue ? reader.GetValue(0) : null!);
    }

    void IDbTransactionInterceptor.RolledBackToSavepoint(DbTransaction transaction, TransactionEventData eventData) => _told.Remove(transaction);

    Task IDbTransactionInterceptor.RolledBackToSavepointAsync(
        DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken)
    {
        _told.Remove(transaction);
        return Task.CompletedTask;
    }

    private bool Prefix(DbCommand command, CommandEventData eventData)
    {
        if (options.TenantSetting is not { } setting || eventData.Context is not PloyDbContext context) return false;
        if (!IsPostgres(context) || command.CommandText.Length == 0) return false;
        // Nobody, and everybody: row-level security then shows no row to a role that it holds for.
        var tenant = context.IsAcrossTenants ? "" : Convert.ToString(context.CurrentTenant, CultureInfo.InvariantCulture) ?? "";
        if (command.Transaction is { } transaction)
        {
            if (_told.TryGetValue(transaction, out var told) && told == tenant) return false;
            _told.AddOrUpdate(transaction, tenant);
        }

        var parameter = command.CreateParameter();
        parameter.ParameterName = Parameter;
        parameter.Value = tenant;
        command.Parameters.Add(parameter);
        command.CommandText = $"SELECT set_config('{setting.Replace("'", "''", StringComparison.Ordinal)}', @{Parameter}, true);\n{command.CommandText}";
        _prefixed.AddOrUpdate(command, this);
        return true;
    }

    private bool Unmark(DbCommand command) => _prefixed.Remove(command);

    private static bool IsPostgres(DbContext context) =>
        context.Database.ProviderName is { } name && name.Contains("PostgreSQL", StringComparison.Ordinal);
}
