using System.Globalization;
using Ploy.Core.Diagnostics;
using Ploy.Relational.Sessions;

namespace Ploy.Sqlite.Sessions;

/// <summary>
/// The migration lock: a file beside the database, open for this process alone and gone with it. It is no lock of SQLite's, since the
/// session that migrates has to write. It is given only while nobody else, the engine included, has the database itself.
/// </summary>
internal sealed class SqliteLock : IAsyncDisposable
{
    // How long to wait before saying so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FileStream? _file;

    private SqliteLock(FileStream? file) => _file = file;

    /// <summary>Waits for the lock by polling every 50 to 150 ms.</summary>
    /// <param name="address">The database.</param>
    /// <param name="wait">Longest wait in all; zero or less means one try.</param>
    /// <param name="waiting">Hears who holds it, once; null for nobody.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">P1002; P1003 where the database is missing; PLOY2315 where it may only be read.</exception>
    public static async ValueTask<SqliteLock> TakeAsync(DatabaseAddress address, TimeSpan wait, Action<string>? waiting, CancellationToken cancellationToken)
    {
        if (address.FilePath is not { } path) return new SqliteLock(null);
        if (!File.Exists(path)) throw SqliteErrors.Missing(address);
        var time = TimeProvider.System;
        var start = time.GetTimestamp();

        // Waiters that began together drift apart; the seed is the process's number, which no other has.
        var random = new Random(Environment.ProcessId);
        while (true)
        {
            var file = TryOpen(address, path + ".ploy-lock");
            if (file is not null)
            {
                var isFree = false;
                try
                {
                    isFree = await IsFreeAsync(address, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    if (!isFree) Close(file);
                }

                if (isFree) return new SqliteLock(file);
            }

            if (time.GetElapsedTime(start) >= wait) throw Held(address, path + ".ploy-lock", isRun: file is null, wait);
            if (waiting is not null && time.GetElapsedTime(start) >= Patience)
            {
                waiting(file is null ? $"another run, which has `{Path.GetFileName(path)}.ploy-lock`{Since(path + ".ploy-lock")}" : "another process that has the database itself");
                waiting = null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 150)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives it back; the file goes.</summary>
    public ValueTask DisposeAsync()
    {
        if (_file is not null) Close(_file);
        return ValueTask.CompletedTask;
    }

    /// <summary>One try for the file; null while another process has it.</summary>
    internal static FileStream? TryOpen(DatabaseAddress address, string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
            if (OperatingSystem.IsWindows() || IsStillThere(file)) return file;
            file.Dispose();
            return null;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new PloyException(
                "P1010", $"The migration lock of the database at `{address.Location}` cannot be taken: {exception.Message.TrimEnd('.')}.",
                "Grant the right to write in the folder of the database, which SQLite needs too.", exception);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            // Gone again between the try and the question.
            return null;
        }
        catch (IOException exception)
        {
            throw new PloyException(
                "PLOY2315", $"The database file at `{address.Location}` takes no writes: {exception.Message.TrimEnd('.')}.",
                "Grant the right to write the file and its folder, and see that the disk takes writes.", exception);
        }
    }

    /// <summary>
    /// Removes the file and gives it back, in this order and only by who has it: outside Windows a file that is open can be removed, and the one that is there
    /// by then may be another run's.
    /// </summary>
    internal static void Close(FileStream file)
    {
        using (file)
            if (!OperatingSystem.IsWindows())
                File.Delete(file.Name);
    }

    /// <summary>
    /// Whether the file that was opened is the one that others find. Outside Windows it is first opened and then locked: in between, who had it may have removed
    /// it, and a lock on what nobody finds keeps nobody out. The time is what both ways to a file have in common.
    /// </summary>
    internal static bool IsStillThere(FileStream file)
    {
        File.SetLastWriteTimeUtc(file.SafeFileHandle, TimeProvider.System.GetUtcNow().UtcDateTime.AddTicks(Environment.CurrentManagedThreadId + Environment.ProcessId));
        return File.Exists(file.Name) && File.GetLastWriteTimeUtc(file.Name) == File.GetLastWriteTimeUtc(file.SafeFileHandle);
    }

    // EWOULDBLOCK of Linux and macOS, a sharing violation and a lock violation of Windows.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    private static async ValueTask<bool> IsFreeAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await SqliteSession.OpenAsync(address, cancellationToken, TimeSpan.Zero).ConfigureAwait(false);
            if (SQLitePCL.raw.sqlite3_db_readonly(session.Handle, "main") == 1)
            {
                throw new PloyException(
                    "PLOY2315", $"The database file at `{address.Location}` takes no writes: it may only be read.",
                    "Leave `mode=ro` out of the connection string, and grant the right to write the file and its folder.");
            }

            session.Run("BEGIN IMMEDIATE; ROLLBACK", cancellationToken);
            return true;
        }
        catch (PloyException exception) when (exception.Code == "P1008")
        {
            return false;
        }
    }

    private static PloyException Held(DatabaseAddress address, string path, bool isRun, TimeSpan wait)
    {
        var patience = wait > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" and did not release it within {wait.TotalSeconds:0.#} s") : "";
        var holder = isRun
            ? $"Another run holds the migration lock (`{Path.GetFileName(path)}`) of the database `{address.Database}` at `{address.Location}`{Since(path)}{patience}."
            : $"Another process or connection has the database `{address.Database}` at `{address.Location}` locked{patience}.";
        return new PloyException("P1002", holder, "Wait until it is done, or end it, then run the command again.");
    }

    private static string Since(string path) =>
        File.Exists(path) ? string.Create(CultureInfo.InvariantCulture, $" since {File.GetLastWriteTimeUtc(path):yyyy-MM-dd HH:mm:ss} UTC") : "";
}
