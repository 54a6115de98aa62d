using System.Net;
using System.Text;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What a collector gets where one is named.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_collector_gets_spans_and_measures_without_any_text_of_a_statement()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        _folder.Write("migrations/20200101000000_observed/migration.sql", "CREATE TABLE a (id integer);\nINSERT INTO a SELECT length('top secret');\n");
        _folder.Write("migrations/20200102000000_failing/migration.sql", "INSERT INTO nowhere SELECT length('top secret');\n");
        using var collector = new HttpListener();
        var port = Start(collector);
        var received = ReceiveAsync(collector);

        var run = await PloyProgram.RunAsync(new ProcessCall
        {
            Program = "",
            Directory = _folder.Root,
            Arguments = ["migrate", "deploy", "--url", database.Url],
            Environment = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" },
        });

        run.Expect(1);
        collector.Stop();
        var bodies = await received;
        var traces = string.Concat(bodies.Where(b => b.Path == "/v1/traces").Select(b => b.Body));
        Assert.Contains("ploy migrate deploy", traces, StringComparison.Ordinal);
        Assert.Contains("20200101000000_observed", traces, StringComparison.Ordinal);
        Assert.Matches("(?s)error\\.type.{1,9}P3018", traces);
        Assert.Matches($"(?s)db\\.namespace.{{1,9}}{((TemporaryPostgresDatabase)database).Name}", traces);
        Assert.DoesNotContain("secret", traces, StringComparison.Ordinal);
        Assert.Contains("ploy.migration.duration", string.Concat(bodies.Where(b => b.Path == "/v1/metrics").Select(b => b.Body)), StringComparison.Ordinal);
    }

    private static int Start(HttpListener listener)
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        return port;
    }

    private static async Task<List<(string Path, string Body)>> ReceiveAsync(HttpListener listener)
    {
        var bodies = new List<(string, string)>();
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                bodies.Add((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            return bodies;
        }
    }
}
