using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>Each wrong input: one clear error with its code, exit 1, and the folder as it was.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Datasource = "datasource db {\n  provider = \"postgresql\"\n}\n";
    private const string Model = "model A {\n  id Int @id\n}\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task No_schema_at_all() => RefusedAsync("PLOY2003", "ploy init", "validate");

    [Fact]
    public Task A_schema_path_that_does_not_exist() => RefusedAsync("PLOY2005", "`nope`", "validate", "--schema", "nope");

    [Fact]
    public Task A_folder_without_schema_files()
    {
        Directory.CreateDirectory(_folder.PathOf("prisma", "schema"));
        return RefusedAsync("P1012", "holds no `.prisma` file", "validate");
    }

    [Fact]
    public Task A_folder_without_a_datasource()
    {
        _folder.Write("prisma/schema/a.prisma", Model);
        return RefusedAsync("P1012", "`datasource` block", "validate");
    }

    [Fact]
    public Task Two_places_for_the_schema()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        _folder.Write("prisma/schema.prisma", Datasource + Model);
        return RefusedAsync("PLOY2004", "`schema.prisma`, `prisma/schema.prisma`", "validate");
    }

    [Fact]
    public Task A_file_that_is_no_text()
    {
        File.WriteAllBytes(_folder.PathOf("schema.prisma"), [0x64, 0xff, 0xfe, 0x00]);
        return RefusedAsync("PLOY2009", "byte 1", "validate");
    }

    [Fact]
    public Task An_unknown_key_in_the_configuration()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        _folder.Write("ploy.toml", "[datasource]\nulr = \"x\"\n");
        return RefusedAsync("PLOY2001", "ploy.toml:2:1", "validate");
    }

    [Fact]
    public Task A_configuration_that_only_running_it_would_tell()
    {
        _folder.Write("prisma.config.ts", "export default defineConfig({ schema: pick() })\n");
        return RefusedAsync("PLOY2002", "prisma.config.ts:1:39", "validate");
    }

    [Fact]
    public Task A_variable_that_is_not_set()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"postgresql\"\n  url = env(\"PLOY_TEST_NOWHERE\")\n}\n" + Model);
        return RefusedAsync("P1012", "`PLOY_TEST_NOWHERE`", "migrate", "status");
    }

    [Fact]
    public Task No_database_at_all()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        return RefusedAsync("PLOY2008", "--url", "migrate", "status");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("postgresql://localhost:port/x")]
    [InlineData("postgresql://localhost:99999999/x")]
    public Task A_url_that_does_not_parse(string url)
    {
        _folder.Write("schema.prisma", Datasource + Model);
        return RefusedAsync("P1013", "connection string", "migrate", "status", "--url", url);
    }

    [Fact]
    public async Task A_server_that_is_not_there()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        await RefusedAsync("P1001", "cannot be reached", "migrate", "status", "--url", "postgresql://u:geheim@127.0.0.1:1/x");
    }

    [Fact]
    public async Task A_server_that_does_not_answer()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await RefusedAsync("P1001", $"127.0.0.1:{port}", "migrate", "deploy", "--url", $"postgresql://u:geheim@127.0.0.1:{port}/x?connect_timeout=1");
    }

    [Fact]
    public async Task A_database_that_is_missing()
    {
        await using var database = await TemporaryDatabase.PostgresAsync();
        _folder.Write("schema.prisma", Datasource + Model);
        await RefusedAsync("P1003", "does not exist", "migrate", "status", "--url", database.Server.Url("ploy_no_such_database"));
    }

    [Fact]
    public Task A_migration_without_its_script()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        Directory.CreateDirectory(_folder.PathOf("migrations", "20200101000000_x"));
        return RefusedAsync("P3015", "migrations/20200101000000_x/migration.sql", "migrate", "status", "--url", "postgresql://u@127.0.0.1:1/x");
    }

    [Theory]
    [InlineData("postgresql", "migration_lock.toml", "provider = \"mysql\"\n", "P3019")]
    [InlineData("postgresql", "20200101000000_x/readme.txt", "", "P3015")]
    [InlineData("postgresql", "20200101000000_x/migration.sql", "SELEC 1;", "P3006")]
    [InlineData("sqlite", "migration_lock.toml", "provider = \"mysql\"\n", "P3019")]
    [InlineData("sqlite", "20200101000000_x/readme.txt", "", "P3015")]
    [InlineData("sqlite", "20200101000000_x/migration.sql", "SELEC 1;", "P3006")]
    public async Task What_is_wrong_with_the_migrations_is_said_before_a_database_is_made(string provider, string file, string text, string code)
    {
        await using var server = await TemporaryDatabase.PostgresAsync();
        var url = provider == "sqlite" ? "file:./new.db" : server.Server.Url("ploy_never_made");
        _folder.Write("schema.prisma", Datasource.Replace("postgresql", provider, StringComparison.Ordinal) + Model);
        _folder.Write("migrations/" + file, text);
        await RefusedAsync(code, "migration", "migrate", "dev", "--name", "x", "--url", url);
        if (provider == "postgresql") Assert.Equal(["0"], await server.RowsAsync("SELECT count(*) FROM pg_database WHERE datname = 'ploy_never_made'"));
    }

    [Fact]
    public Task A_history_of_the_other_product()
    {
        _folder.Write("schema.prisma", Datasource + Model);
        _folder.Write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
        return RefusedAsync("P3019", "`sqlite`", "migrate", "deploy", "--url", "postgresql://u@127.0.0.1:1/x");
    }

    [Theory]
    [InlineData("migrations", "x", "PLOY2101", "`migrations` is a file, where the folder of the migrations is looked for.")]
    [InlineData("migrations/20200101000000_x/migration.sql/x", "x", "PLOY2101", "`migrations/20200101000000_x/migration.sql` is a folder")]
    [InlineData("migrations/migration_lock.toml", "hello\n", "PLOY2208", "`migrations/migration_lock.toml` does not say what product")]
    [InlineData("migrations/migration_lock.toml", "provider =\n", "PLOY2208", "`provider = \"...\"`")]
    [InlineData("migrations/migration_lock.toml", "provider = \"mysql\"\n", "P3019", "made for `mysql`")]
    public async Task A_folder_of_migrations_that_is_none(string file, string text, string code, string message)
    {
        _folder.Write("schema.prisma", Datasource + Model);
        _folder.Write(file, text);
        foreach (var verb in (string[])["deploy", "status"])
            await RefusedAsync(code, message, "migrate", verb, "--url", "postgresql://u@127.0.0.1:1/x");
    }

    [Theory]
    [InlineData("ploy.toml", "[schmea]\npath = \"x\"\n", "PLOY2001", "There is no table `[schmea]`")]
    [InlineData("ploy.toml", "[schema\n", "PLOY2001", "This is no TOML")]
    [InlineData("ploy.toml", "[schema]\npath = 3\n", "PLOY2001", "ploy.toml:2:8")]
    [InlineData("ploy.toml", "[schema]\npath = \"nope\"\n", "PLOY2005", "`nope`, which `[schema] path` in `ploy.toml` names")]
    [InlineData("prisma.config.ts", "export default {{{", "PLOY2002", "exports no object")]
    [InlineData("prisma.config.ts", "", "PLOY2002", "exports no object")]
    [InlineData("schema.prisma", "", "P1012", "No file of `schema.prisma` has a `datasource` block.")]
    [InlineData("schema.prisma", "datasource db {\n  provider = \"mysql\"\n}\n", "P1012", "only for `postgresql` and `sqlite`")]
    public Task A_file_with_other_contents(string file, string text, string code, string message)
    {
        _folder.Write("schema.prisma", Datasource + Model);
        _folder.Write(file, text);
        return RefusedAsync(code, message, "validate");
    }

    [Fact]
    public async Task Byte_order_marks_and_the_other_ends_of_lines_are_read()
    {
        _folder.Write("schema.prisma", "\ufeff" + (Datasource + Model).Replace("\n", "\r\n", StringComparison.Ordinal));
        (await PloyProgram.RunAsync(_folder.Root, "validate")).Expect(0);
    }

    [Fact]
    public async Task A_schema_comes_through_a_pipe()
    {
        if (OperatingSystem.IsWindows()) return; // there are no such files
        var pipe = _folder.PathOf("pipe.prisma");
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var written = Task.Run(() => File.WriteAllText(pipe, "datasource db {\n  provider = \"sqlite\"\n}\n"), TestContext.Current.CancellationToken);
        (await InProcess.RunAsync(_folder.Root, "validate", "--schema", "pipe.prisma")).Expect(0);
        await written;
    }

    [Fact]
    public Task A_link_to_itself()
    {
        if (OperatingSystem.IsWindows()) return Task.CompletedTask; // making a link needs a right there
        File.CreateSymbolicLink(_folder.PathOf("schema.prisma"), "schema.prisma");
        return RefusedAsync("PLOY2009", "`schema.prisma` cannot be read", "validate", "--schema", "schema.prisma");
    }

    [Fact]
    public async Task A_line_of_many_megabytes_is_shown_in_part()
    {
        _folder.Write("schema.prisma", Datasource + Model + new string('a', 5_000_000));
        var result = await PloyProgram.RunAsync(_folder.Root, "validate");
        Assert.Equal(1, result.ExitCode);
        Assert.InRange(result.Error.Length, 100, 2_000);
    }

    [Theory]
    [InlineData("no.db", "this is no database at all, and never was one", "PLOY2320", "is no SQLite database")]
    [InlineData("no.db/x", "x", "P3000", "there is a folder")]
    public Task A_path_that_is_no_database(string file, string text, string code, string message)
    {
        _folder.Write("schema.prisma", Datasource.Replace("postgresql", "sqlite", StringComparison.Ordinal) + Model);
        _folder.Write(file, text);
        return RefusedAsync(code, message, "migrate", "deploy", "--url", "file:./no.db");
    }

    [Fact]
    public async Task A_broken_schema_is_shown_with_place_excerpt_and_caret()
    {
        _folder.Write("schema.prisma", Datasource + "model A {\n  id Int @id\n  x String @\n}\n");
        var result = await PloyProgram.RunAsync(_folder.Root, "validate");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("schema.prisma:6:3", result.Error, StringComparison.Ordinal);
        Assert.Contains("6 │   x String @\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("error[P1012]", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no `dif` here.\n  = help: Did you mean `diff`? See `ploy migrate --help`.", "migrate", "dif")]
    [InlineData("There is no `migrat` here.\n  = help: Did you mean `migrate`? See `ploy --help`.", "migrat", "dev")]
    [InlineData("There is no `--nmae` here.\n  = help: Did you mean `--name`? See `ploy migrate dev --help`.", "migrate", "dev", "--nmae", "x")]
    [InlineData("There is no `--shema` here.\n  = help: Did you mean `--schema`? See", "validate", "--shema", "x")]
    [InlineData("There is no `frobnicate` here.\n  = help: See `ploy --help`.", "frobnicate")]
    [InlineData("There is no completion for `tcsh`.\n  = help: Give one of `bash`, `zsh`, `fish`, `powershell`.", "completion", "tcsh")]
    [InlineData("There is no code `P30009`.\n  = help: Did you mean `P3000`?", "explain", "P30009")]
    [InlineData("`migrate diff` needs to know what it compares", "migrate", "diff", "--from-empty")]
    [InlineData("Both sides are empty", "migrate", "diff", "--from-empty", "--to-empty")]
    public Task A_command_line_that_is_wrong(string message, params string[] arguments)
    {
        _folder.Write("schema.prisma", Datasource + Model);
        return RefusedAsync(null, message, arguments);
    }

    [Fact]
    public async Task As_json_an_error_is_one_object()
    {
        var result = await PloyProgram.RunAsync(_folder.Root, "validate", "--json");
        Assert.Equal(1, result.ExitCode);
        using var json = System.Text.Json.JsonDocument.Parse(Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("error", json.RootElement.GetProperty("type").GetString());
        Assert.Equal("PLOY2003", json.RootElement.GetProperty("code").GetString());
    }

    private async Task RefusedAsync(string? code, string text, params string[] arguments)
    {
        var before = _folder.Files();
        var result = await PloyProgram.RunAsync(_folder.Root, arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(code is null ? "error[" : $"error[{code}]", result.Error, StringComparison.Ordinal);
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n'), line => line.StartsWith("error", StringComparison.Ordinal));
        Assert.DoesNotContain("geheim", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Files());
    }
}
