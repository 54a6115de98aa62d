using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ploy.EntityFrameworkCore.Tenancy;

/// <summary>
/// PostgreSQL's provider counts the rows that updates and deletes of a save have found by the statement's place in its message, which a statement
/// before them would shift: a row of another tenant's would then pass for found. So each of them returns a row instead, and EF Core's own
/// batches count those, as they do for SQLite.
/// </summary>
internal static class CountedBatches
{
    /// <summary>Replaces the services of PostgreSQL's provider, those of any other are left as they are.</summary>
    public static void Replace(IServiceCollection services)
    {
        if (services.LastOrDefault(s => s.ServiceType == typeof(IUpdateSqlGenerator)) is not { ImplementationType: { } generator } found) return;
        if (!generator.FullName!.StartsWith("Npgsql.", StringComparison.Ordinal)) return; // a class has a name
        services.Replace(ServiceDescriptor.Describe(
            typeof(IUpdateSqlGenerator), s => new CountedUpdateSqlGenerator((IUpdateSqlGenerator)ActivatorUtilities.CreateInstance(s, generator)), found.Lifetime));
        services.Replace(ServiceDescriptor.Scoped<IModificationCommandBatchFactory, CountedBatchFactory>());
    }

    /// <exception cref="InvalidOperationException">The application has replaced the services, so that rows of a save would be counted wrongly.</exception>
    public static void Require(DbContext context)
    {
        if (context.GetService<IModificationCommandBatchFactory>() is CountedBatchFactory && context.GetService<IUpdateSqlGenerator>() is CountedUpdateSqlGenerator) return;
        throw new InvalidOperationException("Ploy's IUpdateSqlGenerator or IModificationCommandBatchFactory was replaced: saves could not tell whether they have found the tenant's rows.");
    }
}

/// <summary>Batches that count rows by result sets.</summary>
internal sealed class CountedBatchFactory(ModificationCommandBatchFactoryDependencies dependencies, IDbContextOptions options) : IModificationCommandBatchFactory
{
    private readonly int? _maxBatchSize = RelationalOptionsExtension.Extract(options).MaxBatchSize;

    public ModificationCommandBatch Create() => new Batch(dependencies, _maxBatchSize);

    private sealed class Batch(ModificationCommandBatchFactoryDependencies dependencies, int? maxBatchSize) : AffectedCountModificationCommandBatch(dependencies, maxBatchSize);
}

/// <summary>Has updates and deletes that return nothing return a row for each that they have found.</summary>
internal sealed class CountedUpdateSqlGenerator(IUpdateSqlGenerator inner) : IUpdateSqlGenerator
{
    public ResultSetMapping AppendUpdateOperation(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction) =>
        Counted(commandStringBuilder, inner.AppendUpdateOperation(commandStringBuilder, command, commandPosition, out requiresTransaction));

    public ResultSetMapping AppendUpdateOperation(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition) =>
        Counted(commandStringBuilder, inner.AppendUpdateOperation(commandStringBuilder, command, commandPosition));

    public ResultSetMapping AppendDeleteOperation(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction) =>
        Counted(commandStringBuilder, inner.AppendDeleteOperation(commandStringBuilder, command, commandPosition, out requiresTransaction));

    public ResultSetMapping AppendDeleteOperation(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition) =>
        Counted(commandStringBuilder, inner.AppendDeleteOperation(commandStringBuilder, command, commandPosition));

    public ResultSetMapping AppendInsertOperation(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction) =>
        inner.AppendInsertOperation(commandStringBuilder, command, commandPosition, out requiresTransaction);

    public ResultSetMapping AppendInsertOperation(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition) =>
        inner.AppendInsertOperation(commandStringBuilder, command, commandPosition);

    /// <summary>Whether a procedure has found its row, only the provider's own batch could tell.</summary>
    public ResultSetMapping AppendStoredProcedureCall(StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction) =>
        throw new NotSupportedException("A Ploy context saves by statements, not by stored procedures.");

    public void AppendBatchHeader(StringBuilder commandStringBuilder) => inner.AppendBatchHeader(commandStringBuilder);

    public void PrependEnsureAutocommit(StringBuilder commandStringBuilder) => inner.PrependEnsureAutocommit(commandStringBuilder);

    public string GenerateNextSequenceValueOperation(string name, string? schema) => inner.GenerateNextSequenceValueOperation(name, schema);

    public void AppendNextSequenceValueOperation(StringBuilder commandStringBuilder, string name, string? schema) =>
        inner.AppendNextSequenceValueOperation(commandStringBuilder, name, schema);

    public string GenerateObtainNextSequenceValueOperation(string name, string? schema) => inner.GenerateObtainNextSequenceValueOperation(name, schema);

    public void AppendObtainNextSequenceValueOperation(StringBuilder commandStringBuilder, string name, string? schema) =>
        inner.AppendObtainNextSequenceValueOperation(commandStringBuilder, name, schema);

    private static ResultSetMapping Counted(StringBuilder text, ResultSetMapping mapping)
    {
        if (mapping != ResultSetMapping.NoResults) return mapping;
        var end = text.Length - 1;
        while (end >= 0 && char.IsWhiteSpace(text[end])) end--;
        if (end < 0 || text[end] != ';') throw new InvalidOperationException("The provider's statement does not end with a semicolon.");
        text.Insert(end, "\nRETURNING 1");
        return ResultSetMapping.LastInResultSet | ResultSetMapping.ResultSetWithRowsAffectedOnly;
    }
}
