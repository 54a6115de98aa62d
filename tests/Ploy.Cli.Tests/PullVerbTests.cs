using Ploy.Testing;
using Xunit;

namespace Ploy.Cli.Tests;

/// <summary><c>db pull</c> as a user meets it: files, messages, exit codes.</summary>
public sealed class PullVerbTests : IDisposable
{
    private const string Datasource = "datasource db {\n  provider = \"PROVIDER\"\n}\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql")]
    [InlineData("sqlite")]
    public async Task Files_are_written_once_and_the_schema_is_then_in_sync(string provider)
    {
        await using var database = await CreateAsync(provider, "CREATE TABLE users (id integer PRIMARY KEY, mail text NOT NULL UNIQUE); CREATE TABLE posts (id integer PRIMARY KEY, writer integer NOT NULL REFERENCES users (id));");
        _folder.Write("schema.prisma", Datasource.Replace("PROVIDER", provider, StringComparison.Ordinal));
        var first = (await RunAsync(database, "db", "pull")).Expect(0);
        Assert.Contains("Read 2 models from", first.Output, StringComparison.Ordinal);
        Assert.Contains("Written: schema.prisma", first.Output, StringComparison.Ordinal);
        Assert.Contains("The schema says all of it already", (await RunAsync(database, "db", "pull")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("in sync with the schema already", (await RunAsync(database, "db", "push")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_models_of_a_folder_go_into_a_file_of_their_own_and_hand_edits_stay()
    {
        await using var database = await CreateAsync("sqlite", "CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL); CREATE TABLE posts (id INTEGER PRIMARY KEY, writer INTEGER NOT NULL REFERENCES users (id));");
        _folder.Write("prisma/schema/base.prisma", "// The datasource alone.\n\n" + Datasource.Replace("PROVIDER", "sqlite", StringComparison.Ordinal));
        _folder.Write(
            "prisma/schema/people.prisma",
            """
            // People, and nothing else.

            /// Who writes.
            model User {
              id   Int    @id @default(autoincrement()) // counted
              // where letters go
              mail String

              @@map("users")
            }

            """);
        (await RunAsync(database, "db", "pull")).Expect(0);
        Assert.Equal("// The datasource alone.\n\n" + Datasource.Replace("PROVIDER", "sqlite", StringComparison.Ordinal), _folder.Read("prisma/schema/base.prisma"));
        Assert.Equal(
            """
            // People, and nothing else.

            /// Who writes.
            model User {
              id    Int     @id @default(autoincrement()) // counted
              // where letters go
              mail  String
              posts posts[]

              @@map("users")
            }

            """,
            _folder.Read("prisma/schema/people.prisma"));
        Assert.Equal(
            """
            model posts {
              id     Int  @id @default(autoincrement())
              writer Int
              users  User @relation(fields: [writer], references: [id], onDelete: NoAction, onUpdate: NoAction)
            }

            """,
            _folder.Read("prisma/schema/introspected.prisma"));

        // Renamed by hand, moved by hand: only what changes in the database changes in the files.
        var moved = _folder.Read("prisma/schema/introspected.prisma").Replace("model posts", "/// Written.\nmodel Post", StringComparison.Ordinal).Replace("  users ", "  author", StringComparison.Ordinal).TrimEnd('\n', '}') + "\n\n  @@map(\"posts\")\n}\n";
        _folder.Write("prisma/schema/people.prisma", _folder.Read("prisma/schema/people.prisma").Replace("posts posts[]", "works Post[] ", StringComparison.Ordinal) + "\n" + moved);
        File.Delete(_folder.PathOf("prisma", "schema", "introspected.prisma"));
        (await RunAsync(database, "format")).Expect(0);
        var edited = _folder.Read("prisma/schema/people.prisma");
        (await RunAsync(database, "db", "pull")).Expect(0);
        Assert.Equal(edited, _folder.Read("prisma/schema/people.prisma"));
        await database.ExecuteAsync("ALTER TABLE posts ADD COLUMN title TEXT");
        (await RunAsync(database, "db", "pull")).Expect(0);
        // The longer type moves the columns of its block, as the formatter lays them out.
        var pulled = _folder.Read("prisma/schema/people.prisma");
        Assert.Equal(Words(edited.Replace("  author", "  title  String?\n  author", StringComparison.Ordinal)), Words(pulled));
        (await RunAsync(database, "format", "--check")).Expect(0);

        static string Words(string text) => string.Join('\n', text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Printing_writes_no_file_and_names_what_the_language_cannot_say()
    {
        await using var database = await CreateAsync("sqlite", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER CONSTRAINT grown CHECK (age > 0)); CREATE TABLE log (what TEXT);");
        _folder.Write("schema.prisma", Datasource.Replace("PROVIDER", "sqlite", StringComparison.Ordinal));
        var printed = (await RunAsync(database, "db", "pull", "--print")).Expect(0);
        Assert.Contains("model users {", printed.Output, StringComparison.Ordinal);
        Assert.Contains("check constraint grown on users", printed.Error, StringComparison.Ordinal);
        Assert.Contains("The table `log` has no primary key", printed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("users", _folder.Read("schema.prisma"), StringComparison.Ordinal);
    }

    // Their operators and casts are offered wherever their namespace is in the search path, beside the server's own.
    [Fact]
    public async Task A_database_with_every_extension_of_the_server_is_read_and_so_are_the_servers_own_namespaces()
    {
        await using var database = await CreateAsync(
            "postgresql",
            """
            CREATE TABLE users (id integer PRIMARY KEY);
            DO $$
            DECLARE name text;
            BEGIN
              FOR name IN SELECT e.name FROM pg_available_extensions e WHERE e.name NOT LIKE '%-_' AND e.name !~ 'postgis|address' ORDER BY 1 LOOP
                BEGIN
                  EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', name);
                EXCEPTION WHEN OTHERS THEN NULL; -- one that needs a library loaded at start, or a language that is not there
                END;
              END LOOP;
            END $$;
            """);
        Assert.Contains("intarray", await database.RowsAsync("SELECT extname FROM pg_extension"));
        _folder.Write("schema.prisma", Datasource.Replace("PROVIDER", "postgresql", StringComparison.Ordinal));
        Assert.Contains("model users {", (await RunAsync(database, "db", "pull", "--print")).Expect(0).Output, StringComparison.Ordinal);
        (await RunAsync(database, "db", "pull", "--print", "--directives")).Expect(0);
        var system = (await RunAsync(database, "db", "pull", "--print", "--schemas", "information_schema,pg_catalog,public")).Expect(0);
        Assert.Contains("model users {", system.Output, StringComparison.Ordinal);
        (await InProcess.RunAsync(_folder.Root, "migrate", "diff", "--from-url", database.Url, "--to-empty", "--script")).Expect(0);
    }

    [Fact]
    public async Task An_empty_database_is_P4001_and_a_key_that_leads_out_is_P4002()
    {
        await using var database = await CreateAsync("postgresql", "CREATE SCHEMA app; CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE app.posts (id integer PRIMARY KEY, writer integer REFERENCES users);");
        _folder.Write("schema.prisma", Datasource.Replace("PROVIDER", "postgresql", StringComparison.Ordinal));
        Assert.Contains("error[P4001]", (await RunAsync(database, "db", "pull", "--schemas", "nowhere")).Expect(1).Error, StringComparison.Ordinal);
        var leaving = (await RunAsync(database, "db", "pull", "--schemas", "app")).Expect(1).Error;
        Assert.Contains("error[P4002]", leaving, StringComparison.Ordinal);
        Assert.Contains("`posts_writer_fkey` of `app.posts` refers to `public.users`", leaving, StringComparison.Ordinal);
        var both = (await RunAsync(database, "db", "pull", "--print", "--schemas", "app,public")).Expect(0).Output;
        Assert.Contains("schemas  = [\"app\", \"public\"]", both, StringComparison.Ordinal);
        Assert.Contains("@@schema(\"app\")", both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_with_errors_stops_the_pull_and_force_puts_it_aside()
    {
        await using var database = await CreateAsync("sqlite", "CREATE TABLE users (id INTEGER PRIMARY KEY);");
        _folder.Write("schema.prisma", Datasource.Replace("PROVIDER", "sqlite", StringComparison.Ordinal) + "\nmodel Broken {\n  id Nothing\n}\n");
        Assert.Contains("error[P1012]", (await RunAsync(database, "db", "pull")).Expect(1).Error, StringComparison.Ordinal);
        (await RunAsync(database, "db", "pull", "--force")).Expect(0);
        Assert.Equal(Datasource.Replace("PROVIDER", "sqlite", StringComparison.Ordinal) + "\nmodel users {\n  id Int @id @default(autoincrement())\n}\n", _folder.Read("schema.prisma"));
    }

    private static async Task<TemporaryDatabase> CreateAsync(string provider, string script)
    {
        var database = await TemporaryDatabase.CreateAsync(provider);
        await database.ExecuteAsync(script);
        return database;
    }

    private Task<ProcessResult> RunAsync(TemporaryDatabase database, params string[] arguments) =>
        InProcess.RunAsync(_folder.Root, arguments is ["format", ..] ? arguments : [.. arguments, "--url", database.Url]);
}
