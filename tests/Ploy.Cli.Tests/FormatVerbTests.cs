using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

public sealed class FormatVerbTests : IDisposable
{
    private const string Posts = "model Post {\nid Int @id\nauthor User\n}\n";
    private const string Users = "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel User {\n  id Int @id\n}\n";

    private readonly TemporaryFolder _folder = new();

    public FormatVerbTests()
    {
        _folder.Write("prisma/schema/posts.prisma", Posts);
        _folder.Write("prisma/schema/users.prisma", Users);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_files_are_laid_out_and_relations_completed_across_them()
    {
        var result = await InProcess.RunAsync(_folder.Root, "format");
        Assert.Equal((0, "Formatted prisma/schema/posts.prisma.\nFormatted prisma/schema/users.prisma.\n"), (result.ExitCode, result.Output.ReplaceLineEndings("\n")));
        Expect.Text(
            """
            model Post {
              id     Int  @id
              author User @relation(fields: [userId], references: [id])
              userId Int
            }

            """,
            _folder.Read("prisma/schema/posts.prisma"));
        Expect.Text(Users.Replace("  id Int @id\n", "  id    Int    @id\n  posts Post[]\n", StringComparison.Ordinal), _folder.Read("prisma/schema/users.prisma"));
        Assert.Equal(["prisma/schema/posts.prisma", "prisma/schema/users.prisma"], _folder.Files());
    }

    [Fact]
    public async Task Check_writes_nothing_and_fails_where_something_would_change()
    {
        var before = await InProcess.RunAsync(_folder.Root, "format", "--check");
        Assert.Equal(1, before.ExitCode);
        Assert.Equal((Posts, Users), (_folder.Read("prisma/schema/posts.prisma"), _folder.Read("prisma/schema/users.prisma")));
        await InProcess.RunAsync(_folder.Root, "format");
        var after = await InProcess.RunAsync(_folder.Root, "format", "--check");
        Assert.Equal((0, "All 2 schema files are formatted.\n"), (after.ExitCode, after.Output.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task A_file_that_is_formatted_is_not_touched()
    {
        await InProcess.RunAsync(_folder.Root, "format");
        var path = _folder.PathOf("prisma", "schema", "users.prisma");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        await InProcess.RunAsync(_folder.Root, "format");
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public async Task A_schema_with_faults_is_laid_out_all_the_same()
    {
        _folder.Write("prisma/schema/posts.prisma", "model Post {\nid Int @id\nauthor Usr\n}\n");
        Assert.Equal(0, (await InProcess.RunAsync(_folder.Root, "format")).ExitCode);
        Expect.Text("model Post {\n  id     Int @id\n  author Usr\n}\n", _folder.Read("prisma/schema/posts.prisma"));
        Expect.Text(Users, _folder.Read("prisma/schema/users.prisma"));
    }
}
