using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ploy.Conformance.Tests.Postgres;
using Ploy.Conformance.Tests.Sqlite;
using Ploy.Conformance.Tests.Testing;
using Ploy.Core.Text;
using Ploy.Design.Pull;
using Ploy.Language.Semantics;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Sessions;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Pulling;

/// <summary>
/// Databases pulled: the text is the engine's, which tests/tools/record-pulls.mjs wrote down, or, where that is wrong, what stands beside it;
/// and pulling again changes nothing.
/// </summary>
public sealed class PullTests
{
    private static readonly string Folder = Repository.PathOf("tests", "Ploy.Conformance.Tests", "Pulls");

    /// <summary>The cases written by hand.</summary>
    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateFiles(Folder, "*.pull").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>The recorded random databases.</summary>
    public static TheoryData<string> Recorded => [.. Directory.EnumerateFiles(Folder, "*.jsonl.gz").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Text_is_the_engines_or_what_is_right_where_that_is_not(string name)
    {
        var file = CaseFile.Read(Path.Combine(Folder, name));
        var expected = file["after.prisma"] ?? file["engine.prisma"];
        var pulled = await PullAsync(file.Options["provider"], [file["database.sql"]!], file["before.prisma"]!);
        if (Expect.IsUpdating && pulled[0] != file["engine.prisma"]) File.WriteAllText(file.Path, file.With("after.prisma", pulled[0]).ToString());
        else Expect.Text(expected!, pulled[0]);
        Expect.Text(pulled[1], pulled[2]);
    }

    /// <summary>Where they are others, the differences are among those that docs/decisions/differences.md explains, and stand in a file to be read.</summary>
    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Random_databases_give_the_engines_text_but_for_the_differences_written_down(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Folder, file)), CompressionMode.Decompress));
        var provider = JsonElement.Parse(reader.ReadLine()!).GetProperty("provider").GetString()!;
        var differences = new StringBuilder();
        var lacking = new List<int>();
        while (reader.ReadLine() is { } line)
        {
            var entry = JsonElement.Parse(line);
            var expected = entry.GetProperty("engine").GetString()!;
            var index = entry.GetProperty("index").GetInt32();
            ImmutableArray<string> pulled;
            try
            {
                pulled = await PullAsync(provider, [.. entry.GetProperty("sql").EnumerateArray().Select(s => s.GetString()!)], entry.GetProperty("before").GetString()!);
            }
            catch (StatementException refused)
            {
                if (!await OtherServer.LacksAsync(refused)) throw;
                lacking.Add(index);
                continue;
            }

            if (pulled[0] != expected) differences.Append(index).Append('\n').Append(UnifiedDiff.Create(expected, pulled[0])).Append('\n');
            Expect.Text(pulled[1], pulled[2]);
        }

        var path = Path.Combine(Folder, file.Replace(".jsonl.gz", ".differences", StringComparison.Ordinal));
        if (lacking.Count == 0) Expect.File(path, differences.ToString());
        else Expect.Text(Regex.Replace(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), $@"^(?:{string.Join('|', lacking)})\n.*?(?=^\d+\n|\z)", "", RegexOptions.Multiline | RegexOptions.Singleline), differences.ToString());
    }

    // The text, that of a second pull over it, in which the engine names many-to-many relations, and that of a third.
    private static async Task<ImmutableArray<string>> PullAsync(string provider, ImmutableArray<string> scripts, string before)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        if (provider == "sqlite")
        {
            await using var database = await SqliteTestDatabase.CreateAsync();
            foreach (var script in scripts) await database.Session.ExecuteAsync(script, default);
            await PullThriceAsync(SqliteDialect.Instance, database.Session);
        }
        else
        {
            await using var database = await PostgresTestDatabase.CreateAsync();
            foreach (var script in scripts) await database.Session.ExecuteAsync(script, default);
            await PullThriceAsync(PostgresDialect.Instance, database.Session);
        }

        return texts.ToImmutable();

        async Task PullThriceAsync(Dialect dialect, IDatabaseSession session)
        {
            texts.Add(await PullOnceAsync(dialect, session, before));
            texts.Add(await PullOnceAsync(dialect, session, texts[0]));
            texts.Add(await PullOnceAsync(dialect, session, texts[1]));
        }
    }

    private static async Task<string> PullOnceAsync(Dialect dialect, IDatabaseSession session, string before)
    {
        var compilation = SchemaCompiler.Compile([SourceText.From("schema.prisma", before)]);
        var errors = compilation.Diagnostics.Where(d => d.Severity == Core.Diagnostics.Severity.Error).Select(d => d.Message).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors) + "\n" + before);
        var model = compilation.Model!;
        ImmutableArray<string> namespaces = dialect.DefaultNamespace is not { } name ? [] : model.Datasource!.Namespaces is { IsEmpty: false } declared ? declared : [name];
        var scope = new IntrospectionScope(namespaces) { WithViewColumns = model.PreviewFeatures.Contains("views"), PrintedFrom = dialect.DefaultNamespace };
        var schema = await dialect.Connector.Introspector(session).ReadAsync(scope, default);
        return Assert.Single(SchemaPuller.Pull(schema, compilation, dialect, new PullOptions { NewFile = _ => "schema.prisma" }).Files).Text;
    }
}
