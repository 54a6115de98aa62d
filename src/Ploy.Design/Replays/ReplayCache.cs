using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Json;
using Ploy.Relational.Model;
using Ploy.Relational.Sessions;

namespace Ploy.Design.Replays;

/// <summary>
/// What chains of migrations lead to, kept in files that are named after everything that decides it. Deleting them costs time, never data:
/// an entry that is damaged or cannot be written is as good as none. Runs may share the folder: entries appear whole and never change.
/// </summary>
/// <param name="folder">The folder <c>.ploy</c>, made when first needed.</param>
/// <param name="time">The clock, by which the entries that were used last are kept.</param>
public sealed class ReplayCache(string folder, TimeProvider time)
{
    /// <summary>How many entries are kept.</summary>
    public const int Capacity = 32;

    // Raised where the form of an entry changes; what changes in how schemas are read changes the identity of the program's modules.
    private const int Form = 1;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _entries = Path.Combine(folder, "replays");

    /// <summary>The name of a chain: changes with every script, the server, the part of the database that is read, and the program.</summary>
    /// <param name="dialect">The product.</param>
    /// <param name="server">What of the server decides the outcome, see <see cref="IDatabaseConnector.FingerprintAsync"/>.</param>
    /// <param name="defaultNamespace">What a name without a namespace means to the scripts; null where the product has none.</param>
    /// <param name="scope">The part of the database that is read.</param>
    /// <param name="unseen">What of it is left out, in words of the caller.</param>
    /// <param name="files">The migrations in order.</param>
    public static string KeyOf(Dialect dialect, string server, string? defaultNamespace, IntrospectionScope scope, IEnumerable<string> unseen, ImmutableArray<MigrationFile> files)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        ArgumentNullException.ThrowIfNull(scope);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(Form.ToString(CultureInfo.InvariantCulture));
        Add(dialect.GetType().Module.ModuleVersionId.ToString());
        Add(typeof(DatabaseSchema).Module.ModuleVersionId.ToString());
        Add(dialect.Id);
        Add(server);
        Add(defaultNamespace ?? "");
        Add(scope.LeavesPartialIndexes ? "1" : "0");
        Add(string.Join('\0', scope.Namespaces));
        Add(string.Join('\0', unseen));
        foreach (var file in files)
        {
            Add(file.Name);
            Add(file.Checksum);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text)
        {
            var bytes = Utf8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }

    /// <summary>The entry of that name; null where there is none, or it is not what was written.</summary>
    public DatabaseSchema? Find(string key)
    {
        var path = PathOf(key);
        try
        {
            if (!File.Exists(path)) return null;
            ReadOnlySpan<byte> entry = File.ReadAllBytes(path);
            // A line with the hash of the rest, which thereby is known to be what was written.
            var line = entry.IndexOf((byte)'\n');
            var json = entry[(line + 1)..];
            if (line < 0 || !entry[..line].SequenceEqual(HashOf(json))) throw new JsonException("The entry is damaged.");
            var schema = CanonicalJson.ReadSchema(json);
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return schema;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            TryDelete(path);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an entry; in a folder that cannot be written to it does nothing.</summary>
    public void Store(string key, DatabaseSchema schema)
    {
        var path = PathOf(key);
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.part");
        try
        {
            Directory.CreateDirectory(_entries);
            var ignore = Path.Combine(folder, ".gitignore");
            if (!File.Exists(ignore)) File.WriteAllText(ignore, "*\n");
            var json = CanonicalJson.WriteBytes(schema);
            File.WriteAllBytes(temporary, [.. HashOf(json), (byte)'\n', .. json]);
            File.Move(temporary, path, overwrite: true);
            foreach (var old in new DirectoryInfo(_entries).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(Capacity)) TryDelete(old.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
        }
    }

    private string PathOf(string key) => Path.Combine(_entries, key + ".json");

    private static byte[] HashOf(ReadOnlySpan<byte> json) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json)));

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays, and is found damaged again.
        }
    }
}
