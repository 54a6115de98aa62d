using System.Collections.Immutable;
using System.Diagnostics;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Design.Configuration;
using Ploy.Relational;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Design.Commands;

/// <summary>What <c>db seed</c> did.</summary>
/// <param name="Command">The command line that was run; null for files.</param>
/// <param name="Files">The files that were run in order, as they are shown.</param>
/// <param name="IsOneTransaction">Whether all files were one transaction.</param>
public sealed record SeedReport(string? Command, ImmutableArray<string> Files, bool IsOneTransaction);

/// <summary>Fills a database with the project's data: a command line, or <c>.sql</c> files. Policies hold for them.</summary>
/// <param name="project">The project.</param>
/// <param name="dialect">The product.</param>
/// <param name="address">The database.</param>
/// <param name="limits">How long statements of files may wait and run; a command has limits of its own.</param>
public sealed class SeedCommand(Project project, Dialect dialect, DatabaseAddress address, ScriptLimits limits = default)
{
    /// <summary>Whether the project says how it is done.</summary>
    public bool IsConfigured => Command is not null || project.Toml?.SeedFiles is not null;

    private string? Command => project.Toml?.SeedCommand ?? (project.Toml?.SeedFiles is null ? project.Prisma?.Seed ?? project.PackageSeed : null);

    /// <summary>Runs the seed; null where the project has none.</summary>
    /// <param name="arguments">More arguments for the command.</param>
    /// <param name="announce">Told what is about to be run.</param>
    /// <param name="hear">Told each line that a command writes to standard output; null lets it write where this program writes.</param>
    /// <param name="cancellationToken">Cancels; a command is ended then.</param>
    /// <exception cref="PloyException">
    /// PLOY2233 where the command fails, PLOY2234 where a file is not there or the configuration says two things, PLOY2232 where the database refuses a file.
    /// </exception>
    public async ValueTask<SeedReport?> RunAsync(ImmutableArray<string> arguments, Action<string> announce, Action<string>? hear, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(announce);
        if (project.Toml is { SeedCommand: not null, SeedFiles: not null })
            throw new PloyException("PLOY2234", "`[seed]` in `ploy.toml` has both `command` and `files`.", "Keep one of them; a command can run files by `ploy db execute`.");
        if (Command is { } command)
        {
            announce(command);
            await RunCommandAsync(command, arguments, hear, cancellationToken).ConfigureAwait(false);
            return new SeedReport(command, [], false);
        }

        if (project.Toml?.SeedFiles is not { } paths) return null;
        if (!arguments.IsEmpty) throw new PloyException("PLOY2234", "The seed is files, which take no arguments.", "Leave out what stands behind `--`, or set `[seed] command`.");
        var files = Find(paths);
        announce(string.Join(", ", files.Select(f => f.Path)));
        return new SeedReport(null, [.. files.Select(f => f.Path)], await RunFilesAsync(files, cancellationToken).ConfigureAwait(false));
    }

    private ImmutableArray<SourceText> Find(ImmutableArray<string> paths)
    {
        var files = ImmutableArray.CreateBuilder<SourceText>();
        foreach (var path in paths)
        {
            var full = Path.GetFullPath(path, project.Root);
            if (Directory.Exists(full))
                files.AddRange(Directory.EnumerateFiles(full, "*.sql").Order(StringComparer.Ordinal).Select(f => SchemaFiles.ReadText(f, project.Display(f))));
            else if (File.Exists(full)) files.Add(SchemaFiles.ReadText(full, project.Display(full)));
            else throw new PloyException("PLOY2234", $"There is no file or folder `{path}`, which `[seed] files` names.", "Correct the path; a folder stands for all its `.sql` files, and there are no wildcards.");
        }

        return files.ToImmutable();
    }

    private async ValueTask<bool> RunFilesAsync(ImmutableArray<SourceText> files, CancellationToken cancellationToken)
    {
        await using var session = await dialect.Connector.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        await dialect.Connector.ObeyPoliciesAsync(session, cancellationToken).ConfigureAwait(false);
        await limits.SetAsync(session, cancellationToken).ConfigureAwait(false);
        if (files.Any(f => dialect.Split(f.Text).Any(s => s.Control != TransactionControl.None || s.Transaction == TransactionUse.Forbidden)))
        {
            foreach (var file in files) await ExecuteAsync(session, file, cancellationToken).ConfigureAwait(false);
            return false;
        }

        await using var transaction = await session.BeginAsync(TransactionPurpose.Rows, cancellationToken).ConfigureAwait(false);
        foreach (var file in files) await ExecuteAsync(session, file, cancellationToken).ConfigureAwait(false);
        try
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw ExecuteCommand.Refused(files[^1], exception);
        }

        return true;
    }

    private static async ValueTask ExecuteAsync(IDatabaseSession session, SourceText file, CancellationToken cancellationToken)
    {
        try
        {
            await session.ExecuteAsync(file.Text, cancellationToken).ConfigureAwait(false);
        }
        catch (StatementException exception)
        {
            throw ExecuteCommand.Refused(file, exception);
        }
    }

    // Where an option says which database is meant, the command is to fill that one, whatever its environment says. A file's path is relative to somewhere else there.
    private string? UrlFor(bool isSet)
    {
        var text = project.GivenUrl ?? (isSet ? null : project.Variable(UrlVariable) ?? project.ConfiguredUrl);
        return text is not null && text == (project.GivenUrl ?? project.ConfiguredUrl) && address.FilePath is { } file ? "file:" + file : text;
    }

    // Which database is meant, in the variable that commands read.
    private async ValueTask RunCommandAsync(string command, ImmutableArray<string> arguments, Action<string>? hear, CancellationToken cancellationToken)
    {
        var line = string.Join(' ', [command, .. arguments.Select(Quote)]);
        var start = new ProcessStartInfo { FileName = OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh", WorkingDirectory = project.Root, UseShellExecute = false, RedirectStandardOutput = hear is not null };
        start.ArgumentList.Add(OperatingSystem.IsWindows() ? "/c" : "-c");
        start.ArgumentList.Add(line);
        if (UrlFor(start.Environment.ContainsKey(UrlVariable)) is { } url) start.Environment[UrlVariable] = url;
        using var process = Process.Start(start) ?? throw new PloyException("PLOY2233", $"The seed command `{command}` could not be started.", null);
        try
        {
            while (hear is not null && await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } written) hear(written);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0) throw new PloyException("PLOY2233", $"The seed command `{command}` ended with exit code {process.ExitCode}.", "Look at what it wrote above.");
    }

    private const string UrlVariable = "DATABASE_URL";

    private static string Quote(string argument) =>
        OperatingSystem.IsWindows() ? $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
