using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Columns with rows get another type, where the engine's script is made for empty tables or says nothing.</summary>
public sealed class ChangedTypeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_enum_loses_a_label_while_columns_of_it_become_lists_and_values()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await DevAsync(database, "enum Day {\n  MON\n  TUE\n  WED\n}\n", "one Day\n  two Day?\n  many Day[]\n  few Day[]");
        (await RunAsync("db", "mark", "--disposable", "--url", database.Url)).Expect(0);
        await database.ExecuteAsync("INSERT INTO \"Shop\" VALUES (1, 'MON', NULL, '{TUE}', '{}'), (2, 'TUE', 'MON', '{MON}', '{TUE}')");
        await DevAsync(database, "enum Day {\n  MON\n  TUE\n}\n", "one Day[]\n  two Day[]\n  many Day\n  few Day?");
        Assert.Equal(
            ["1|{MON}|{}|TUE|", "2|{TUE}|{MON}|MON|TUE"],
            await database.RowsAsync("SELECT id, one::text, two::text, many::text, coalesce(few::text, '') FROM \"Shop\" ORDER BY id"));
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", database.Url)).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_an_enum_become_lists_without_a_question()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await DevAsync(database, "enum Day {\n  MON\n  TUE\n}\n", "one Day");
        await database.ExecuteAsync("INSERT INTO \"Shop\" VALUES (1, 'TUE')");
        Write("enum Day {\n  MON\n  TUE\n}\n", "one Day[]");
        (await RunAsync("migrate", "dev", "--name", "lists", "--url", database.Url)).Expect(0);
        Assert.Equal(["1|{TUE}"], await database.RowsAsync("SELECT id, one::text FROM \"Shop\""));
    }

    [Fact]
    public async Task A_type_outside_the_language_that_says_no_length_keeps_the_databases()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        await DevAsync(database, "", "takes Unsupported(\"interval(3)\")?");
        Write("", "takes Unsupported(\"interval\")?");
        Assert.Contains("there was nothing to do", (await RunAsync("migrate", "dev", "--url", database.Url)).Expect(0).Output, StringComparison.Ordinal);
        Write("", "takes Unsupported(\"interval(4)\")?");
        (await RunAsync("migrate", "dev", "--name", "longer", "--accept-data-loss", "--url", database.Url)).Expect(0);
        Assert.Equal(["interval(4)"], await database.RowsAsync("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attname = 'takes'"));
    }

    private async Task DevAsync(TemporaryDatabase database, string types, string fields)
    {
        Write(types, fields);
        (await RunAsync("migrate", "dev", "--name", "next", "--accept-data-loss", "--url", database.Url)).Expect(0);
    }

    private void Write(string types, string fields) =>
        _folder.Write("schema.prisma", $"datasource db {{\n  provider = \"postgresql\"\n}}\n{types}model Shop {{\n  id Int @id\n  {fields}\n}}\n");

    private Task<ProcessResult> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder.Root, arguments);
}
