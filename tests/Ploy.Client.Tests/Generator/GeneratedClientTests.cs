using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Ploy.Client.Tests.Samples;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;
using Ploy.Testing;
using Xunit;
using Xunit.Sdk;

namespace Ploy.Client.Tests.Generator;

/// <summary>Generated clients compile without a warning, and every entity makes the round trip on a database that Ploy migrated.</summary>
public sealed class GeneratedClientTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("PLOY_TEST_FULL") == "1";

    [Fact]
    public async Task The_client_of_nxloy_holds_every_value() => Assert.Equal(3 * 26, await HoldsAsync(SchemaSample.Folder("samples", "nxloy", "prisma", "schema")));

    [Fact]
    public async Task The_client_of_quickstart_holds_every_value() => Assert.Equal(3 * 6, await HoldsAsync(SchemaSample.Folder("samples", "quickstart", "prisma", "schema")));

    /// <summary><c>PLOY_CLIENTS=100</c> sets how many, spread over all recorded ones; <c>PLOY_CLIENTS_PART=2/4</c> runs the second quarter of them.</summary>
    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Clients_of_random_schemas_hold_every_value(string provider)
    {
        var faults = new ConcurrentQueue<string>();
        var refused = 0;
        var samples = SchemaSample.Recorded(provider).ToList();
        var count = int.Parse(Environment.GetEnvironmentVariable("PLOY_CLIENTS") ?? (IsFull ? "100" : "8"), System.Globalization.CultureInfo.InvariantCulture);
        var part = (Environment.GetEnvironmentVariable("PLOY_CLIENTS_PART") ?? "1/1").Split('/').Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var (first, end) = ((part[0] - 1) * count / part[1], part[0] * count / part[1]);
        await Parallel.ForAsync(first, end, async (i, _) =>
        {
            var sample = samples[i * samples.Count / count];
            try
            {
                await HoldsAsync(sample);
            }
            catch (StatementException)
            {
                // A schema that no database takes, such as one with an index for which a type has no operators.
                Interlocked.Increment(ref refused);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                faults.Enqueue(fault is XunitException ? fault.Message : $"{sample.Name}: {fault.GetBaseException().Message}");
            }
        });
        Assert.InRange(refused, 0, (end - first) / 8);
        if (!faults.IsEmpty) throw new XunitException($"{faults.Count} of {end - first} fail.\n{string.Join('\n', faults.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Schema files of our own, each whole, the large ones of <c>Schemas/Long</c> in the long tier; or those of projects elsewhere: <c>PLOY_CLIENT_SCHEMAS=folder</c>.</summary>
    [Fact]
    public async Task Clients_of_whole_schemas_hold_every_value()
    {
        var folder = Environment.GetEnvironmentVariable("PLOY_CLIENT_SCHEMAS") is { Length: > 0 } elsewhere ? elsewhere : Repository.PathOf("tests", "Ploy.Client.Tests", "Schemas");
        var faults = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!IsFull && Path.GetFileName(Path.GetDirectoryName(file)) == "Long") continue;
            try
            {
                await HoldsAsync(SchemaSample.Files(file, [file]));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                faults.Add($"{file}: {(fault is XunitException ? fault.Message : fault.ToString())}");
            }
        }

        if (faults.Count > 0) throw new XunitException(string.Join('\n', faults));
    }

    /// <summary>As the application has it: with tenants, soft deletes, and the indexes of directives, on the database that its own migrations make.</summary>
    [Fact]
    public async Task The_model_of_nxloy_with_all_its_directives_is_the_database_of_its_migrations()
    {
        await using var nxloy = await NxLoyTenants.CreateAsync(Protection.Filters);
        await using var context = nxloy.Open(NxLoyTenants.Rich);
        var sample = SchemaSample.Project(Repository.PathOf("samples", "nxloy"));
        var indexes = context.Model.GetEntityTypes().SelectMany(t => t.GetIndexes()).Where(i => i.GetFilter() is not null).Select(i => i.GetDatabaseName()!).ToHashSet();
        var directives = sample.Database.Tables.SelectMany(t => t.Objects).Where(o => o.Kind == ObjectKind.Index).Select(o => o.Name.Name);
        // All but the one over an expression, which EF Core has no words for.
        Assert.Equal(directives.Where(n => n != "customers_lower_email_idx").Order(StringComparer.Ordinal), indexes.Order(StringComparer.Ordinal));
        Agrees(context, nxloy.Database.ConnectionString, sample, []);
    }

    private static async Task<int> HoldsAsync(SchemaSample sample)
    {
        await using var client = await CompiledClient.CreateAsync(sample);
        var rows = await RowRoundTrip.RunAsync(client);
        Agrees(client);
        return rows;
    }

    /// <summary>EF Core's model differ finds no difference between client and database but those that docs/client.md explains.</summary>
    internal static void Agrees(CompiledClient client)
    {
        using var context = client.Open();
        Agrees(context, client.Database.ConnectionString, client.Sample, client.Generated.Warnings);
    }

    /// <inheritdoc cref="Agrees(CompiledClient)" />
    internal static void Agrees(DbContext context, string connection, SchemaSample sample, ImmutableArray<ClientWarning> warnings)
    {
        var operations = ModelComparison.Operations(context, connection);
        var classifier = new DifferenceClassifier(sample, warnings, operations);
        var unknown = operations.Where(o => classifier.Of(o) is null).Select(ModelComparison.Describe).ToList();
        if (unknown.Count > 0) throw new XunitException($"{sample.Name}: EF Core's model is not the database's.\n  {string.Join("\n  ", unknown)}");
    }
}
