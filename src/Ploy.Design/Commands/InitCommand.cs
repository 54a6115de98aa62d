using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Design.Configuration;

namespace Ploy.Design.Commands;

/// <summary>Begins a project in a folder; overwrites nothing, and adds to <c>.env</c> and <c>.gitignore</c> what they lack.</summary>
public sealed class InitCommand(string folder)
{
    private const string Toml =
        """
        # Every key of Ploy's configuration; those that are commented out show what holds without them.
        # Paths are relative to this file. A text may be env("NAME"): the variable NAME, also from .env.

        [schema]
        # path = "prisma/schema"                  # file or folder with the .prisma files
        # external = ["__EFMigrationsHistory"]    # tables of other tools, which Ploy does not see
        # externalEnums = []                      # enums of other tools

        [migrations]
        # path = "prisma/migrations"
        # initShadowDb = ""                       # SQL that makes what migrations find of other tools, where they are replayed
        # lockTimeout = "5s"                      # longest wait of a statement for a lock, after which it is tried again
        # lockRetry = "5min"                      # how long to go on trying for locks; 0 is one try
        # statementTimeout = "0"                  # longest run of a statement; 0 is no limit

        [datasource]
        url = 'env("DATABASE_URL")'
        # connection = "Default"                  # instead of url: a name among ConnectionStrings of appsettings*.json
        # project = "src/Api"                     # the folder of those files
        # shadowDatabaseUrl = 'env("SHADOW_DATABASE_URL")'   # where migrations are replayed; it is emptied

        [hooks]
        # before-deploy = ""                      # a command that runs before anything is applied
        # after-deploy = ""                       # a command that runs when all is applied

        [client]
        # output = "Generated"
        # namespace = "MyApp.Data"
        # context = "AppDbContext"

        [seed]
        # files = ["prisma/seeds"]                # .sql files and folders of them, run in this order
        # command = "dotnet run --project seed"   # instead of files

        """;

    /// <summary>Writes what is missing.</summary>
    /// <param name="provider"><c>postgresql</c> or <c>sqlite</c>.</param>
    /// <param name="url">The database; null for one that can be begun with.</param>
    /// <param name="external">Tables of other tools, for the configuration.</param>
    /// <param name="isAdopted">Whether a database is there already: it is named in no file, and the schema begins without an example.</param>
    /// <returns>The files written, relative to the folder.</returns>
    /// <exception cref="PloyException">PLOY2013 where there is a schema already, PLOY2011 where a file cannot be written.</exception>
    public ImmutableArray<string> Run(string provider, string? url, ImmutableArray<string> external = default, bool isAdopted = false)
    {
        foreach (var existing in (string[])["schema.prisma", "prisma/schema.prisma", "prisma/schema"])
            if (Path.Exists(Path.Combine(folder, existing)))
                throw new PloyException("PLOY2013", $"There is a schema already: `{existing}`. Nothing was written.", "Go on with it: `ploy validate`.");
        var written = ImmutableArray.CreateBuilder<string>();
        var address = url ?? (provider == "sqlite" ? "file:prisma/dev.db" : "postgresql://postgres:postgres@localhost:5432/app");
        Write(written, "prisma/schema/base.prisma", isAdopted ? Datasource(provider) : Schema(provider));
        Write(written, "ploy.toml", external.IsDefaultOrEmpty ? Toml : Toml.Replace(ExternalLine, $"external = [{string.Join(", ", external.Select(t => $"\"{t}\""))}]    # tables of other tools, which Ploy does not see", StringComparison.Ordinal));
        if (!isAdopted) Add(written, ".env", "# Read by Ploy; keep it out of version control.", [$"DATABASE_URL=\"{address}\""], line => line.Split('=')[0].Trim());
        Add(written, ".gitignore", "", [".env", ".ploy/", "*.db", "*.db-journal", "*.db.ploy"], line => line.Trim());
        return written.ToImmutable();
    }

    private const string ExternalLine = "# external = [\"__EFMigrationsHistory\"]    # tables of other tools, which Ploy does not see";

    private static string Datasource(string provider) => $"datasource db {{\n  provider = \"{provider}\"\n}}\n";

    private static string Schema(string provider) =>
        $$"""
        // The datasource. Models go into this file or others beside it, one for each domain.
        datasource db {
          provider = "{{provider}}"
        }

        // model Customer {
        //   id    Int    @id @default(autoincrement())
        //   email String @unique
        // }

        """;

    // A file that somebody has already gets the lines that it says nothing of; `key` is what of a line says which it is.
    private void Add(ImmutableArray<string>.Builder written, string name, string head, string[] lines, Func<string, string> key)
    {
        var path = Path.Combine(folder, name);
        var before = File.Exists(path) ? SchemaFiles.ReadText(path, name).Text : "";
        var known = before.Split('\n').Select(key).ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. lines.Where(line => !known.Contains(key(line)))];
        if (missing.Length == 0) return;
        string[] all = head.Length > 0 && before.Length == 0 ? [head, .. missing] : missing;
        Save(written, name, (before.Length == 0 || before.EndsWith('\n') ? before : before + "\n") + string.Join('\n', all) + "\n");
    }

    private void Write(ImmutableArray<string>.Builder written, string name, string text)
    {
        if (!File.Exists(Path.Combine(folder, name))) Save(written, name, text.ReplaceLineEndings("\n"));
    }

    private void Save(ImmutableArray<string>.Builder written, string name, string text)
    {
        var path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a file has a folder
            File.WriteAllText(path, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2011", $"The file `{name}` cannot be written: {exception.Message}", null, exception);
        }

        written.Add(name);
    }
}
