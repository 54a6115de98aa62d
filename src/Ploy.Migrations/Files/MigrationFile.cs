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
    private readonly string _path;
    private readonly string _displayPath;

    internal MigrationFile(string name, string path, string displayPath, string checksum, bool hasMarks) =>
        (Name, _path, _displayPath, Checksum, HasMarks) = (name, path, displayPath, checksum, hasMarks);

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
            var text = SourceText.From(_displayPath, Encoding.UTF8.GetString(Bytes()).TrimStart('\uFEFF'));
            _script.SetTarget(text);
            return text;
        }
    }

    /// <summary>The file of that name beside the script; null where there is none.</summary>
    /// <exception cref="PloyException">PLOY2101 where it cannot be read.</exception>
    public SourceText? Beside(string name)
    {
        var path = Path.Combine(Path.GetDirectoryName(_path)!, name); // a file has a folder
        var display = _displayPath[..(_displayPath.LastIndexOf('/') + 1)] + name;
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
    public bool Matches(string recorded) => recorded == Checksum || MigrationChecksum.Matches(Bytes(), recorded);

    /// <summary>Deletes the folder of a migration that was written a moment ago and that no database has.</summary>
    public void Delete() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true); // a file has a folder

    /// <inheritdoc />
    public override string ToString() => Name;

    internal static bool Marks(ReadOnlySpan<byte> script) => script.IndexOf("-- ploy:manages "u8) >= 0 || script.IndexOf("-- ploy:releases "u8) >= 0;

    private byte[] Bytes()
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw MigrationDirectory.Unreadable(_displayPath, exception);
        }

        if (MigrationChecksum.Of(bytes) == Checksum) return bytes;
        throw new PloyException("PLOY2103", $"The migration `{_displayPath}` was changed while the command ran.", "Run the command again.");
    }
}
