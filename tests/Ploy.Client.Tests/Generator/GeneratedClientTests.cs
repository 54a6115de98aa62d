using System.Collections.Concurrent;
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

    [Theory, InlineData("postgresql"), InlineData("sqlite")]
    public async Task Clients_of_random_schemas_hold_every_value(string provider)
    {
        var faults = new ConcurrentQueue<string>();
        var refused = 0;
        var samples = SchemaSample.Recorded(provider).ToList();
        var count = int.Parse(Environment.GetEnvironmentVariable("PLOY_CLIENTS") ?? (IsFull ? "100" : "8"), System.Globalization.CultureInfo.InvariantCulture);
        await Parallel.ForAsync(0, count, async (i, _) =>
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
        Assert.InRange(refused, 0, count / 8);
        if (!faults.IsEmpty) throw new XunitException($"{faults.Count} of {count} fail.\n{string.Join('\n', faults.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Schema files of our own, each whole, or those of projects elsewhere: <c>PLOY_CLIENT_SCHEMAS=folder</c>.</summary>
    [Fact]
    public async Task Clients_of_whole_schemas_hold_every_value()
    {
        var folder = Environment.GetEnvironmentVariable("PLOY_CLIENT_SCHEMAS") is { Length: > 0 } elsewhere ? elsewhere : Repository.PathOf("tests", "Ploy.Client.Tests", "Schemas");
        var faults = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
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

    private static async Task<int> HoldsAsync(SchemaSample sample)
    {
        await using var client = await CompiledClient.CreateAsync(sample);
        var rows = await RowRoundTrip.RunAsync(client);
        Agrees(client);
        return rows;
    }

    /// <summary>EF Core's model differ finds no difference between client and database but those that docs/client.md explains.</summary>
    private static void Agrees(CompiledClient client)
    {
        using var context = client.Open();
        var operations = ModelComparison.Operations(context, client.Database.ConnectionString);
        var classifier = new DifferenceClassifier(client.Sample, client.Generated.Warnings, operations);
        var unknown = operations.Where(o => classifier.Of(o) is null).Select(ModelComparison.Describe).ToList();
        if (unknown.Count > 0) throw new XunitException($"{client.Sample.Name}: EF Core's model is not the database's.\n  {string.Join("\n  ", unknown)}");
    }
}
