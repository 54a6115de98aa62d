using System.CommandLine;
using System.Text;
using System.Text.Json;
using Ploy.Cli.Rendering;
using Ploy.Design.Commands;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary>What holds for every command: its help, its JSON, and what it does where the system plays it a trick.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Project = "datasource db {\n  provider = \"sqlite\"\n  url      = \"file:dev.db\"\n}\n\ngenerator client {\n  provider = \"ploy-client\"\n  output   = \"client\"\n}\n\nmodel A {\n  id Int @id\n}\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_command_says_what_it_and_its_options_do_in_sentences_and_gives_an_example()
    {
        var root = CommandTree.Create(Quiet(new StringWriter(), new StringWriter()), new DialectSet([SqliteDialect.Instance]));
        var commands = Below(root, []).ToList();
        Assert.True(commands.Count > 20);
        foreach (var (path, command) in commands)
        {
            foreach (var text in command.Options.Where(o => !o.Hidden).Select(o => o.Description).Concat(command.Arguments.Select(a => a.Description)).Append(command.Description))
                Assert.EndsWith(".", text, StringComparison.Ordinal);
            var help = (await InProcess.RunAsync(_folder.Root, [.. path, "--help"])).Expect(0).Output.ReplaceLineEndings("\n");
            Assert.Contains(path.Length > 0 && command is Verb ? $"\nExample:\n  ploy {string.Join(' ', path)}" : "\nExample:\n  ploy ", help, StringComparison.Ordinal);
            // A default stands in the sentence, as a user would write it.
            Assert.DoesNotContain("[default", help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_json_every_line_is_an_object_and_the_last_one_the_result_or_the_error()
    {
        _folder.Write("schema.prisma", Project);
        _folder.Write("query.sql", "DELETE FROM \"A\";\n");
        string[] calls =
        [
            "0 validate", "0 format", "0 format --check", "1 migrate status", "1 db pull --print", "0 migrate dev --name init", "0 migrate status", "0 migrate deploy",
            "0 migrate deploy --dry-run", "0 migrate doctor", "0 migrate script", "1 migrate resolve --applied x", "0 migrate diff --from-empty --to-schema schema.prisma", "0 db push",
            "0 db pull --print", "0 db execute --file query.sql", "0 db seed", "0 db mark", "0 generate", "0 generate --erd erd.svg", "0 migrate reset --force", "0 explain P1012", "1 explain P9",
            "0 completion zsh", "0 version", "1 init", "1 frob", "1 migrate diff", "1 db restore nothing", "0 eject --force",
        ];
        foreach (var call in calls)
        {
            var words = call.Split(' ');
            var run = await InProcess.RunAsync(_folder.Root, [.. words[1..], "--json"]);
            var types = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()).ToList();
            Assert.Equal($"{call}: {(words[0] == "0" ? "result" : "error")}", $"{run.ExitCode} {string.Join(' ', words[1..])}: {types[^1]}");
            Assert.Single(types, t => t is "result" or "error");
            Assert.Equal("", run.Error);
        }
    }

    [Fact]
    public async Task What_a_seed_command_writes_is_an_object_too()
    {
        _folder.Write("schema.prisma", Project);
        _folder.Write("ploy.toml", "[seed]\ncommand = \"echo hello\"\n");
        var run = (await PloyProgram.RunAsync(_folder.Root, "migrate", "dev", "--name", "init", "--skip-generate", "--json")).Expect(0);
        var types = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString());
        Assert.Equal(["migrationStarted", "statementFinished", "migrationFinished", "seedOutput", "seeded", "result"], types);
        Assert.Contains("{\"type\":\"seedOutput\",\"line\":\"hello\"}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_says_so_and_ends_with_130()
    {
        _folder.Write("schema.prisma", Project);
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        var plain = await InProcess.RunAsync(_folder.Root, cancel.Token, "generate", "--watch");
        Assert.Equal((130, "Cancelled."), (plain.ExitCode, plain.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]));
        var json = await InProcess.RunAsync(_folder.Root, cancel.Token, "generate", "--watch", "--json");
        Assert.Equal((130, "{\"type\":\"cancelled\"}"), (json.ExitCode, json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]));
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("validate", "--json")]
    [InlineData("migrate", "diff", "--from-empty", "--to-schema", "schema.prisma")]
    [InlineData("--help")]
    public async Task An_output_that_takes_nothing_is_one_error(params string[] arguments)
    {
        _folder.Write("schema.prisma", Project);
        using var error = new StringWriter();
        var code = await Program.RunAsync(arguments, Quiet(new FullWriter(), error), [SqliteDialect.Instance], CancellationToken.None);
        Assert.Equal((1, "error[PLOY2011]: The system did not let a file or an output be used: No space left on device.\n  = see: ploy explain PLOY2011\n"), (code, error.ToString().ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task A_folder_that_was_removed_under_the_run_is_one_error()
    {
        if (OperatingSystem.IsWindows()) return; // it keeps such a folder
        _folder.Write("gone/x", "");
        var run = await ChildProcess.RunAsync(new ProcessCall
        {
            Program = "sh",
            Directory = _folder.Root,
            Arguments = ["-c", "cd gone && rm -r ../gone && exec \"$0\" validate", PloyProgram.ProgramPath],
        });
        Assert.StartsWith("error[PLOY2005]: The folder that this runs in does not exist any more.\n", run.Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_a_folder_inside_the_project_the_way_to_it_is_told()
    {
        _folder.Write("schema.prisma", Project);
        _folder.Write("src/app/x", "");
        var run = (await InProcess.RunAsync(Path.Combine(_folder.Root, "src", "app"), "validate")).Expect(1);
        Assert.Contains("  = help: There is a project in `../..`: run Ploy there, or name a schema with `--schema`.\n", run.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_lock_that_cannot_be_made_is_an_error_at_once()
    {
        if (OperatingSystem.IsWindows()) return; // names may be longer there
        // The lock's name is longer than a file's may be; on a file system that takes no writes it is the same.
        var name = new string('x', 248);
        _folder.Write("schema.prisma", Project.Replace("dev.db", name, StringComparison.Ordinal));
        _folder.Write(name, "");
        _folder.Write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
        _folder.Write("migrations/20260101000000_a/migration.sql", "CREATE TABLE \"A\" (\"id\" INTEGER NOT NULL PRIMARY KEY);\n");
        var run = (await InProcess.RunAsync(_folder.Root, "migrate", "deploy", "--lock-wait", "1h")).Expect(1);
        Assert.Contains($"error[PLOY2315]: The database file at `file:{name}` takes no writes: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_adds_to_files_that_are_there_what_they_lack()
    {
        _folder.Write(".env", "KEEP=1");
        _folder.Write(".gitignore", "bin/\r\n.env\r\n");
        (await InProcess.RunAsync(_folder.Root, "init", "--url", "postgresql://localhost/shop")).Expect(0);
        Assert.Equal("KEEP=1\nDATABASE_URL=\"postgresql://localhost/shop\"\n", _folder.Read(".env"));
        Assert.Equal("bin/\r\n.env\r\n.ploy/\n*.db\n*.db-journal\n*.db.ploy\n", _folder.Read(".gitignore"));
    }

    [Fact]
    public async Task Init_leaves_a_connection_that_is_there()
    {
        _folder.Write(".env", "DATABASE_URL=\"file:mine.db\"\n");
        (await InProcess.RunAsync(_folder.Root, "init")).Expect(0);
        Assert.Equal("DATABASE_URL=\"file:mine.db\"\n", _folder.Read(".env"));
    }

    [Theory]
    [InlineData("P1013]: `--url` names a database of `postgresql`, but `--provider` says `sqlite`.", "--provider", "sqlite", "--url", "postgresql://localhost/shop")]
    [InlineData("PLOY2000]: `mysql` is no value of `--datasource-provider`: it takes `sqlite`, `postgresql` or `postgres`.", "--provider", "mysql")]
    public async Task Init_refuses_what_does_not_fit(string error, params string[] arguments)
    {
        var run = (await InProcess.RunAsync(_folder.Root, ["init", .. arguments])).Expect(1);
        Assert.StartsWith("error[" + error, run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.Files());
    }

    private Terminal Quiet(TextWriter output, TextWriter error) => new()
    {
        Out = output,
        Error = error,
        Environment = _ => null,
        WorkingDirectory = _folder.Root,
        IsInputInteractive = false,
        IsErrorInteractive = false,
    };

    private static IEnumerable<(string[] Path, Command Command)> Below(Command command, string[] path) =>
        command.Subcommands.SelectMany(c => Below(c, [.. path, c.Name])).Prepend((path, command));

    private sealed class FullWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
