using Ploy.Core;
using Ploy.Relational.Model;
using Ploy.Sqlite;
using Ploy.Sqlite.Introspection;
using Ploy.Sqlite.Rendering;
using Ploy.Sqlite.Scripts;
using Xunit;

namespace Ploy.Unit.Tests.Sqlite;

public sealed class SqliteDefaultTests
{
    public static TheoryData<string, TypeFamily, DefaultValue?> Written => new()
    {
        { "5", TypeFamily.Int, Number("5") },
        { "(-05)", TypeFamily.BigInt, Number("-5") },
        { "+.5", TypeFamily.Float, Number("0.5") },
        { "1.50", TypeFamily.Decimal, Number("1.50") },
        { "1e3", TypeFamily.Float, Number("1000") },
        { "1+1", TypeFamily.Int, Expression("1+1") },
        { "true", TypeFamily.Boolean, new DefaultValue.Literal(new LiteralValue.Boolean(true)) },
        { "0", TypeFamily.Boolean, new DefaultValue.Literal(new LiteralValue.Boolean(false)) },
        { "'it''s'", TypeFamily.String, Text("it's") },
        { "\"a\"\"b\"", TypeFamily.String, Text("a\"b") },
        { "abc", TypeFamily.String, Text("abc") },
        { "CURRENT_DATE", TypeFamily.String, Expression("CURRENT_DATE") },
        { "lower('X')", TypeFamily.String, Expression("lower('X')") },
        { "( 'a' || 'b' )", TypeFamily.String, Expression("'a' || 'b'") },
        { "x'6869'", TypeFamily.String, Expression("x'6869'") },
        { "NULL", TypeFamily.String, null },
        { "current_timestamp", TypeFamily.DateTime, new DefaultValue.Now() },
        { "'2020-01-01'", TypeFamily.DateTime, Expression("'2020-01-01'") },
        { "X'6869'", TypeFamily.Binary, new DefaultValue.Literal(new LiteralValue.Bytes(new EquatableArray<byte>([0x68, 0x69]))) },
        { "'6869'", TypeFamily.Binary, Expression("'6869'") },
        { "'{\"a\": 1}'", TypeFamily.Json, Text("{\"a\": 1}") },
        { "[]", TypeFamily.Json, Text("[]") },
        { "1", TypeFamily.Json, Text("1") },
        { "json('[]')", TypeFamily.Json, Expression("json('[]')") },
    };

    [Theory, MemberData(nameof(Written))]
    public void A_default_is_read_as_it_was_meant(string written, TypeFamily family, DefaultValue? expected) => Assert.Equal(expected, DefaultParser.Parse(written, family));

    [Theory]
    [InlineData("(a) + (b)", "(a) + (b)")]
    [InlineData(" ((a)) ", "(a)")]
    [InlineData("(')')", "')'")]
    [InlineData("-1", "-1")]
    public void Only_parentheses_around_the_whole_are_taken_off(string written, string bare) => Assert.Equal(bare, SqliteExpressions.Bare(written));

    public static TheoryData<DefaultValue, TypeFamily, string?> Values => new()
    {
        { Text("{}"), TypeFamily.Json, "'{}'" },
        { Text("[]"), TypeFamily.Json, "'[]'" },
        { Text("\"it's\""), TypeFamily.Json, "'\"it''s\"'" },
        { Text("true"), TypeFamily.Json, "'true'" },
        { Text("-1.5e3"), TypeFamily.Json, "-1.5e3" },
        { Text("1"), TypeFamily.String, "'1'" },
        { new DefaultValue.Literal(new LiteralValue.Bytes(new EquatableArray<byte>([0x68, 0xff]))), TypeFamily.Binary, "X'68FF'" },
        { new DefaultValue.Now(), TypeFamily.DateTime, "CURRENT_TIMESTAMP" },
        { new DefaultValue.Unknown(), TypeFamily.String, null },
    };

    [Theory, MemberData(nameof(Values))]
    public void A_default_is_written_so_that_it_gives_its_value(DefaultValue value, TypeFamily family, string? expected) => Assert.Equal(expected, SqliteValues.Default(value, family));

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("[1, \"a\"]", "[1, \"a\"]")]
    [InlineData("\"it's\"", "\"it's\"")]
    [InlineData("false", "false")]
    [InlineData("1", "1")]
    [InlineData("{}", "'{}'")]
    [InlineData("[[]]", "'[[]]'")]
    [InlineData("[\"]\"]", "'[\"]\"]'")]
    [InlineData("\"\\\"\"", "'\"\\\"\"'")]
    [InlineData("null", "'null'")]
    [InlineData(" []", "' []'")]
    public void Between_two_files_json_is_bare_where_the_engines_script_runs(string json, string expected)
    {
        var column = new Column { Name = "a", Type = SqliteDialect.Instance.DefaultType(TypeFamily.Json, ColumnArity.Nullable), Default = Text(json) };
        var schema = SqliteDialect.Instance.BetweenFiles(DatabaseSchema.Empty with { Tables = [new Table { Name = new QualifiedName(null, "A"), Columns = [column] }] });
        Assert.Equal(expected, SqliteValues.Default(schema.Tables[0].Columns[0].Default!, TypeFamily.Json));
    }

    private static DefaultValue.Literal Number(string value) => new(new LiteralValue.Number(value));

    private static DefaultValue.Literal Text(string value) => new(new LiteralValue.Text(value));

    private static DefaultValue.Expression Expression(string text) => new(new SqlExpression(text));
}
