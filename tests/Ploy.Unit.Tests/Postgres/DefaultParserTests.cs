using Ploy.Postgres.Introspection;
using Ploy.Relational.Model;
using Xunit;

namespace Ploy.Unit.Tests.Postgres;

public sealed class DefaultParserTests
{
    [Theory]
    [InlineData("'abc'::text", TypeFamily.String, "Text abc")]
    [InlineData("'it''s'::character varying", TypeFamily.String, "Text it's")]
    [InlineData("'a\\b'::text", TypeFamily.String, "Text a\\b")]
    [InlineData("E'a\\\\b'::text", TypeFamily.String, "Text a\\b")]
    [InlineData("''::text", TypeFamily.String, "Text ")]
    [InlineData("('x'::character varying)::text", TypeFamily.String, "Text x")]
    [InlineData("'x'::character varying(3)", TypeFamily.String, "Text x")]
    [InlineData("'{\"a\": [1]}'::jsonb", TypeFamily.Json, "Text {\"a\": [1]}")]
    [InlineData("'2020-01-01 00:00:00'::timestamp without time zone", TypeFamily.DateTime, "Expression")]
    [InlineData("'12:00:00'::time(3) with time zone", TypeFamily.DateTime, "Expression")]
    [InlineData("'ab3dcd1a-0d34-4ae5-9f3a-1d1c6f3c8a10'::uuid", TypeFamily.Uuid, "Expression")]
    [InlineData("B'101'::\"bit\"", TypeFamily.String, "Expression")]
    [InlineData("1", TypeFamily.Int, "Number 1")]
    [InlineData("'-1'::integer", TypeFamily.Int, "Number -1")]
    [InlineData("(-1)", TypeFamily.Int, "Number -1")]
    [InlineData("(1)::bigint", TypeFamily.BigInt, "Number 1")]
    [InlineData("'9223372036854775807'::bigint", TypeFamily.BigInt, "Number 9223372036854775807")]
    [InlineData("1.50", TypeFamily.Decimal, "Number 1.50")]
    [InlineData("0.10", TypeFamily.Float, "Number 0.10")]
    [InlineData("('-1.5'::numeric)::double precision", TypeFamily.Float, "Number -1.5")]
    [InlineData("'-0.0'::numeric", TypeFamily.Decimal, "Number -0.0")]
    [InlineData("12345678901234567890.123456789012345678901234567890", TypeFamily.Decimal, "Number 12345678901234567890.123456789012345678901234567890")]
    [InlineData("'NaN'::double precision", TypeFamily.Float, "Expression")]
    [InlineData("true", TypeFamily.Boolean, "Boolean True")]
    [InlineData("false", TypeFamily.Boolean, "Boolean False")]
    [InlineData("'\\x6869'::bytea", TypeFamily.Binary, "Bytes 68 69")]
    [InlineData("'\\x'::bytea", TypeFamily.Binary, "Bytes ")]
    [InlineData("'\\x6'::bytea", TypeFamily.Binary, "Expression")]
    [InlineData("'A b'::public.\"Ro\"\"le.x\"", TypeFamily.Enum, "EnumLabel A b")]
    [InlineData("CURRENT_TIMESTAMP", TypeFamily.DateTime, "Now")]
    [InlineData("now()", TypeFamily.DateTime, "Now")]
    [InlineData("now()", TypeFamily.String, "Expression")]
    [InlineData("CURRENT_TIMESTAMP(3)", TypeFamily.DateTime, "Expression")]
    [InlineData("(now() + '1 day'::interval)", TypeFamily.DateTime, "Expression")]
    [InlineData("('a'::text || 'b'::text)", TypeFamily.String, "Expression")]
    [InlineData("('a'::text COLLATE \"C\")", TypeFamily.String, "Expression")]
    [InlineData("NULL::character varying", TypeFamily.String, "Expression")]
    [InlineData("(1 + 2)", TypeFamily.Int, "Expression")]
    [InlineData("'(1,2)'::point", TypeFamily.Unsupported, "Expression")]
    [InlineData("gen_random_uuid()", TypeFamily.Uuid, "Expression")]
    [InlineData("nextval('t_id_seq'::regclass)", TypeFamily.Int, "NextValue t_id_seq")]
    [InlineData("nextval('\"My s\".\"a\"\"b.c_seq\"'::regclass)", TypeFamily.BigInt, "NextValue My s.a\"b.c_seq")]
    [InlineData("nextval('s'::regclass)", TypeFamily.String, "Expression")]
    [InlineData("(nextval('s'::regclass) + 1)", TypeFamily.Int, "Expression")]
    [InlineData("((((((((((((((((((((((1))))))))))))))))))))))", TypeFamily.Int, "Expression")]
    [InlineData("'unclosed", TypeFamily.String, "Expression")]
    [InlineData("", TypeFamily.String, "Expression")]
    public void A_scalar_default_is_read(string printed, TypeFamily family, string expected) => Assert.Equal(expected, Show(DefaultParser.Parse(printed, family, isList: false)));

