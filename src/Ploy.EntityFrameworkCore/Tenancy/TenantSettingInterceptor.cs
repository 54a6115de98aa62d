using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Ploy.EntityFrameworkCore.Tenancy;

/// <summary>
/// Tells PostgreSQL's row-level security whose request this is, in the same round trip as the statement: a call of
/// <c>set_config(setting, tenant, true)</c> goes before it, local to the transaction, or to the statement outside of one.
/// A connection therefore never goes back to a pool with a tenant on it, whatever pools it.
/// </summary>
/// <remarks>
/// Sent in one go, both statements share the implicit transaction that ends with the message's Sync (PostgreSQL manual,
/// "Extended Query"). The first one's row is skipped when the reader is opened, and only then a transaction counts as told: a command may fail before it
/// is sent, and another interceptor may change it or give a result of its own. Saves count the rows that they find by result sets and not by a
/// statement's place in the message, for which <see cref="CountedUpdateSqlGenerator"/> sees to it.
/// </remarks>
internal sealed class TenantSettingInterceptor : DbCommandInterceptor, IDbTransactionInterceptor
{
    private const string Parameter = "__ploy_tenant";
    private const string Start = "SELECT set_config('";

    /// <summary>The tenant that a transaction was told last; it forgets with a rollback to a savepoint.</summary>
    private readonly ConditionalWeakTable<DbTransaction, string> _told = [];

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
        if (Tenant(command) is not { } tenant || !IsSetting(result)) return result;
        try
        {
            result.NextResult();
        }
        catch
        {
            // Nobody else has it yet, and an open one keeps its connection from a rollback to a savepoint.
            result.Dispose();
            throw;
        }

        Told(command, tenant);
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (Tenant(command) is not { } tenant || !IsSetting(result)) return result;
        try
        {
            await result.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await result.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Told(command, tenant);
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

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        Doubt(command, eventData);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Doubt(command, eventData);
        return new(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        if (!Prefix(command, eventData)) return result;
        using var reader = command.ExecuteReader();
        reader.NextResult();
        Told(command, Tenant(command)!); // it has just been put there
        return InterceptionResult<object>.SuppressWithResult(reader.Read() && reader.FieldCount > 0 ? reader.GetValue(0) : null!);
    }

    public override async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        if (!Prefix(command, eventData)) return result;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        Told(command, Tenant(command)!); // it has just been put there
        var hasValue = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount > 0;
        return InterceptionResult<object>.SuppressWithResult(hasValue ? reader.GetValue(0) : null!);
    }

    // The driver uses one object for all transactions of a connection: a new one has been told nothing.
    DbTransaction IDbTransactionInterceptor.TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        _told.Remove(result);
        return result;
    }

    ValueTask<DbTransaction> IDbTransactionInterceptor.TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken)
    {
        _told.Remove(result);
        return new(result);
    }

    DbTransaction IDbTransactionInterceptor.TransactionUsed(DbConnection connection, TransactionEventData eventData, DbTransaction result)
    {
        _told.Remove(result);
        return result;
    }

    ValueTask<DbTransaction> IDbTransactionInterceptor.TransactionUsedAsync(
        DbConnection connection, TransactionEventData eventData, DbTransaction result, CancellationToken cancellationToken)
    {
        _told.Remove(result);
        return new(result);
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
        if (Untold(command, eventData) is not { } tenant) return false;
        if (eventData.CommandSource == CommandSource.SaveChanges) CountedBatches.Require(eventData.Context!); // only a context of ours is told
        if (command.Transaction is { } transaction) _told.Remove(transaction);
        // Executed again, it has its place for the tenant.
        if (Tenant(command) is not null) command.Parameters[Parameter].Value = tenant;
        else Put(command, Setting(eventData), tenant, command.CommandText);
        return true;
    }

    /// <summary>The tenant that the command's transaction has yet to be told; null for none.</summary>
    private string? Untold(DbCommand command, CommandEventData eventData)
    {
        if (eventData.Context is not PloyDbContext { TellsTenant: true } context || command.CommandText.Length == 0) return null;
        // Nobody, and everybody: row-level security then shows no row to a role that it holds for.
        var tenant = context.IsAcrossTenants ? "" : Convert.ToString(context.CurrentTenant, CultureInfo.InvariantCulture) ?? "";
        return command.Transaction is { } transaction && _told.TryGetValue(transaction, out var told) && told == tenant ? null : tenant;
    }

    private static void Put(DbCommand command, string setting, string tenant, string text)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = Parameter;
        parameter.Value = tenant;
        command.Parameters.Add(parameter);
        command.CommandText = $"{Start}{setting.Replace("'", "''", StringComparison.Ordinal)}', @{Parameter}, true);\n{text}";
    }

    private static string Setting(CommandEventData eventData) => ((PloyDbContext)eventData.Context!).PloyOptions.TenantSetting!; // only asked where there is one

    private void Told(DbCommand command, string tenant)
    {
        if (command.Transaction is { } transaction) _told.AddOrUpdate(transaction, tenant);
    }

    /// <summary>SQL of the application's own may have gone back to a savepoint, which takes back what a transaction was told since.</summary>
    private void Doubt(DbCommand command, CommandExecutedEventData eventData)
    {
        if (eventData.CommandSource == CommandSource.ExecuteSqlRaw && command.Transaction is { } transaction) _told.Remove(transaction);
    }

    /// <summary>Whether the reader stands before the setting's row, and not before what another interceptor has put there.</summary>
    private static bool IsSetting(DbDataReader reader) => reader.FieldCount == 1 && reader.GetName(0) == "set_config";

    /// <summary>The tenant that a command tells; null where it tells none.</summary>
    // By the parameter, which nobody else names so: the driver uses command objects again, and clears their parameters then.
    private static string? Tenant(DbCommand command) =>
        command.Parameters.Count > 0 && command.Parameters.Contains(Parameter) && command.CommandText.Contains(Start, StringComparison.Ordinal)
            ? (string)command.Parameters[Parameter].Value!
            : null;
}
