using System.Diagnostics;
using Ploy.Core.Diagnostics;

namespace Ploy.Design.Hooks;

/// <summary>A command of the user's that runs around a deploy, in the shell of the system.</summary>
/// <param name="key">The key of <c>ploy.toml</c> that names it.</param>
/// <param name="command">The command line.</param>
/// <param name="folder">Where it runs: the folder of <c>ploy.toml</c>.</param>
/// <param name="report">Hears its output, line by line; called on other threads, one at a time.</param>
public sealed class Hook(string key, string command, string folder, Action<string> report)
{
    /// <summary>Runs it to its end; cancelling kills it and what it has started.</summary>
    /// <param name="variables">Added to the environment; no password is among them.</param>
    /// <param name="consequence">What follows from a failure, as a sentence.</param>
    /// <param name="help">What to do then.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PloyException">PLOY2314 where it ends with another code than 0, or does not start.</exception>
    public async ValueTask RunAsync(IReadOnlyDictionary<string, string> variables, string consequence, string help, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/d", "/c", command]) : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = new Process { StartInfo = start };
        var gate = new Lock();
        process.OutputDataReceived += (_, line) => Tell(line.Data);
        process.ErrorDataReceived += (_, line) => Tell(line.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PloyException("PLOY2314", $"The hook `{key}` does not start: {exception.Message.TrimEnd('.')}. {consequence}", $"Correct `{key}` under `[hooks]` in `ploy.toml`.", exception);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
            throw new PloyException("PLOY2314", $"The hook `{key}` (`{command}`) ended with exit code {process.ExitCode}. {consequence}", help);

        void Tell(string? line)
        {
            if (line is null) return;
            lock (gate) report(line);
        }
    }
}
