using System.Text;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;

namespace Ploy.Migrations.Files;

/// <summary>A migration on disk: a folder with its script. Only the checksum is held, so that thousands of them weigh nothing.</summary>
public sealed class MigrationFile
{
    /// <summary>The name of the file beside the script with queries that must find no row after it.</summary>
    public const string VerificationName = "verify.sql";

    private readonly WeakReference<SourceText?> _script = new(null);
    private readonly string _folder;
    private readonly string _displayFolder;

    internal MigrationFile(string name, string folder, string displayFolder, string checksum, bool hasMarks) =>
        (Name, _folder, _displayFolder, Checksum, HasMarks) = (name, folder, displayFolder, checksum, hasMarks);

    /// <summary>Where the script of a migration in a folder lies.</summary>
    internal static string PathOf(string folder, string name) => Path.Combine(folder, name, MigrationDirectory.ScriptName);

    /// <summary>The same as it is shown.</summary>
    internal static string DisplayPathOf(string displayFolder, string name) => $"{displayFolder}/{name}/{MigrationDirectory.ScriptName}";

    private string ScriptPath => PathOf(_folder, Name);

    private string DisplayPath => DisplayPathOf(_displayFolder, Name);

    /// <summary>The folder's name, which is the migration's identity.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the file's bytes, 64 hexadecimal digits.</summary>
    public string Checksum { get; }

    /// <summary>Whether the script may say what is ours (<c>-- ploy:manages</c>, <c>-- ploy:releases</c>): others need not be read for it.</summary>
    public bool HasMarks { get; }

    /// <summary>The script <c>migration.sql</c>, its path as it is shown. Read from disk unless somebody still holds the last one given.</summary>
    /// <exception cref="PloyException">PLOY2101 where it cannot be read; PLOY2103 where it is no longer the file that was found.</exception>
    public SourceText Script
    {
        get
        {
            if (_script.TryGetTarget(out var held)) return held;
            var text = SourceText.From(DisplayPath, Read(0, static (bytes, _) => Encoding.UTF8.GetString(bytes)).TrimStart('\uFEFF'));
            _script.SetTarget(text);
            return text;
        }
    }

    /// <summary>The file of that name beside the script; null where there is none.</summary>
    /// <exception cref="PloyException">PLOY2101 where it cannot be read.</exception>
    public SourceText? Beside(string name)
    {
        var (path, display) = (Path.Combine(_folder, Name, name), $"{_displayFolder}/{Name}/{name}");
        try
        {
            return File.Exists(path) ? SourceText.From(display, File.ReadAllText(path)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw MigrationDirectory.Unreadable(display, exception);
        }
    }

    /// <summary>Whether a recorded checksum is that of this file, whatever its line breaks.</summary>
    /// <exception cref="PloyException">As for <see cref="Script"/>, where the file has to be looked at.</exception>
    public bool Matches(string recorded) => recorded == Checksum || Read(recorded, MigrationChecksum.Matches);

    /// <summary>Deletes the folder of a migration that was written a moment ago and that no database has.</summary>
    public void Delete() => Directory.Delete(Path.Combine(_folder, Name), recursive: true);

    /// <inheritdoc />
    public override string ToString() => Name;

    internal static bool Marks(ReadOnlySpan<byte> script) => script.IndexOf("-- ploy:manages "u8) >= 0 || script.IndexOf("-- ploy:releases "u8) >= 0;

    private T Read<TArgument, T>(TArgument argument, Func<ReadOnlySpan<byte>, TArgument, T> become)
    {
        try
        {
            return FileBytes.Read(ScriptPath, (This: this, Argument: argument, Become: become), static (bytes, state) =>
                MigrationChecksum.Of(bytes) == state.This.Checksum
                    ? state.Become(bytes, state.Argument)
                    : throw new PloyException("PLOY2103", $"The migration `{state.This.DisplayPath}` was changed while the command ran.", "Run the command again."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw MigrationDirectory.Unreadable(DisplayPath, exception);
        }
    }
}
