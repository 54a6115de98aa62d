using System.Text.Json;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>The verbs around the main job.</summary>
public sealed class OtherVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_begins_a_project_that_can_be_migrated_at_once()
    {
        (await InProcess.RunAsync(_folder.Root, "init")).Expect(0);
        Assert.Equal([".env", ".gitignore", "ploy.toml", "prisma/schema/base.prisma"], _folder.Files());
        (await InProcess.RunAsync(_folder.Root, "validate")).Expect(0);
        (await InProcess.RunAsync(_folder.Root, "format", "--check")).Expect(0);
        _folder.Write("prisma/schema/shop.prisma", "model A {\n  id Int @id\n}\n");
        (await InProcess.RunAsync(_folder.Root, "migrate", "dev")).Expect(0);
        Assert.Contains("prisma/dev.db", _folder.Files());
    }

    [Fact]
    public async Task Init_overwrites_nothing()
    {
        _folder.Write("prisma/schema.prisma", "// mine\n");
        var run = (await InProcess.RunAsync(_folder.Root, "init")).Expect(1);
        Assert.Contains("error[PLOY2013]", run.Error, StringComparison.Ordinal);
        Assert.Equal(["prisma/schema.prisma"], _folder.Files());
    }

    [Fact]
    public async Task Two_schemas_are_compared_where_there_is_no_project()
    {
        _folder.Write("a/one.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n\nmodel A {\n  id Int @id\n}\n");
        _folder.Write("b/base.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("b/two.prisma", "model A {\n  id Int @id\n  name String?\n}\n");
        const string script = "-- AlterTable\nALTER TABLE \"A\" ADD COLUMN     \"name\" TEXT;\n";
        Assert.Equal(script, (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-schema", "a", "--to-schema", "b/", "--script")).Expect(0).Output);
        Assert.Contains("CREATE TABLE \"A\"", (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-empty", "--to-schema", "a/one.prisma", "--script")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_a_difference_is_its_steps_and_their_statements()
    {
        const string Head = "datasource db {\n  provider = \"postgresql\"\n}\n\n";
        _folder.Write("a.prisma", Head + "model Car {\n  id   Int @id\n  name String @unique(map: \"by_name\")\n  size Int\n}\n");
        _folder.Write("b.prisma", Head + "model Car {\n  id   Int @id\n  name String? @unique\n  kind Kind @default(SMALL)\n}\n\nenum Kind {\n  SMALL\n}\n");
        var output = (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-schema", "a.prisma", "--to-schema", "b.prisma", "--json")).Expect(0).Output;
        using var result = JsonDocument.Parse(output);
        Expect.Text(
            """
            {"step":"CreateEnum","name":"Kind","added":["SMALL"],"statements":["CREATE TYPE \"Kind\" AS ENUM ('SMALL')"]}
            {"step":"AlterTable","name":"Car","changes":[{"step":"DropColumn","name":"size"},{"step":"AddColumn","name":"kind"},{"step":"AlterColumn","name":"name","aspects":["arity"]}],"statements":["ALTER TABLE \"Car\" DROP COLUMN \"size\",\nADD COLUMN     \"kind\" \"Kind\" NOT NULL DEFAULT 'SMALL',\nALTER COLUMN \"name\" DROP NOT NULL"]}
            {"step":"RenameIndex","table":"Car","name":"by_name","newName":"Car_name_key","statements":["ALTER INDEX \"by_name\" RENAME TO \"Car_name_key\""]}
            """,
            string.Join('\n', result.RootElement.GetProperty("changes").EnumerateArray().Select(c => c.GetRawText())));
    }

    [Fact]
    public async Task A_database_is_compared_with_a_schema_where_there_is_no_project()
    {
        _folder.Write("elsewhere/a.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel A {\n  id Int @id\n}\n");
        (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-empty", "--to-schema", "elsewhere/a.prisma", "--script", "-o", "a.sql")).Expect(0);
        File.WriteAllBytes(_folder.PathOf("a.db"), []); // an empty database
        (await InProcess.RunAsync(_folder.Root, "db", "execute", "--file", "a.sql", "--url", "file:./a.db")).Expect(0);
        (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-url", "file:./a.db", "--to-schema", "elsewhere/a.prisma", "--exit-code")).Expect(0);
        (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-schema", "elsewhere/a.prisma", "--to-url", "file:./a.db", "--exit-code")).Expect(0);
        Assert.Equal(2, (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-url", "file:./a.db", "--to-empty", "--exit-code")).ExitCode);
    }

    [Fact]
    public async Task Two_schemas_of_two_products_are_not_compared()
    {
        _folder.Write("a.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
        _folder.Write("b.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
        var run = (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-schema", "a.prisma", "--to-schema", "b.prisma", "--script")).Expect(1);
        Assert.Contains("error[PLOY2207]: The two sides are of two products: `postgresql` and `sqlite`.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_a_page()
    {
        var page = (await InProcess.RunAsync(_folder.Root, "explain", "p3009")).Expect(0);
        Assert.StartsWith("# P3009", page.Output, StringComparison.Ordinal);
        Assert.Contains("error[PLOY2012]", (await InProcess.RunAsync(_folder.Root, "explain", "P9999")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  migrate ")]
    [InlineData("  deploy ", "migrate")]
    public async Task A_group_alone_says_what_it_holds(string text, params string[] arguments) =>
        Assert.Contains(text, (await InProcess.RunAsync(_folder.Root, arguments)).Expect(0).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    [InlineData("pwsh")]
    public async Task Completion_scripts_ask_the_program(string shell) =>
        Assert.Contains("[suggest:", (await InProcess.RunAsync(_folder.Root, "completion", shell)).Expect(0).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Completion_works_in_a_shell()
    {
        if (OperatingSystem.IsWindows()) return; // no bash there
        _folder.Write("ploy.bash", (await InProcess.RunAsync(_folder.Root, "completion", "bash")).Expect(0).Output);
        const string ask = "source ./ploy.bash; COMP_WORDS=(ploy migrate re); COMP_CWORD=2; COMP_LINE='ploy migrate re'; COMP_POINT=15; _ploy; echo \"${COMPREPLY[*]}\"";
        var run = await ChildProcess.RunAsync(new ProcessCall
        {
            Program = "bash",
            Directory = _folder.Root,
            Arguments = ["-c", ask],
            Environment = new Dictionary<string, string?> { ["PATH"] = Path.GetDirectoryName(PloyProgram.ProgramPath) + ":" + Environment.GetEnvironmentVariable("PATH") },
        });
        Assert.Equal(["reset", "resolve"], run.Expect(0).Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_program_suggests_what_may_follow()
    {
        var run = (await PloyProgram.RunAsync(_folder.Root, "[suggest:13]", "ploy migrate d")).Expect(0);
        Assert.Equal(["deploy", "dev", "diff", "doctor"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(s => s.StartsWith('d')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Generate_writes_what_changed_and_deletes_only_its_own()
    {
        _folder.Write("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\ngenerator client {\n  provider = \"ploy-client\"\n  output = \"client\"\n}\n\nmodel A {\n  id Int @id\n}\n\nmodel B {\n  id Int @id\n}\n");
        (await InProcess.RunAsync(_folder.Root, "generate")).Expect(0);
        var first = _folder.Files().Where(f => f.StartsWith("client/", StringComparison.Ordinal)).ToList();
        Assert.Contains(first, f => f.EndsWith("/B.cs", StringComparison.Ordinal));
        Assert.Contains("up to date", (await InProcess.RunAsync(_folder.Root, "generate")).Expect(0).Output, StringComparison.Ordinal);
        _folder.Write("client/Mine.cs", "// mine\n");
        _folder.Write("schema.prisma", _folder.Read("schema.prisma").Replace("model B {\n  id Int @id\n}\n", "", StringComparison.Ordinal));

        (await InProcess.RunAsync(_folder.Root, "generate")).Expect(0);

        Assert.Equal(first.Where(f => !f.EndsWith("/B.cs", StringComparison.Ordinal) && !f.EndsWith("/BConfiguration.cs", StringComparison.Ordinal)).Append("client/Mine.cs").Order(StringComparer.Ordinal),
            _folder.Files().Where(f => f.StartsWith("client/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Both_generations_flags_mean_the_same()
    {
        _folder.Write("a.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel A {\n  id Int @id\n}\n");
        var seven = (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-empty", "--to-schema", "a.prisma", "--script")).Expect(0);
        var six = (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-empty", "--to-schema-datamodel", "a.prisma", "--script", "-o", "out/x.sql")).Expect(0);
        Assert.Contains("CREATE TABLE \"A\"", seven.Output, StringComparison.Ordinal);
        Assert.Equal("", six.Output);
        Assert.Equal(seven.Output, _folder.Read("out/x.sql"));
        Assert.Equal(2, (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-empty", "--to-schema", "a.prisma", "--exit-code")).ExitCode);
        (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-schema", "a.prisma", "--to-schema", "a.prisma", "--exit-code")).Expect(0);
    }
}
