using System.Runtime.CompilerServices;
using System.Text;
using Xunit.Sdk;

namespace Ploy.Testing;

/// <summary>Compares whole texts and shows what differs.</summary>
public static class Expect
{
    /// <summary>Set to 1, expected texts in files are written anew from the actual ones; refused where CI is <c>true</c>.</summary>
    public const string UpdateVariable = "PLOY_UPDATE";

    /// <summary>Whether expected texts are to be rewritten.</summary>
    /// <exception cref="InvalidOperationException">It was asked for in continuous integration, where it would make every test pass.</exception>
    public static bool IsUpdating
    {
        get
        {
            if (Environment.GetEnvironmentVariable(UpdateVariable) != "1")
                return false;
            return Environment.GetEnvironmentVariable("CI") != "true"
                ? true
                : throw new InvalidOperationException($"{UpdateVariable} is refused where CI=true: expected files are rewritten by people.");
        }
    }

    /// <summary>The texts are equal, character by character.</summary>
    public static void Text(string expected, string actual)
    {
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
            throw new XunitException("The texts differ.\n" + UnifiedDiff.Create(expected, actual));
    }

    /// <summary>
    /// The text equals the file <c>Snapshots/NAME</c> beside the calling test's source file; a missing file fails and says how to make it.
    /// </summary>
    /// <param name="name">The file's name with its extension; forward slashes make folders.</param>
    /// <param name="actual">The text; the file holds it in UTF-8 without a byte order mark.</param>
    /// <param name="callerFilePath">Filled in by the compiler.</param>
    public static void Snapshot(string name, string actual, [CallerFilePath] string callerFilePath = "")
    {
        var folder = Path.GetDirectoryName(Repository.SourcePath(callerFilePath))!;
        File(Path.Combine([folder, "Snapshots", .. name.Split('/')]), actual);
    }

    /// <summary>The text equals that file's.</summary>
    public static void File(string path, string actual)
    {
        var expected = System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path, Encoding.UTF8) : null;
        if (string.Equals(expected, actual, StringComparison.Ordinal))
            return;
        if (IsUpdating)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            System.IO.File.WriteAllText(path, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return;
        }

        var shown = Path.GetRelativePath(Repository.Root, path);
        var what = expected is null ? $"There is no {shown}." : $"The text differs from {shown}.";
        throw new XunitException($"{what} If the new text is right: ./x update\n{UnifiedDiff.Create(expected ?? "", actual)}");
    }
}
