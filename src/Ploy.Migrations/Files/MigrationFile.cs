using Ploy.Core.Text;

namespace Ploy.Migrations.Files;

/// <summary>A migration on disk: a folder with its script.</summary>
public sealed class MigrationFile
{
    private readonly byte[] _bytes;

    internal MigrationFile(string name, SourceText script, byte[] bytes)
    {
        (Name, Script, _bytes) = (name, script, bytes);
        Checksum = MigrationChecksum.Of(bytes);
    }

    /// <summary>The folder's name, which is the migration's identity.</summary>
    public string Name { get; }

    /// <summary>The script <c>migration.sql</c>, its path as it is shown.</summary>
    public SourceText Script { get; }

    /// <summary>SHA-256 of the file's bytes, 64 hexadecimal digits.</summary>
    public string Checksum { get; }

    /// <summary>Whether a recorded checksum is that of this file, whatever its line breaks.</summary>
    public bool Matches(string recorded) => MigrationChecksum.Matches(_bytes, recorded);

    /// <inheritdoc />
    public override string ToString() => Name;
}
