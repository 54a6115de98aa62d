using Ploy.Core.Diagnostics;
using Ploy.Design.Configuration;
using Ploy.Postgres;
using Ploy.Sqlite;
using Ploy.Testing;
using Xunit;

namespace Ploy.Unit.Tests.Design;

/// <summary>Where everything is: schema, migrations, database, in the order of precedence.</summary>
public sealed class ProjectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("schema.prisma", "migrations")]
    [InlineData("prisma/schema.prisma", "prisma/migrations")]
    [InlineData("prisma/schema/a.prisma", "prisma/migrations")]
    public void The_usual_places_are_found(string file, string migrations)
    {
        _folder.Write(file, "");
        var project = Load();
        Assert.Equal(file.EndsWith("/a.prisma", StringComparison.Ordinal) ? "prisma/schema" : file, project.Display(project.SchemaPath));
        Assert.Equal(migrations, project.Display(project.MigrationsPath));
    }

    [Fact]
    public void Migrations_inside_a_schema_folder_are_found_where_none_are_beside()
    {
        _folder.Write("prisma/schema/a.prisma", "");
        Directory.CreateDirectory(_folder.PathOf("prisma", "schema", "migrations"));
        Assert.Equal("prisma/schema/migrations", Load().Display(Load().MigrationsPath));
        Directory.CreateDirectory(_folder.PathOf("prisma", "migrations"));
        Assert.Equal("prisma/migrations", Load().Display(Load().MigrationsPath));
    }

    [Fact]
    public void Ploy_toml_comes_before_prisma_config()
    {
        _folder.Write("db/models/a.prisma", "");
        _folder.Write("other/a.prisma", "");
        _folder.Write("ploy.toml", "[schema]\npath = \"db/models\"\n[migrations]\npath = \"db/steps\"\n");
        _folder.Write("prisma.config.ts", "export default defineConfig({ schema: 'other' })");
        Assert.Equal("db/models", Load().Display(Load().SchemaPath));
        Assert.Equal("db/steps", Load().Display(Load().MigrationsPath));
    }

    [Fact]
    public void Prisma_config_is_read_without_running_it()
    {
        _folder.Write("prisma/schema/a.prisma", "");
        _folder.Write(
            "prisma.config.ts",
            """
            import 'dotenv/config'
            import path from "node:path"
            import { defineConfig, env } from "prisma/config"

            // schema: "wrong"
            export default defineConfig({
              schema: path.join("prisma", "schema"),
              migrations: { path: `prisma/steps`, seed: "tsx seed.ts", initShadowDb: "CREATE TABLE legacy (id INT)" },
              datasource: { url: process.env.DB_URL ?? "file:./fallback.db", shadowDatabaseUrl: env("SHADOW") },
              tables: { external: ["audit.log", 'legacy'] },
              enums: { external: ["mood"] },
              plugins: [load({ a: 1 }), ...more],
            } satisfies Config)
            """);
        _folder.Write(".env", "DB_URL=\"file:./from-env.db\"\n");
        var project = Load();
        Assert.Equal("prisma/schema", project.Display(project.SchemaPath));
        Assert.Equal("prisma/steps", project.Display(project.MigrationsPath));
        Assert.Equal(["__EFMigrationsHistory", "audit.log", "legacy"], project.ExternalTables);
        Assert.Equal(["mood"], project.ExternalEnums);
        Assert.Equal("CREATE TABLE legacy (id INT)", project.InitShadowDb);
        Assert.Equal(_folder.PathOf("from-env.db"), project.Address(SqliteDialect.Instance, null).FilePath);
        Assert.Null(project.FindShadowAddress(SqliteDialect.Instance, null));
    }

    [Theory]
    [InlineData("shadowDatabaseUrl: process.env.SHADOW ?? ''")]
    [InlineData("shadowDatabaseUrl: ''")]
    public void An_empty_shadow_database_is_none(string member)
    {
        _folder.Write("prisma/schema.prisma", "");
        _folder.Write("prisma.config.ts", $$"""export default { datasource: { {{member}} } }""");
        Assert.Null(Load().FindShadowAddress(PostgresDialect.Instance, null));
    }

    [Fact]
    public void A_variable_of_the_shadow_database_that_is_not_set_means_none()
    {
        _folder.Write("prisma/schema.prisma", "");
        _folder.Write("ploy.toml", "[datasource]\nshadowDatabaseUrl = 'env(\"SHADOW\")'\n");
        Assert.Null(Load().FindShadowAddress(PostgresDialect.Instance, null));
    }

    [Fact]
    public void What_only_running_would_tell_is_named_with_the_key_to_use()
    {
        _folder.Write("prisma/schema.prisma", "");
        _folder.Write("prisma.config.ts", "export default { schema: 'prisma/schema.prisma', datasource: { url: await secret() } }");
        var error = Assert.Throws<PloyException>(() => Load().Address(PostgresDialect.Instance, null));
        Assert.Equal("PLOY2002", error.Code);
        Assert.Contains("[datasource] url", error.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void The_option_beats_everything()
    {
        _folder.Write("schema.prisma", "");
        _folder.Write("ploy.toml", "[datasource]\nurl = \"file:toml.db\"\n");
        Assert.Equal(_folder.PathOf("toml.db"), Load().Address(SqliteDialect.Instance, null).FilePath);
        Assert.Equal(_folder.PathOf("option.db"), Load(url: "file:option.db").Address(SqliteDialect.Instance, null).FilePath);
    }

    [Fact]
    public void The_environment_beats_dotenv_files()
    {
        _folder.Write("schema.prisma", "");
        _folder.Write("ploy.toml", "[datasource]\nurl = 'env(\"X\")'\n");
        _folder.Write(".env", "X=file:dotenv.db\n");
        Assert.Equal(_folder.PathOf("dotenv.db"), Load().Address(SqliteDialect.Instance, null).FilePath);
        _environment["X"] = "file:outer.db";
        Assert.Equal(_folder.PathOf("outer.db"), Load().Address(SqliteDialect.Instance, null).FilePath);
    }

    [Fact]
    public void A_connection_of_the_programs_settings_is_found()
    {
        _folder.Write("schema.prisma", "");
        _folder.Write("ploy.toml", "[datasource]\nconnection = \"Default\"\nproject = \"src/Api\"\n");
        _folder.Write("src/Api/appsettings.json", "{ \"ConnectionStrings\": { \"Default\": \"Data Source=base.db\" } } // trailing");
        Assert.Equal(_folder.PathOf("src", "Api", "base.db"), Load().Address(SqliteDialect.Instance, null).FilePath);
        _folder.Write("src/Api/appsettings.Development.json", "{ \"connectionstrings\": { \"default\": \"Data Source=dev.db\", }, }");
        Assert.Equal(_folder.PathOf("src", "Api", "dev.db"), Load().Address(SqliteDialect.Instance, null).FilePath);
        _environment["ConnectionStrings__Default"] = "Data Source=env.db";
        Assert.Equal(_folder.PathOf("src", "Api", "env.db"), Load().Address(SqliteDialect.Instance, null).FilePath);
    }

    [Fact]
    public void A_connection_that_no_place_has_is_named()
    {
        _folder.Write("schema.prisma", "");
        _folder.Write("ploy.toml", "[datasource]\nconnection = \"Main\"\n");
        Assert.Equal("PLOY2006", Assert.Throws<PloyException>(() => Load().Address(SqliteDialect.Instance, null)).Code);
    }

    private Project Load(string? url = null) => Project.Load(new ProjectOptions
    {
        WorkingDirectory = _folder.Root,
        Environment = name => _environment.GetValueOrDefault(name),
        Url = url,
    });
}
