using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using Ploy.Conformance.Tests.Testing;
using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Semantics;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Model;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit.Sdk;

namespace Ploy.Conformance.Tests.Recorded;

/// <summary>Two random schemas and the engine's scripts between them, as tests/tools/record-pairs.mjs wrote them down.</summary>
internal sealed class RecordedPair
{
    private readonly JsonElement _entry;
    private readonly Lazy<DatabaseSchema> _a;
    private readonly Lazy<DatabaseSchema> _b;

    private RecordedPair(string file, Dialect dialect, JsonElement entry)
    {
        (File, Dialect, _entry) = (file, dialect, entry);
        Index = entry.GetProperty("index").GetInt32();
        _a = new Lazy<DatabaseSchema>(() => Calculate("a"));
        _b = new Lazy<DatabaseSchema>(() => Calculate("b"));
    }

    /// <summary>Where the pairs are: beside this file, or wherever <c>PLOY_RECORDED</c> says, for a longer run with pairs of one's own.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("PLOY_RECORDED") is { Length: > 0 } folder ? folder : Repository.PathOf("tests", "Ploy.Conformance.Tests", "Recorded");

    /// <summary>The recorded directions, as (from, to).</summary>
    public static ImmutableArray<(string From, string To)> Directions { get; } = [("empty", "a"), ("empty", "b"), ("a", "b"), ("b", "a"), ("b", "empty")];

    /// <summary>The file's name.</summary>
    public string File { get; }

    public Dialect Dialect { get; }

    /// <summary>The pair's number in its series; the same seed and number make the same pair again.</summary>
    public int Index { get; }

    /// <summary>Every recorded file of a provider, by name.</summary>
    public static IEnumerable<string> Files(string provider) =>
        Directory.EnumerateFiles(Folder, provider + "-*.jsonl.gz").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>The pairs of a file.</summary>
    public static IEnumerable<RecordedPair> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(System.IO.File.OpenRead(Path.Combine(Folder, file)), CompressionMode.Decompress));
        var header = JsonElement.Parse(reader.ReadLine() ?? throw new FormatException($"{file} is empty."));
        Dialect dialect = header.GetProperty("provider").GetString() == "sqlite" ? SqliteDialect.Instance : PostgresDialect.Instance;
        while (reader.ReadLine() is { } line)
            yield return new RecordedPair(file, dialect, JsonElement.Parse(line));
    }

    /// <summary>The engine's script of a direction.</summary>
    public string Recorded(string from, string to) => _entry.GetProperty("sql").GetProperty($"{from} {to}").GetString()!;

    /// <summary>Whether the engine's script of a direction was tried out and failed or led elsewhere.</summary>
    public bool IsFault(string from, string to) => _entry.TryGetProperty("faults", out var faults) && faults.TryGetProperty($"{from} {to}", out _);

    /// <summary>Our script of a direction.</summary>
    public string Script(string from, string to) => ScriptedDatabase.Script(Dialect, Schema(from), Schema(to));

    /// <summary>The database that a side describes.</summary>
    public DatabaseSchema Schema(string side) => side switch
    {
        "a" => _a.Value,
        "b" => _b.Value,
        _ => DatabaseSchema.Empty,
    };

    /// <summary>Extensions that types and operator classes of the pair need and a side does not ask for: a real database would have them.</summary>
    public IEnumerable<string> ExtensionsBeside(string side)
    {
        var tables = Schema("a").Tables.Concat(Schema("b").Tables);
        string?[] needed =
        [
            tables.SelectMany(t => t.Columns).Any(c => c.Type.StoreType == "CITEXT") ? "citext" : null,
            tables.SelectMany(t => t.Indexes).SelectMany(i => i.Parts).Any(p => p.OperatorClass?.EndsWith("_trgm_ops", StringComparison.Ordinal) == true) ? "pg_trgm" : null,
        ];
        return needed.OfType<string>().Except(Schema(side).Extensions.Select(e => e.Name), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{File} {Index}";

    private DatabaseSchema Calculate(string side)
    {
        var files = _entry.GetProperty(side).EnumerateArray().Select(f => SourceText.From(f.GetProperty("path").GetString()!, f.GetProperty("text").GetString()!));
        var compilation = SchemaCompiler.Compile([.. files]);
        return compilation.Model is { } model && !compilation.HasErrors
            ? Dialect.BetweenFiles(SchemaCalculator.Calculate(model, Dialect))
            : throw new XunitException($"{this}: the schema `{side}` is not valid.\n{string.Join('\n', compilation.Diagnostics.Select(d => d.Message))}");
    }
}
