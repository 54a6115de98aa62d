namespace Ploy.Testing;

/// <summary>Runs the built command-line program as a user would.</summary>
public static class PloyProgram
{
    /// <summary>Names another build of the program to test, such as the native one.</summary>
    public const string Variable = "PLOY_TEST_PROGRAM";

    /// <summary>The program's full path: that in <see cref="Variable"/>, else the one built beside the tests.</summary>
    public static string ProgramPath { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path
        ? path
        : Repository.PathOf("artifacts", "bin", "Ploy.Cli", Repository.Configuration, OperatingSystem.IsWindows() ? "ploy.exe" : "ploy");

    /// <summary>Runs it in a folder with the given arguments and no terminal.</summary>
    public static Task<ProcessResult> RunAsync(string folder, params IReadOnlyList<string> arguments) =>
        RunAsync(new ProcessCall { Program = ProgramPath, Directory = folder, Arguments = arguments });

    /// <summary>Runs it as told; the call's program is replaced. Variables of the machine that change its ways are removed.</summary>
    public static Task<ProcessResult> RunAsync(ProcessCall call)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["DATABASE_URL"] = null,
            ["DIRECT_URL"] = null,
            ["SHADOW_DATABASE_URL"] = null,
            ["NO_COLOR"] = "1",
            ["CI"] = null,
            ["GITHUB_ACTIONS"] = null,
        };
        foreach (var (name, value) in call.Environment)
            environment[name] = value;
        return ChildProcess.RunAsync(call with { Program = ProgramPath, Environment = environment });
    }
}
