using Ploy.Postgres;
using Ploy.Relational.Model;
using Ploy.Relational.Objects;
using Ploy.Sqlite;
using Xunit;

namespace Ploy.Unit.Tests.Postgres;

/// <summary>Which object a statement of an object file makes.</summary>
public sealed class ObjectStatementTests
{
    [Theory]
    [InlineData("create or replace view a.\"B c\" as select 1", "view a.B c")]
    [InlineData("CREATE MATERIALIZED VIEW IF NOT EXISTS x AS SELECT 1", "materialized view x")]
    [InlineData("CREATE UNIQUE INDEX i ON ONLY s.mv USING btree (n) WHERE n > 1", "index i of s.mv")]
    [InlineData("CREATE TRIGGER t BEFORE UPDATE OF a, b ON s.\"T\" FOR EACH ROW EXECUTE FUNCTION f()", "trigger t of s.T")]
    [InlineData("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON x DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()", "trigger t of x")]
    [InlineData("CREATE SEQUENCE IF NOT EXISTS s START 1", "sequence s")]
    [InlineData("CREATE DOMAIN d AS text", "domain d")]
    [InlineData("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"", "extension uuid-ossp")]
    [InlineData("CREATE FUNCTION f(a int, b varchar(10) DEFAULT 'x,y', OUT c text, VARIADIC d timestamptz[]) RETURNS text AS $$ a $$", "function f(integer, character varying, timestamp with time zone[])")]
    [InlineData("CREATE FUNCTION f(double precision, x character varying, mood, s.mood, p_at timestamp(3) with time zone = now()) RETURNS int", "function f(double precision, character varying, public.mood, s.mood, timestamp with time zone)")]
    [InlineData("CREATE FUNCTION s.f() RETURNS int RETURN 1", "function s.f()")]
    [InlineData("CREATE PROCEDURE p(INOUT a int4, OUT b bool) LANGUAGE sql", "procedure p(integer, boolean)")]
    [InlineData("CREATE TABLE t (id int)", null)]
    [InlineData("GRANT SELECT ON t TO x", "grant t to x")]
    [InlineData("grant select (a, \"on\"), insert on table s.\"T t\" to group \"R\" with grant option", "grant s.T t to R")]
    [InlineData("GRANT ALL PRIVILEGES ON SEQUENCE q TO PUBLIC", "grant q to PUBLIC")]
    [InlineData("GRANT USAGE ON SCHEMA s TO x", "grant schema s to x")]
    [InlineData("GRANT EXECUTE ON FUNCTION s.f(a int, text DEFAULT ')') TO x", "grant s.f(integer, text) to x")]
    [InlineData("GRANT SELECT ON t, u TO x", null)]
    [InlineData("GRANT SELECT ON t TO x, y", null)]
    [InlineData("GRANT SELECT ON ALL TABLES IN SCHEMA s TO x", null)]
    [InlineData("GRANT USAGE ON SCHEMA public TO PUBLIC", null)]
    [InlineData("GRANT EXECUTE ON FUNCTION f() TO PUBLIC", null)]
    [InlineData("GRANT admins TO x", null)]
    [InlineData("REVOKE SELECT ON t FROM x", null)]
    [InlineData("CREATE FUNCTION f", null)]
    public void A_statement_names_its_object(string statement, string? expected) => Assert.Equal(expected, Describe(PostgresDialect.Instance.Objects.Identify(statement)));

    [Theory]
    [InlineData("CREATE VIEW IF NOT EXISTS [a b] AS SELECT 1", "view a b")]
    [InlineData("CREATE TRIGGER t AFTER UPDATE OF x ON main.y BEGIN SELECT 1; END", "trigger t of y")]
    [InlineData("CREATE TEMP VIEW v AS SELECT 1", null)]
    [InlineData("CREATE TABLE t (id)", null)]
    public void On_SQLite_views_and_triggers_are_held(string statement, string? expected) => Assert.Equal(expected, Describe(SqliteDialect.Instance.Objects.Identify(statement)));

    [Fact]
    public void None_comes_before_one_that_it_mentions()
    {
        var rules = PostgresDialect.Instance.Objects;
        string[] statements =
        [
            "CREATE VIEW a AS SELECT * FROM \"Z z\"", "CREATE VIEW \"Z z\" AS SELECT f()", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT count(*) FROM y $$",
            "CREATE VIEW y AS SELECT 1", "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
        ];
        var sorted = ObjectOrder.Sort(statements.Select(s => rules.Identify(s)!), rules);
        Assert.Equal(["y", "f()", "Z z", "a", "t"], sorted.Select(o => o.Name.Name));
    }

    private static string? Describe(SchemaObject? item) => item is null ? null : $"{item.Kind.Word()} {item.Name}{(item.Table is { } table ? $" of {table}" : "")}";
}
