using System.Xml.Linq;
using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

public sealed class GenerateVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public GenerateVerbTests()
    {
        _folder.Write("prisma/schema/base.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
        _folder.Write("prisma/schema/users.prisma", "model User {\n  id    Int    @id\n  email String @unique\n  nick  String?\n  posts Post[]\n  tags  Tag[]\n}\n");
        _folder.Write("prisma/schema/posts.prisma", "model Post {\n  id       Int   @id\n  authorId Int?\n  author   User? @relation(fields: [authorId], references: [id])\n}\n\nmodel Tag {\n  id    Int    @id\n  users User[]\n}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Mermaid_diagram_shows_models_columns_keys_relations_and_domains()
    {
        var result = (await InProcess.RunAsync(_folder.Root, "generate", "--erd", "docs/schema.md")).Expect(0);
        Assert.Equal("The diagram is in docs/schema.md.", result.Output.Trim());
        Expect.Text(
            """
            <!-- Written by ploy generate from the schema; changes are lost. -->

            ```mermaid
            erDiagram
                Post {
                    Int id PK
                    Int_optional authorId FK
                }
                Tag {
                    Int id PK
                }
                User {
                    Int id PK
                    String email UK
                    String_optional nick
                }
                User |o--o{ Post : "author"
                User }o--o{ Tag : "users"
                classDef domain0 fill:#dbeafe,stroke:#2563eb,color:#111827
                class Post domain0
                class Tag domain0
                classDef domain1 fill:#dcfce7,stroke:#16a34a,color:#111827
                class User domain1
            ```

            """,
            _folder.Read("docs/schema.md"));
        Assert.Equal("The diagram in docs/schema.md is up to date.", (await InProcess.RunAsync(_folder.Root, "generate", "--erd", "docs/schema.md")).Expect(0).Output.Trim());
    }

    [Fact]
    public async Task An_SVG_diagram_has_a_box_for_each_model_and_a_curve_for_each_relation()
    {
        (await InProcess.RunAsync(_folder.Root, "generate", "--erd", "schema.svg")).Expect(0);
        var text = _folder.Read("schema.svg");
        XNamespace svg = "http://www.w3.org/2000/svg";
        var root = XDocument.Parse(text).Root!; // it parses
        Assert.Equal(["Post", "Tag", "User"], root.Elements(svg + "g").Select(g => g.Element(svg + "text")!.Value).Order(StringComparer.Ordinal));
        Assert.Equal(["Post.author → User", "Tag.users → User"], root.Elements(svg + "path").Select(p => p.Element(svg + "title")?.Value).OfType<string>().Order(StringComparer.Ordinal));
        Assert.Equal(["posts", "users"], root.Elements(svg + "text").Select(t => t.Value));
        _folder.Write("schema.svg", "mine");
        await AssertRefusedAsync("PLOY4004", "schema.svg");
        Assert.Equal("mine", _folder.Read("schema.svg"));
    }

    [Fact]
    public async Task A_diagram_of_another_form_is_refused_and_nothing_written()
    {
        await AssertRefusedAsync("PLOY4007", "schema.png");
        Assert.Equal(["prisma/schema/base.prisma", "prisma/schema/posts.prisma", "prisma/schema/users.prisma"], _folder.Files());
    }

    /// <summary>Waits for what the program says, however long a busy machine takes for it.</summary>
    [Fact]
    public async Task Watching_writes_again_after_each_change_and_survives_faults()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var error = new Heard();
        var running = InProcess.RunAsync(_folder.Root, error, end.Token, "generate", "--watch", "--erd", "schema.md");
        await error.WaitAsync("Watching", 1, running);
        Assert.Contains("String email", _folder.Read("schema.md"), StringComparison.Ordinal);
        var users = _folder.Read("prisma/schema/users.prisma");
        _folder.Write("prisma/schema/users.prisma", "model User {\n");
        await error.WaitAsync("error[P1012]", 1, running);
        await error.WaitAsync("Watching", 2, running);
        _folder.Write("prisma/schema/users.prisma", users.Replace("email", "mail", StringComparison.Ordinal));
        await error.WaitAsync("Watching", 3, running);
        Assert.Contains("String mail", _folder.Read("schema.md"), StringComparison.Ordinal);
        await end.CancelAsync();
        Assert.Equal(130, (await running).ExitCode);
    }

    /// <summary>A writer whose text can be waited for.</summary>
    private sealed class Heard : StringWriter
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void WriteLine(string? value)
        {
            lock (_gate)
            {
                base.WriteLine(value);
                _more.TrySetResult();
                _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        /// <summary>Returns once the text has been written so many times.</summary>
        public async Task WaitAsync(string text, int times, Task running)
        {
            while (true)
            {
                Task more;
                lock (_gate)
                {
                    if (ToString().Split(text).Length > times) return;
                    more = _more.Task;
                }

                if (await Task.WhenAny(more, running) == running) throw new Xunit.Sdk.XunitException($"The program ended before it said `{text}`.\n{this}");
            }
        }
    }

    private async Task AssertRefusedAsync(string code, string file)
    {
        var result = await InProcess.RunAsync(_folder.Root, "generate", "--erd", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error[{code}]", result.Error, StringComparison.Ordinal);
    }
}
