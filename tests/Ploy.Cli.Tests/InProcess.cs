using Ploy.Cli.Rendering;
using Ploy.Postgres;
using Ploy.Sqlite;
using Ploy.Testing;

namespace Ploy.Cli.Tests;

/// <summary>Runs a command line in this process: for tests that run it hundreds of times.</summary>
internal static class InProcess
{
    public static Task<ProcessResult> RunAsync(string folder, params string[] arguments) => RunAsync(folder, CancellationToken.None, arguments);

    /// <summary>The same, until the token ends it as Ctrl-C would.</summary>
    public static async Task<ProcessResult> RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        using var error = new StringWriter();
        return await RunAsync(folder, error, cancellationToken, arguments);
    }

    /// <summary>The same, with what hears of progress and errors.</summary>
    public static async Task<ProcessResult> RunAsync(string folder, TextWriter error, CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new StringWriter();
        var terminal = new Terminal
        {
            Out = output,
            Error = error,
            Environment = _ => null,
            WorkingDirectory = folder,
            IsInputInteractive = false,
            IsErrorInteractive = false,
        };
        var code = await Program.RunAsync(arguments, terminal, [PostgresDialect.Instance, SqliteDialect.Instance], cancellationToken);
        return new ProcessResult(code, output.ToString(), error.ToString()!); // a writer of text
    }
}
