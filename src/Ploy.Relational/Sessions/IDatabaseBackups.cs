using System.Collections.Immutable;
using System.Globalization;

namespace Ploy.Relational.Sessions;

/// <summary>A copy of a database in a file, which was read back whole.</summary>
/// <param name="Path">The file, in full.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Tables">How many tables it holds, Ploy's own and the history among them.</param>
public sealed record Backup(string Path, long Bytes, int Tables);

/// <summary>Copies of whole databases in files.</summary>
public interface IDatabaseBackups
{
    /// <summary>How the names of its files end, with the dot.</summary>
    string Extension { get; }

    /// <summary>
    /// Writes a backup and reads it back. The file is there under its name only when it is whole; only its owner may read it.
    /// </summary>
    /// <param name="session">A session on the database; no transaction is open.</param>
    /// <param name="path">The file, in full; its folder is made where it is missing.</param>
    /// <param name="cancellationToken">Cancels; no file is left.</param>
    /// <exception cref="Core.Diagnostics.PloyException">PLOY2340 where a program is missing, PLOY2341 where it is too old, PLOY2342 where it fails.</exception>
    ValueTask<Backup> WriteAsync(IDatabaseSession session, string path, CancellationToken cancellationToken);

    /// <summary>Reads a backup from its beginning to its end.</summary>
    /// <param name="session">A session on the server that it is to be brought back to.</param>
    /// <param name="path">The file, in full.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="Core.Diagnostics.PloyException">PLOY2343 where it cannot be read; PLOY2340.</exception>
    ValueTask<Backup> VerifyAsync(IDatabaseSession session, string path, CancellationToken cancellationToken);

    /// <summary>The namespaces of the user's that a restore of a whole database would replace; empty where the product has none.</summary>
    ValueTask<ImmutableArray<string>> NamespacesAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Puts what the backup holds in place of what is there; all of it or nothing.</summary>
    /// <param name="session">A session on the database; no transaction is open.</param>
    /// <param name="backup">As <see cref="VerifyAsync"/> gave it.</param>
    /// <param name="onlyNamespace">The one namespace to bring back; null for all.</param>
    /// <param name="lockTimeout">Longest wait for what others hold of what has to go; zero for no limit.</param>
    /// <param name="cancellationToken">Cancels; nothing has changed then.</param>
    /// <exception cref="Core.Diagnostics.PloyException">PLOY2344 where it fails, PLOY2345 where others depend on what would go; PLOY2340.</exception>
    ValueTask RestoreAsync(IDatabaseSession session, Backup backup, string? onlyNamespace, TimeSpan lockTimeout, CancellationToken cancellationToken);
}

/// <summary>Names of backups.</summary>
public static class BackupFiles
{
    /// <summary>A file in the folder that does not exist: the database's name, the time in UTC to the second.</summary>
    public static string PathFor(this IDatabaseBackups backups, DatabaseAddress address, string folder, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(backups);
        ArgumentNullException.ThrowIfNull(address);
        var name = address.FilePath is { } file ? Path.GetFileNameWithoutExtension(file) : address.Database;
        foreach (var c in Path.GetInvalidFileNameChars().Append('\\').Append(':').Append('*').Append('?')) name = name.Replace(c, '_');
        var stem = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
        var path = stem + backups.Extension;
        for (var i = 2; File.Exists(path); i++) path = string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}{backups.Extension}");
        return path;
    }

    /// <summary>Makes an empty file that only its owner may read, and its folder; what is written into it later keeps that.</summary>
    /// <exception cref="Core.Diagnostics.PloyException">PLOY2342 where it cannot be made.</exception>
    public static void Begin(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a full path to a file has a folder
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new Core.Diagnostics.PloyException(
                "PLOY2342", $"The backup cannot be written to `{path}`: {exception.Message.TrimEnd('.')}. Nothing was applied.", "Name a folder that may be written to and has room.", exception);
        }
    }
}
