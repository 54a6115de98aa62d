using Ploy.Core.Text;
using Ploy.Design.Calculation;
using Ploy.Language.Formatting;
using Ploy.Language.Semantics;
using Ploy.Language.Syntax;
using Ploy.Postgres;
using Ploy.Relational;
using Ploy.Relational.Json;
using Ploy.Sqlite;
using Ploy.Testing;
using Ploy.Testing.Fuzzing;
using Xunit;

namespace Ploy.Unit.Tests.Language;

public sealed class FormattingTests
{
    [Fact]
    public void Samples_are_formatted()
    {
        foreach (var folder in Directory.GetDirectories(Repository.PathOf("samples")))
        {
            SourceText[] files = [.. Directory.EnumerateFiles(folder, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => SourceText.From(f, File.ReadAllText(f)))];
            var texts = SchemaFormatter.Format([.. files.Select(SyntaxTree.Parse)]);
            foreach (var (file, text) in files.Zip(texts)) Expect.Text(file.Text, text);
        }
    }

    [Fact]
    public void Layout_does_not_matter()
    {
        foreach (var (text, number) in Valid().Select((t, i) => (t, i)))
            for (var seed = 0; seed < 2; seed++)
                Expect.Text(Format(text), Format(new LayoutScrambler(new Random((number * 2) + seed)).Scramble(text)));
    }

    [Fact]
    public void Formatting_keeps_what_the_schema_means()
    {
        foreach (var text in Valid()) Expect.Text(Meaning(text)!, Meaning(Format(text))!);
    }

    [Fact]
    public void Formatting_a_valid_schema_settles_at_the_second_time()
    {
        foreach (var text in Valid())
        {
            // The first time may leave an empty line where a block attribute stood, as in the engine.
            var twice = Format(Format(text));
            Expect.Text(twice, Format(twice));
        }
    }

    private static string Format(string text) => SchemaFormatter.Format([SyntaxTree.Parse(SourceText.From("schema.prisma", text))])[0];

    /// <summary>The schemas of the corpus that compile alone, with a datasource where they have none.</summary>
    private static List<string> Valid()
    {
        var texts = SchemaCorpus.Texts.Select(t => t.Contains("datasource ", StringComparison.Ordinal) ? t : $"datasource db {{\n  provider = \"postgresql\"\n}}\n\n{t}");
        var valid = texts.Where(t => Meaning(t) is not null).ToList();
        Assert.True(valid.Count > 60, $"Only {valid.Count} schemas of the corpus compile.");
        return valid;
    }

    /// <summary>The database that the schema describes, as text; null where it is not valid.</summary>
    private static string? Meaning(string text)
    {
        var compilation = SchemaCompiler.Compile([SourceText.From("schema.prisma", text)]);
        if (compilation.Model is not { Datasource: { } datasource } model) return null;
        Dialect dialect = datasource.Provider == Provider.Sqlite ? SqliteDialect.Instance : PostgresDialect.Instance;
        return CanonicalJson.Write(SchemaCalculator.Calculate(model, dialect));
    }
}
