using System.Globalization;

namespace Ploy.Testing;

/// <summary>The programs of one PostgreSQL installation.</summary>
/// <param name="Directory">The folder that holds <c>initdb</c>, <c>postgres</c> and, mostly, <c>pg_dump</c>.</param>
public sealed record PostgresBinaries(string Directory)
{
    /// <summary>Names a folder to take instead of the one found, such as that of another major version.</summary>
    public const string Variable = "PLOY_TEST_POSTGRES_BIN";

    /// <summary>The full path of one of the programs.</summary>
    public string this[string program] => Path.Combine(Directory, program);

    /// <summary>A client program: of this installation, or where it holds none, as servers alone do, of the one that is found without the variable.</summary>
    public string Client(string program) => File.Exists(this[program]) ? this[program] : (FromPath() ?? FromDebian() ?? this)[program];

    /// <summary>
    /// The folder in <see cref="Variable"/>, else that of the <c>initdb</c> in PATH (links followed), else the highest version where
    /// Debian puts them.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is none; the message says what to install.</exception>
    public static PostgresBinaries Find() =>
        FromVariable() ?? FromPath() ?? FromDebian()
        ?? throw new InvalidOperationException(
            $"No PostgreSQL server programs were found. Install them (Debian: `apt-get install postgresql`), or name their folder in {Variable}.");

    private static PostgresBinaries? FromVariable() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? new PostgresBinaries(folder) : null;

    private static PostgresBinaries? FromPath()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var program = new FileInfo(Path.Combine(folder, "initdb"));
            if (!program.Exists)
                continue;
            var real = program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName;
            if (IsInstallation(Path.GetDirectoryName(real)!))
                return new PostgresBinaries(Path.GetDirectoryName(real)!);
        }

        return null;
    }

    private static PostgresBinaries? FromDebian()
    {
        const string Parent = "/usr/lib/postgresql";
        if (!System.IO.Directory.Exists(Parent))
            return null;
        return System.IO.Directory.GetDirectories(Parent)
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Where(IsInstallation)
            .Select(folder => new PostgresBinaries(folder))
            .FirstOrDefault();
    }

    private static bool IsInstallation(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
}
