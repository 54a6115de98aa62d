using Ploy.Core.Diagnostics;
using Ploy.Sqlite.Sessions;
using Xunit;

namespace Ploy.Unit.Tests.Sqlite;

public sealed class SqliteAddressTests
{
    [Theory]
    [InlineData("file:./dev.db", "/base/dev.db", "file:./dev.db")]
    [InlineData("file:dev.db?connection_limit=1&socket_timeout=7", "/base/dev.db", "file:dev.db")]
    [InlineData("file:../a b/dev%20.db", "/a b/dev%20.db", "file:../a b/dev%20.db")]
    [InlineData("file:/abs/dev.db", "/abs/dev.db", "file:/abs/dev.db")]
    [InlineData("file:///abs/dev.db", "/abs/dev.db", "file:/abs/dev.db")]
    [InlineData("sqlite:dev.db", "/base/dev.db", "file:dev.db")]
    [InlineData("Data Source=data/dev.db", "/base/data/dev.db", "file:data/dev.db")]
    [InlineData("Filename=dev.db;Mode=ReadOnly;Pooling=True", "/base/dev.db", "file:dev.db")]
    [InlineData("Data Source=file:dev.db", "/base/dev.db", "file:dev.db")]
    public void A_path_is_relative_to_the_base_directory(string connection, string path, string location)
    {
        var address = SqliteAddressParser.Parse(connection, "/base");
        Assert.Equal(("sqlite", path, Path.GetFileName(path), location), (address.Provider, address.FilePath?.Replace('\\', '/'), address.Database, address.Location));
        Assert.Contains("Pooling=False", address.ConnectionString, StringComparison.Ordinal);
        Assert.Empty(address.Warnings);
    }

    [Theory]
    [InlineData(":memory:")]
    [InlineData("file::memory:")]
    [InlineData("Data Source=:memory:")]
    [InlineData("file:x?mode=memory")]
    public void A_database_in_memory_has_no_path(string connection)
    {
        var address = SqliteAddressParser.Parse(connection, "/base");
        Assert.Equal((null, ":memory:", "file::memory:"), (address.FilePath, address.Database, address.Location));
    }

    [Fact]
    public void A_parameter_without_meaning_is_a_warning() =>
        Assert.Equal(
            ["The parameter `sslmode` of the connection string means nothing for SQLite."],
            SqliteAddressParser.Parse("file:a.db?sslmode=require", "/base").Warnings.AsEnumerable());

    [Theory]
    [InlineData("", "The database connection string is invalid: it is empty.")]
    [InlineData("dev.db", "The database connection string is invalid: it is neither a `file:` URL nor a .NET connection string.")]
    [InlineData("postgresql://u:p@h/db", "The database connection string is invalid: it is that of a PostgreSQL database, but the schema's provider is `sqlite`.")]
    [InlineData("mysql://u:p@h/db", "The database connection string is invalid: it begins with `mysql://`, not with `file:` or `sqlite:`.")]
    [InlineData("file:", "The database connection string is invalid: the path is missing.")]
    [InlineData("file:?mode=ro", "The database connection string is invalid: the path is missing.")]
    [InlineData("Mode=ReadOnly", "The database connection string is invalid: `Data Source` is missing.")]
    [InlineData("file:a.db?socket_timeout=soon", "The database connection string is invalid: `socket_timeout` is not a number of seconds.")]
    public void What_does_not_parse_is_P1013(string connection, string message)
    {
        var exception = Assert.Throws<PloyException>(() => SqliteAddressParser.Parse(connection, "/base"));
        Assert.Equal(("P1013", message), (exception.Code, exception.Message));
    }
}
