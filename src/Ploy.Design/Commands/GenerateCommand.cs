using System.Collections.Immutable;
using System.Text;
using Ploy.Client;
using Ploy.Core.Diagnostics;
using Ploy.Language.Semantics;
using Ploy.Migrations.Files;

namespace Ploy.Design.Commands;

/// <summary>What <c>generate</c> did.</summary>
/// <param name="Output">The folder as it is shown.</param>
/// <param name="Written">Files that are new or have changed, relative to it.</param>
/// <param name="Deleted">Files of earlier runs that are gone, relative to it.</param>
/// <param name="Files">All files of the client, as full paths, in order.</param>
/// <param name="Warnings">What the client leaves out.</param>
/// <param name="OtherGenerators">Generators for other programs, which were left alone.</param>
public sealed record GenerateReport(
    string Output, ImmutableArray<string> Written, ImmutableArray<string> Deleted, ImmutableArray<string> Files, ImmutableArray<Diagnostic> Warnings, ImmutableArray<string> OtherGenerators)
{
    /// <summary>How many files stayed as they were.</summary>
    public int Unchanged => Files.Length - Written.Length;
}

/// <summary>Writes the EF Core client; files that stay the same keep their time stamps, and only files that it wrote are ever deleted.</summary>
public sealed class GenerateCommand(Workspace workspace)
{
    private const string Provider = "ploy-client";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether a generator block or the configuration asks for a client.</summary>
    public bool IsConfigured => Block is not null || workspace.Project.Toml?.ClientOutput is not null;

    private Generator? Block => workspace.Model.Generators.FirstOrDefault(g => g.Provider?.Literal == Provider);

    /// <summary>Generates the client.</summary>
    /// <exception cref="PloyException">PLOY4003 where nothing says where it goes, PLOY4004 where a file of somebody else is in the way, PLOY2011 where a file cannot be written.</exception>
    public GenerateReport Run()
    {
        if (!IsConfigured)
        {
            throw new PloyException(
                "PLOY4003",
                "Nothing says where the client goes.",
                "Set `output` under `[client]` in `ploy.toml`, or add `generator client` with `provider = \"ploy-client\"` and `output = \"...\"` to the schema.");
        }

        var folder = OutputFolder();
        var client = ClientGenerator.Generate(workspace.Model, workspace.Desired(null), Options(folder));
        var written = ImmutableArray.CreateBuilder<string>();
        var paths = ImmutableArray.CreateBuilder<string>(client.Files.Length);
        foreach (var file in client.Files)
        {
            paths.Add(Path.Combine(folder, file.Path.Replace('/', Path.DirectorySeparatorChar)));
            if (Write(paths[^1], file)) written.Add(file.Path);
        }

        var deleted = DeleteOthers(folder, client.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal));
        return new GenerateReport(
            workspace.Project.Display(folder), written.ToImmutable(), deleted, paths.MoveToImmutable(),
            [.. client.Warnings.Select(w => new Diagnostic { Code = w.Code, Severity = Severity.Warning, Message = w.Message, Location = w.Location })],
            [.. workspace.Model.Generators.Where(g => g.Provider?.Literal != Provider).Select(g => g.Name)]);
    }

    /// <summary>Writes the full paths of the client's files, a line each: what a build has to compile. The file's time is that of the run.</summary>
    /// <exception cref="PloyException">PLOY2011 where the file cannot be written.</exception>
    public void WriteList(string path, GenerateReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        try
        {
            File.WriteAllLines(Path.GetFullPath(path, workspace.Project.WorkingDirectory), report.Files, Utf8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2011", $"The file `{path}` cannot be written: {exception.Message}", null, exception);
        }
    }

    private string OutputFolder()
    {
        if (Block is { } block && block.Properties.GetValueOrDefault("output") is { } output)
            return Path.GetFullPath(output, Path.GetDirectoryName(Path.GetFullPath(block.Location.Source.Path, workspace.Project.WorkingDirectory))!); // a file has a folder
        return Path.GetFullPath(workspace.Project.Toml?.ClientOutput ?? "Generated", workspace.Project.Root);
    }

    private ClientOptions Options(string folder)
    {
        var properties = Block?.Properties;
        return new ClientOptions
        {
            Namespace = properties?.GetValueOrDefault("namespace") ?? workspace.Project.Toml?.ClientNamespace ?? NamespaceOf(folder),
            ContextName = properties?.GetValueOrDefault("contextName") ?? workspace.Project.Toml?.ClientContext ?? "AppDbContext",
            BaseContext = properties?.GetValueOrDefault("baseContext") ?? "global::Ploy.EntityFrameworkCore.PloyDbContext",
            LastMigration = LastMigration(),
        };
    }

    // What the folder is called, as a project in it would be: the words that C# takes.
    private static string NamespaceOf(string folder)
    {
        var name = string.Concat(Path.GetFileName(folder).Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : '.')).Trim('.');
        return name.Length == 0 || char.IsDigit(name[0]) ? "Data" : name;
    }

    private string? LastMigration() =>
        MigrationDirectory.Read(workspace.Project.MigrationsPath, workspace.Project.Display(workspace.Project.MigrationsPath)).Files is [.., var last] ? last.Name : null;

    private bool Write(string path, GeneratedFile file)
    {
        try
        {
            if (File.Exists(path))
            {
                var before = File.ReadAllText(path);
                if (before == file.Content) return false;
                if (!IsOurs(path))
                {
                    throw new PloyException(
                        "PLOY4004", $"The file `{workspace.Project.Display(path)}` is in the way: Ploy did not write it.", "Move it, or give the client another folder with `output`.");
                }
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a file has a folder
            File.WriteAllText(path, file.Content, Utf8);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PloyException("PLOY2011", $"The file `{workspace.Project.Display(path)}` cannot be written: {exception.Message}", null, exception);
        }
    }

    private static ImmutableArray<string> DeleteOthers(string folder, HashSet<string> kept)
    {
        if (!Directory.Exists(folder)) return [];
        var deleted = ImmutableArray.CreateBuilder<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList())
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (kept.Contains(name) || !IsOurs(path)) continue;
            File.Delete(path);
            deleted.Add(name);
        }

        return deleted.ToImmutable();
    }

    private static bool IsOurs(string path)
    {
        using var file = new StreamReader(path);
        return GeneratedFile.IsGenerated(file);
    }
}
