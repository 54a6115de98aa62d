using System.Collections.Immutable;
using System.ComponentModel;
using Ploy.Core.Diagnostics;
using Ploy.Postgres.Sessions;
using Ploy.Relational.Sessions;

namespace Ploy.Postgres.Backups;

/// <summary>Backups in pg_dump's own format (https://www.postgresql.org/docs/current/app-pgdump.html), written and read by PostgreSQL's programs.</summary>
internal sealed class PostgresBackups : IDatabaseBackups
{
    private static readonly string Nowhere = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";

    /// <inheritdoc />
    public string Extension => ".dump";

    /// <inheritdoc />
    public async ValueTask<Backup> WriteAsync(IDatabaseSession session, string path, CancellationToken cancellationToken)
    {
        var own = PostgresConnector.Own(session);
        var programs = Programs(own, "pg_dump", "pg_restore");
        var part = path + ".part";
        BackupFiles.Begin(part);
        try
        {
            // A role that policies filter is refused by itself: pg_dump switches row security off. ACCESS SHARE holds up no reader and no writer.
            using (var dump = Start(programs, "pg_dump", own, "--no-password", "--format=custom", "--lock-wait-timeout=60s", "--file=" + part))
            {
                if (await dump.ReadLinesAsync(cancellationToken).ConfigureAwait(false) is null)
                    throw new PloyException(
                        "PLOY2342", $"The database `{own.Address}` could not be backed up: `pg_dump` failed. Nothing was applied.",
                        "Look at what it said. It needs a role that may read every table and that no policy filters.")
                    {
                        Notes = await NotesAsync(dump, "pg_dump").ConfigureAwait(false),
                    };
            }

            var backup = await VerifyAsync(own, part, cancellationToken).ConfigureAwait(false);
            File.Move(part, path);
            return backup with { Path = path };
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask<Backup> VerifyAsync(IDatabaseSession session, string path, CancellationToken cancellationToken)
    {
        var own = PostgresConnector.Own(session);
        if (!File.Exists(path)) throw Unreadable($"There is no file `{path}`.", []);
        var programs = Programs(own, "pg_restore");
        // The list stands at the head; a file that was cut off has one as well, so that all of it is read too.
        var list = await ReadAsync("--list").ConfigureAwait(false);
        await ReadAsync("--file=" + Nowhere).ConfigureAwait(false);
        return new Backup(path, new FileInfo(path).Length, list.Count(IsTable));

        async ValueTask<List<string>> ReadAsync(string option)
        {
            using var restore = Start(programs, "pg_restore", own, option, path);
            return await restore.ReadLinesAsync(cancellationToken).ConfigureAwait(false)
                ?? throw Unreadable($"The file `{path}` is no backup of PostgreSQL that can be read to its end.", await NotesAsync(restore, "pg_restore").ConfigureAwait(false));
        }
    }

    /// <inheritdoc />
    public async ValueTask<ImmutableArray<string>> NamespacesAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        [.. await PostgresConnector.Own(session).QueryTextsAsync(RestorePrelude.Namespaces, cancellationToken).ConfigureAwait(false)];

    /// <inheritdoc />
    public async ValueTask RestoreAsync(IDatabaseSession session, Backup backup, string? onlyNamespace, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        var own = PostgresConnector.Own(session);
        var programs = Programs(own, "psql", "pg_restore");
        var prelude = await RestorePrelude.CreateAsync(own, onlyNamespace, lockTimeout, cancellationToken).ConfigureAwait(false);
        string[] options = onlyNamespace is null ? ["--clean", "--if-exists"] : ["--schema=" + onlyNamespace];
        using var restore = Start(programs, "pg_restore", own, ["--file=-", .. options, backup.Path]);
        using var psql = Start(programs, "psql", own, "--no-password", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-");
        var answers = psql.Output.CopyToAsync(Stream.Null, cancellationToken);
        restore.Input.Close();
        try
        {
            await WriteAsync(psql, prelude.Begin, cancellationToken).ConfigureAwait(false);
            await restore.Output.CopyToAsync(psql.Input, cancellationToken).ConfigureAwait(false);
            // What was cut off is not committed: the end of its input makes psql go, and the server rolls back.
            if (await restore.EndAsync(cancellationToken).ConfigureAwait(false)) await WriteAsync(psql, prelude.End, cancellationToken).ConfigureAwait(false);
            psql.Input.Close();
        }
        catch (IOException)
        {
            // It has stopped reading, because a statement failed.
        }

        await answers.ConfigureAwait(false);
        var isDone = await psql.EndAsync(cancellationToken).ConfigureAwait(false);
        if (isDone && await restore.EndAsync(cancellationToken).ConfigureAwait(false)) return;
        var notes = await NotesAsync(isDone ? restore : psql, isDone ? "pg_restore" : "psql").ConfigureAwait(false);
        throw new PloyException("PLOY2344", $"The backup `{backup.Path}` could not be brought back to `{own.Address}`; nothing has changed.", AdviceFor(notes)) { Notes = notes };
    }

    private static async ValueTask WriteAsync(RunningProgram psql, string text, CancellationToken cancellationToken)
    {
        await psql.Input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        await psql.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string AdviceFor(ImmutableArray<string> notes)
    {
        var text = string.Join('\n', notes);
        return text.Contains("lock timeout", StringComparison.Ordinal) ? "Stop the programs that use the database, then run it again; `--lock-timeout` waits longer for them."
            : text.Contains("max_locks_per_transaction", StringComparison.Ordinal) ? "Raise `max_locks_per_transaction` of the server for it, since a restore is one transaction; or bring it into an empty database by hand with `pg_restore --dbname=NAME FILE`, which is none."
            : text.Contains("unrecognized configuration parameter", StringComparison.Ordinal) ? "Install PostgreSQL's programs of the server's own version: newer ones say things that it does not know."
            : "Look at what it said; bringing back owners and extensions takes the role that owns them, or a superuser.";
    }

    private static PostgresPrograms Programs(PostgresSession session, params string[] names) => Choose(PostgresPrograms.Find(session.ServerVersion.Major, names), session.ServerVersion.Major, names[0]);

    /// <summary>Of the server's own version where there is one: a newer one also writes and reads what an older server has, but says things that it does not know.</summary>
    /// <exception cref="PloyException">PLOY2340 where there is none, PLOY2341 where all are older than the server.</exception>
    internal static PostgresPrograms Choose(IEnumerable<PostgresPrograms> found, int major, string name)
    {
        PostgresPrograms? newer = null, older = null;
        foreach (var programs in found)
        {
            if (programs.Major == major) return programs;
            if (programs.Major > major && (newer is null || programs.Major < newer.Major)) newer = programs;
            if (programs.Major < major && (older is null || programs.Major > older.Major)) older = programs;
        }

        if (newer is not null) return newer;
        var help = $"Install the client programs of PostgreSQL {major} (Debian: `postgresql-client-{major}`), or put the folder that has them on PATH.";
        throw older is null
            ? new PloyException("PLOY2340", $"The program `{name}` was found neither on PATH nor in the usual places. Nothing has changed.", help)
            : new PloyException("PLOY2341", $"The server is PostgreSQL {major}, and the newest `{name}` found is of version {older.Major} (`{older.PathOf(name)}`), which refuses newer servers. Nothing has changed.", help);
    }

    private static RunningProgram Start(PostgresPrograms programs, string name, PostgresSession session, params string[] arguments)
    {
        var path = programs.PathOf(name);
        try
        {
            return RunningProgram.Start(path, arguments, ProgramEnvironment.Of(session.Address));
        }
        catch (Win32Exception exception)
        {
            throw new PloyException("PLOY2340", $"The program `{path}` does not start: {exception.Message.TrimEnd('.')}. Nothing has changed.", "Install PostgreSQL's client programs, or put the folder that has them on PATH.", exception);
        }
    }

    // A line of the list: `215; 1259 16389 TABLE public users postgres`. `TABLE DATA` are its rows.
    private static bool IsTable(string line) => line.Split(' ') is [_, _, _, "TABLE", not ("DATA" or "ATTACH"), ..] && !line.StartsWith(';');

    private static PloyException Unreadable(string message, ImmutableArray<string> notes) => new(
        "PLOY2343", message, "Name a file that `ploy migrate deploy --backup` or `pg_dump --format=custom` has written; a script of `pg_dump` is for `psql`.")
    {
        Notes = notes,
    };

    private static async ValueTask<ImmutableArray<string>> NotesAsync(RunningProgram program, string name) =>
        [.. (await program.MessagesAsync().ConfigureAwait(false)).Select(line => line.StartsWith(name, StringComparison.Ordinal) ? line : $"{name}: {line}")];
}
