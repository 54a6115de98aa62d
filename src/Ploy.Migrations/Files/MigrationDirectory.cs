using System.Collections.Immutable;
using System.Text;
using Ploy.Core.Diagnostics;

namespace Ploy.Migrations.Files;

/// <summary>A folder of migrations: one folder each, and a file that names the product.</summary>
public sealed class MigrationDirectory
{
    /// <summary>The name of a migration's script.</summary>
    public const string ScriptName = "migration.sql";

    /// <summary>The name of the file that names the product.</summary>
    public const string LockName = "migration_lock.toml";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private MigrationDirectory(string path, string displayPath, ImmutableArray<MigrationFile> files, string? provider) =>
        (Path, DisplayPath, Files, Provider) = (path, displayPath, files, provider);

    /// <summary>The full path; the folder need not exist.</summary>
    public string Path { get; }

    /// <summary>The path as it is shown.</summary>
    public string DisplayPath { get; }

    /// <summary>The migrations in the order of their names.</summary>
    public ImmutableArray<MigrationFile> Files { get; }

    /// <summary>The provider that the lock file names; null without a lock file.</summary>
    public string? Provider { get; }

    /// <summary>Reads the folder; one that does not exist has no migrations. Folders whose name begins with a dot are not looked at.</summary>
    /// <exception cref="PloyException">
    /// P3015 where a folder has no script, PLOY2101 where a script is no UTF-8 text or the folder cannot be read, PLOY2208 where the lock file names no product.
    /// </exception>
    public static MigrationDirectory Read(string path, string displayPath)
    {
        if (File.Exists(path)) throw new PloyException("PLOY2101", $"`{displayPath}` is a file, where the folder of the migrations is looked for.", "Move it away, or name the folder with `[migrations] path` in `ploy.toml`.");
        if (!Directory.Exists(path)) return new MigrationDirectory(path, displayPath, [], null);
        var files = ImmutableArray.CreateBuilder<MigrationFile>();
        foreach (var folder in FoldersOf(path, displayPath).Order(StringComparer.Ordinal))
        {
            var name = System.IO.Path.GetFileName(folder);
            if (name.StartsWith('.')) continue;
            files.Add(ReadFile(path, displayPath, name));
        }

        return new MigrationDirectory(path, displayPath, files.ToImmutable(), ReadProvider(System.IO.Path.Combine(path, LockName), $"{displayPath}/{LockName}"));
    }

    /// <summary>The migration of that name.</summary>
    /// <exception cref="PloyException">P3017 where there is none; the help names a near one.</exception>
    public MigrationFile Require(string name) => Files.FirstOrDefault(f => f.Name == name) ?? throw new PloyException(
        "P3017",
        $"There is no migration `{name}` in `{DisplayPath}`.",
        Files.FirstOrDefault(f => f.Name.EndsWith(name, StringComparison.OrdinalIgnoreCase) || f.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } near
            ? $"Did you mean `{near.Name}`?"
            : "Give the whole name of a folder there.");

    /// <summary>Refuses a folder that was made for another product.</summary>
    /// <exception cref="PloyException">P3019.</exception>
    public void RequireProvider(string provider)
    {
        if (Provider is null || Provider == provider) return;
        throw new PloyException(
            "P3019",
            $"The migrations in `{DisplayPath}` were made for `{Provider}`, as `{LockName}` says, but the schema's provider is `{provider}`.",
            "Move the old migrations and the lock file away and start a new history, or set the provider back.");
    }

    /// <summary>
    /// Adds a migration, and the lock file where it is missing: written to a temporary folder first, then renamed, so that no half of
    /// one is ever seen.
    /// </summary>
    /// <param name="name">The folder's name.</param>
    /// <param name="script">The script; written as UTF-8 without a byte order mark.</param>
    /// <param name="provider">The product.</param>
    /// <exception cref="PloyException">P3010 where the name is over 200 bytes, PLOY2102 where the folder exists or cannot be written.</exception>
    public MigrationFile Add(string name, string script, string provider)
    {
        if (Encoding.UTF8.GetByteCount(name) > 200 + 15)
            throw new PloyException("P3010", $"The migration's name `{name}` is longer than 200 bytes.", "Give a shorter one with `--name`.");
        var target = System.IO.Path.Combine(Path, name);
        var display = $"{DisplayPath}/{name}";
        if (Directory.Exists(target))
            throw new PloyException("PLOY2102", $"The folder `{display}` exists already.", "Wait a second and try again, or give another name with `--name`.");
        var temporary = System.IO.Path.Combine(Path, "." + name + ".part");
        try
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            Directory.CreateDirectory(temporary);
            File.WriteAllBytes(System.IO.Path.Combine(temporary, ScriptName), Strict.GetBytes(script));
            WriteProvider(System.IO.Path.Combine(Path, LockName), provider);
            Directory.Move(temporary, target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2102", $"The migration `{display}` cannot be written: {exception.Message}", "Make the folder writable.", exception);
        }

        return ReadFile(Path, DisplayPath, name);
    }

    private static string[] FoldersOf(string path, string displayPath)
    {
        try
        {
            return Directory.GetDirectories(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2101", $"The folder `{displayPath}` cannot be read: {exception.Message}", "Grant the right to read it.", exception);
        }
    }

    /// <summary>PLOY2101.</summary>
    internal static PloyException Unreadable(string displayPath, Exception exception) =>
        new("PLOY2101", $"The migration `{displayPath}` cannot be read: {exception.Message}", null, exception);

    private static MigrationFile ReadFile(string folder, string displayFolder, string name)
    {
        var (path, displayPath) = (MigrationFile.PathOf(folder, name), MigrationFile.DisplayPathOf(displayFolder, name));
        if (Directory.Exists(path)) throw new PloyException("PLOY2101", $"`{displayPath}` is a folder, where the script of the migration is looked for.", "Put the script there.");
        try
        {
            return FileBytes.Read(path, (folder, displayFolder, name), static (bytes, at) =>
            {
                if (!System.Text.Unicode.Utf8.IsValid(bytes)) _ = Strict.GetString(bytes);
                return new MigrationFile(at.name, at.folder, at.displayFolder, MigrationChecksum.Of(bytes), MigrationFile.Marks(bytes));
            });
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PloyException(
                "P3015", $"The migration `{name}` has no `{ScriptName}`: there is no file `{displayPath}`.", "Restore the file, or delete the folder where it is not a migration.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(displayPath, exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new PloyException("PLOY2101", $"The migration `{displayPath}` is no UTF-8 text: byte {exception.Index} does not decode.", "Save it as UTF-8.", exception);
        }
    }

    // As the engine reads it: the first line that begins with the key. The alias names the same product.
    private static string? ReadProvider(string path, string displayPath)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith("provider", StringComparison.Ordinal));
            return line?.Split('=', 2) is [_, var value] && value.Trim().Trim('"', '\'') is { Length: > 0 } provider
                ? provider == "postgres" ? "postgresql" : provider
                : throw new PloyException(
                    "PLOY2208", $"The file `{displayPath}` does not say what product the migrations are for: it has no line `provider = \"...\"`.", "Write `provider = \"postgresql\"` or `provider = \"sqlite\"`.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2101", $"The file `{displayPath}` cannot be read: {exception.Message}", null, exception);
        }
    }

    private static void WriteProvider(string path, string provider)
    {
        var text = $"# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\nprovider = \"{provider}\"\n";
        if (File.Exists(path) && File.ReadAllText(path) == text) return;
        var temporary = path + ".part";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
