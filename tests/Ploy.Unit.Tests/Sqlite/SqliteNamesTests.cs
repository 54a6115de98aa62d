using Ploy.Sqlite;
using Ploy.Sqlite.Sessions;
using Xunit;

namespace Ploy.Unit.Tests.Sqlite;

public sealed class SqliteNamesTests
{
    [Fact]
    public void Quotes_inside_names_and_texts_are_doubled()
    {
        Assert.Equal("\"a\"\"b'c\"", SqliteDialect.Instance.Quote("a\"b'c"));
        Assert.Equal("'a''b\"c'", SqliteNames.Literal("a'b\"c"));
    }
}
