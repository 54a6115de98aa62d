using Npgsql;
using Ploy.Testing;
using Xunit;

namespace Ploy.Conformance.Tests.Testing;

public sealed class TemporaryDatabaseTests
{
    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Two_databases_do_not_see_each_other(string provider)
    {
        await using var one = await TemporaryDatabase.CreateAsync(provider);
        await using var two = await TemporaryDatabase.CreateAsync(provider);
        await one.ExecuteAsync("CREATE TABLE t (b INTEGER, a TEXT); INSERT INTO t VALUES (1, NULL), (2, 'x')");
        await two.ExecuteAsync("CREATE TABLE t (b INTEGER)");
        Assert.Equal(["1|NULL", "2|x"], await one.RowsAsync("SELECT * FROM t ORDER BY b"));
        Assert.Empty(await two.RowsAsync("SELECT * FROM t"));
        Assert.NotEqual(await one.DumpAsync(), await two.DumpAsync());
    }

    [Fact]
    public async Task The_order_of_columns_is_no_difference_between_dumps()
    {
        await using var one = await TemporaryDatabase.PostgresAsync();
        await using var two = await TemporaryDatabase.PostgresAsync();
        await one.ExecuteAsync("CREATE TABLE t (a INTEGER, b TEXT)");
        await two.ExecuteAsync("CREATE TABLE t (b TEXT); ALTER TABLE t ADD COLUMN a INTEGER");
        Assert.Equal(await one.DumpAsync(), await two.DumpAsync());
        await two.ExecuteAsync("ALTER TABLE t ALTER COLUMN a SET NOT NULL");
        Assert.NotEqual(await one.DumpAsync(), await two.DumpAsync());
    }

    [Fact]
    public async Task A_copy_of_a_template_has_its_rows()
    {
        await using var template = await TemporaryDatabase.PostgresAsync();
        await template.ExecuteAsync("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (7)");
        await using var copy = await TemporaryDatabase.PostgresAsync(template.Name);
        Assert.Equal(["7"], await copy.RowsAsync("SELECT a FROM t"));
    }

    [Fact]
    public async Task Names_are_kept_in_UTF8_and_cut_at_whole_characters()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.ExecuteAsync($"CREATE TABLE \"{new string('ä', 40)}\" ()");
        Assert.Equal([new string('ä', 31)], await database.RowsAsync("SELECT relname FROM pg_class WHERE relname LIKE 'ä%'"));
    }

    [Fact]
    public async Task A_role_with_a_password_must_give_it()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await database.Server.CreatePasswordRoleAsync("clerk", "right");
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = database.Server.Port, Username = "clerk", Password = "right", Database = database.Name, Pooling = false,
        };
        await using (var connection = new NpgsqlConnection(address.ConnectionString))
            await connection.OpenAsync(TestContext.Current.CancellationToken);
        address.Password = "wrong";
        await using var refused = new NpgsqlConnection(address.ConnectionString);
        var error = await Assert.ThrowsAsync<PostgresException>(() => refused.OpenAsync(TestContext.Current.CancellationToken));
        Assert.Equal("28P01", error.SqlState);
    }
}