    [Theory]
    [InlineData("ARRAY['a'::text, 'b,\"c'::text]", TypeFamily.String, "List Text a|Text b,\"c")]
    [InlineData("ARRAY[]::text[]", TypeFamily.String, "List ")]
    [InlineData("'{}'::text[]", TypeFamily.String, "List ")]
    [InlineData("'{a,\"b c\",\"q\\\"\\\\\"}'::text[]", TypeFamily.String, "List Text a|Text b c|Text q\"\\")]
    [InlineData("(ARRAY['a'::character varying])::text[]", TypeFamily.String, "List Text a")]
    [InlineData("ARRAY[1, '-2'::integer, 3]", TypeFamily.Int, "List Number 1|Number -2|Number 3")]
    [InlineData("ARRAY[(1)::bigint, ('-2'::integer)::bigint]", TypeFamily.BigInt, "List Number 1|Number -2")]
    [InlineData("(ARRAY[1, 2])::smallint[]", TypeFamily.Int, "List Number 1|Number 2")]
    [InlineData("ARRAY[1.5, ('-2.5'::numeric)::double precision]", TypeFamily.Float, "List Number 1.5|Number -2.5")]
    [InlineData("ARRAY[true, false]", TypeFamily.Boolean, "List Boolean True|Boolean False")]
    [InlineData("ARRAY['A'::public.\"Role\"]", TypeFamily.Enum, "List EnumLabel A")]
    [InlineData("'{t,f}'::boolean[]", TypeFamily.Boolean, "List Boolean True|Boolean False")]
    [InlineData("ARRAY['\\x68'::bytea]", TypeFamily.Binary, "List Bytes 68")]
    [InlineData("'{NULL}'::text[]", TypeFamily.String, "Expression")]
    [InlineData("'{\"NULL\"}'::text[]", TypeFamily.String, "List Text NULL")]
    [InlineData("'{{a},{b}}'::text[]", TypeFamily.String, "Expression")]
    [InlineData("ARRAY[ARRAY[1], ARRAY[2]]", TypeFamily.Int, "Expression")]
    [InlineData("ARRAY[now()]", TypeFamily.DateTime, "Expression")]
    [InlineData("string_to_array('a'::text, 'b'::text)", TypeFamily.String, "Expression")]
    public void A_list_default_is_read(string printed, TypeFamily family, string expected) => Assert.Equal(expected, Show(DefaultParser.Parse(printed, family, isList: true)));

    private static string Show(DefaultValue value) => value switch
    {
        DefaultValue.Literal literal => Show(literal.Value),
        DefaultValue.NextValue next => "NextValue " + next.Sequence,
        _ => value.GetType().Name,
    };

    private static string Show(LiteralValue value) => value switch
    {
        LiteralValue.Text text => "Text " + text.Value,
        LiteralValue.Number number => "Number " + number.Value,
        LiteralValue.Boolean boolean => "Boolean " + boolean.Value,
        LiteralValue.EnumLabel label => "EnumLabel " + label.Value,
        LiteralValue.Bytes bytes => "Bytes " + string.Join(' ', bytes.Value.Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))),
        LiteralValue.List list => "List " + string.Join('|', list.Items.Select(Show)),
        _ => throw new InvalidOperationException(),
    };
}
