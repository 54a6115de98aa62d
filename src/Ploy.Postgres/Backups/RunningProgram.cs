using System.Collections.Immutable;
using System.Diagnostics;

namespace Ploy.Postgres.Backups;

/// <summary>A program of PostgreSQL that runs, with its messages collected; disposing ends it.</summary>
internal sealed class RunningProgram : IDisposable
{
    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly Task<string> _messages;

    private RunningProgram(Process process) => (_process, _messages) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it writes; has to be read to its end.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts it.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments; nothing secret.</param>
    /// <param name="environment">Variables; null takes one away.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It does not start.</exception>
    public static RunningProgram Start(string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return new RunningProgram(Process.Start(start)!); // null only where a running process is reused, which UseShellExecute does
    }

    /// <summary>Its whole output as lines, once it has ended well; null where it failed.</summary>
    public async ValueTask<List<string>?> ReadLinesAsync(CancellationToken cancellationToken)
    {
        Input.Close();
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line) lines.Add(line);
        return await EndAsync(cancellationToken).ConfigureAwait(false) ? lines : null;
    }

    /// <summary>Waits for its end; true where it says that all went well.</summary>
    public async ValueTask<bool> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode == 0;
    }

    /// <summary>The last lines of what it said went wrong; it has ended. Neither these programs nor the server repeat a password.</summary>
    public async ValueTask<ImmutableArray<string>> MessagesAsync() =>
        [.. (await _messages.ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(KeptLines)];

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }

        _process.Dispose();
    }
}
