using System.Diagnostics;
using System.Text;

namespace Ploy.Testing;

/// <summary>What a finished program left.</summary>
/// <param name="ExitCode">Its exit code; 128 + n where signal n ended it.</param>
/// <param name="Output">Standard output, with line feeds only.</param>
/// <param name="Error">Standard error, with line feeds only.</param>
public sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    /// <summary>The result itself where the program ended with that code, else an exception that shows both streams.</summary>
    public ProcessResult Expect(int exitCode) => ExitCode == exitCode
        ? this
        : throw new Xunit.Sdk.XunitException($"Exit code {ExitCode} instead of {exitCode}.\n--- output\n{Output}\n--- error\n{Error}");
}

/// <summary>How to start a program.</summary>
public sealed record ProcessCall
{
    /// <summary>A full path, or a name to be found in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments, each passed on as it is.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The working directory; the root of the repository where null.</summary>
    public string? Directory { get; init; }

    /// <summary>Variables to set beside the inherited ones; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>What the program reads; it sees the end of its input at once where null.</summary>
    public string? Input { get; init; }

    /// <summary>After this long the program and its children are killed and the call throws.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>Starts programs and waits for them.</summary>
public static class ChildProcess
{
    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it was killed, and the message holds what it had written.</exception>
    public static async Task<ProcessResult> RunAsync(ProcessCall call)
    {
        using var process = new Process { StartInfo = StartInfo(call) };
        var output = new StringBuilder();
        var error = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WriteInputAsync(process, call.Input);
        using var deadline = new CancellationTokenSource(call.Timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{call.Program} {string.Join(' ', call.Arguments)} did not end within {call.Timeout}.\n--- output\n{output}\n--- error\n{error}");
        }

        return new ProcessResult(process.ExitCode, output.ToString(), error.ToString());
    }

    private static ProcessStartInfo StartInfo(ProcessCall call)
    {
        var info = new ProcessStartInfo(call.Program, call.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = call.Directory ?? Repository.Root,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in call.Environment)
            info.Environment[name] = value;
        return info;
    }

    private static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input, which is its right.
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }
}
