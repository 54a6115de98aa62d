using System.Text.Json;
using Ploy.Core.Diagnostics;

namespace Ploy.Design.Configuration;

/// <summary>What Prisma 6 and earlier read in <c>package.json</c>.</summary>
internal static class PackageJson
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary><c>prisma.seed</c> of the file in a folder: a command line; null where there is no file or no such text.</summary>
    /// <exception cref="PloyException">PLOY2234 where the file is no JSON.</exception>
    public static string? SeedIn(string folder)
    {
        var path = Path.Combine(folder, "package.json");
        if (!File.Exists(path)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("prisma", out var prisma) && prisma.ValueKind == JsonValueKind.Object
                && prisma.TryGetProperty("seed", out var seed) && seed.ValueKind == JsonValueKind.String ? seed.GetString() : null;
        }
        catch (JsonException exception)
        {
            throw new PloyException("PLOY2234", $"`package.json`, which may say how to seed, is no JSON: {exception.Message}", "Correct it, or set `[seed]` in `ploy.toml`.", exception);
        }
    }
}
