using System.Text.Json;
using System.Text.RegularExpressions;
using Ploy.Core.Diagnostics;

namespace Ploy.Design.Configuration;

/// <summary>Connection strings where an ASP.NET Core program keeps them, the strongest first: environment, user secrets, settings files.</summary>
internal static partial class AppSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The connection string of that name.</summary>
    /// <param name="name">Its key under <c>ConnectionStrings</c>.</param>
    /// <param name="folder">The project's folder.</param>
    /// <param name="environment">Environment variables.</param>
    /// <exception cref="PloyException">PLOY2006 where no place has it, PLOY2007 where a file does not parse.</exception>
    public static string Find(string name, string folder, Func<string, string?> environment)
    {
        if (environment($"ConnectionStrings__{name}") is { } variable) return variable;
        var stage = environment("ASPNETCORE_ENVIRONMENT") ?? environment("DOTNET_ENVIRONMENT") ?? "Development";
        var files = new List<string>();
        if (UserSecrets(folder, environment) is { } secrets) files.Add(secrets);
        files.Add(Path.Combine(folder, $"appsettings.{stage}.json"));
        files.Add(Path.Combine(folder, "appsettings.json"));
        foreach (var file in files)
            if (File.Exists(file) && Read(file, name) is { } connection)
                return connection;
        throw new PloyException(
            "PLOY2006",
            $"There is no connection string `{name}`: neither `ConnectionStrings__{name}` in the environment nor `ConnectionStrings` in {string.Join(", ", files.Select(f => $"`{Path.GetFileName(f)}`"))} of `{folder}` has it.",
            "Add it, or name another with `connection` in `ploy.toml`; `project` there names another folder.");
    }

    private static string? Read(string file, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                // User secrets are written flat; configuration keys know no case.
                if (property.Value.ValueKind == JsonValueKind.String && property.Name.Equals($"ConnectionStrings:{name}", StringComparison.OrdinalIgnoreCase)) return property.Value.GetString();
                if (property.Value.ValueKind != JsonValueKind.Object || !property.Name.Equals("ConnectionStrings", StringComparison.OrdinalIgnoreCase)) continue;
                foreach (var entry in property.Value.EnumerateObject())
                    if (entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && entry.Value.ValueKind == JsonValueKind.String)
                        return entry.Value.GetString();
            }

            return null;
        }
        catch (JsonException exception)
        {
            throw new PloyException("PLOY2007", $"`{file}` is no JSON: {exception.Message}", "Correct the file.", exception);
        }
    }

    // https://learn.microsoft.com/aspnet/core/security/app-secrets: the project file names a folder in the user's profile.
    private static string? UserSecrets(string folder, Func<string, string?> environment)
    {
        if (!Directory.Exists(folder)) return null;
        var id = Directory.EnumerateFiles(folder, "*.csproj").Select(f => SecretsId().Match(File.ReadAllText(f))).FirstOrDefault(m => m.Success)?.Groups[1].Value.Trim();
        if (id is null) return null;
        if (environment("APPDATA") is { Length: > 0 } roaming) return Path.Combine(roaming, "Microsoft", "UserSecrets", id, "secrets.json");
        return environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".microsoft", "usersecrets", id, "secrets.json") : null;
    }

    [GeneratedRegex("<UserSecretsId>([^<]+)</UserSecretsId>")]
    private static partial Regex SecretsId();
}
