using System.Diagnostics;
using System.Globalization;

namespace Ploy.Postgres.Sessions;

/// <summary>A folder with programs of PostgreSQL.</summary>
/// <param name="Folder">The folder, in full.</param>
/// <param name="Major">Their major version.</param>
internal sealed record PostgresPrograms(string Folder, int Major)
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    // Where Debian, Red Hat, Homebrew, Postgres.app and the installer for Windows put them; `*` is the version.
    private static readonly string[] Usual =
    [
        "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/opt/homebrew/opt/libpq/bin",
        "/usr/local/opt/libpq/bin", "/Applications/Postgres.app/Contents/Versions/*/bin", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", "*", "bin"),
    ];

    /// <summary>
    /// The folders that hold all of these programs. Each is asked for its version when it is reached: the usual place of the wanted version first, since
    /// what is on PATH may be a slow program that looks for the same; then PATH, then the other places.
    /// </summary>
    public static IEnumerable<PostgresPrograms> Find(int wanted, params string[] names)
    {
        var number = wanted.ToString(CultureInfo.InvariantCulture);
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);
        foreach (var folder in Usual.Select(u => u.Replace("*", number, StringComparison.Ordinal)).Concat(path).Concat(Usual.SelectMany(Folders)).Distinct(StringComparer.Ordinal))
            if (Array.TrueForAll(names, n => File.Exists(Path.Combine(folder, n + Suffix))) && MajorOf(Path.Combine(folder, names[0] + Suffix)) is { } major)
                yield return new PostgresPrograms(folder, major);
    }

    /// <summary>The full path of a program.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name + Suffix);

    private static IEnumerable<string> Folders(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return [pattern];
        var slash = pattern.LastIndexOfAny(['/', '\\'], star);
        var end = pattern.IndexOfAny(['/', '\\'], star);
        var parent = pattern[..slash];
        return Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, pattern[(slash + 1)..end]).OrderDescending(StringComparer.Ordinal).Select(found => found + pattern[end..])
            : [];
    }

    // `pg_dump (PostgreSQL) 15.8 (Debian ...)`, `... 18beta1`; null where it does not run.
    private static int? MajorOf(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            var text = process?.StandardOutput.ReadToEnd() ?? "";
            process?.WaitForExit();
            var version = text[(text.IndexOf(')', StringComparison.Ordinal) + 1)..].TrimStart();
            return int.TryParse(string.Concat(version.TakeWhile(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
