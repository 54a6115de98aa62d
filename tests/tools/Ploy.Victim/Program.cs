using System.Diagnostics;
using Ploy.Cli.Rendering;
using Ploy.Core.Diagnostics;
using Ploy.Postgres;
using Ploy.Sqlite;

// The program as it is, killed (SIGKILL) before its n-th message to the database, which is after the answer to the one before; with 0 it
// prints how many there are. Arguments: the number, then those of `ploy`.
var limit = int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture);
var moments = 0;
using var listener = new ActivityListener
{
    ShouldListenTo = source => source.Name == Telemetry.Name,
    Sample = (ref _) => ActivitySamplingResult.AllData,
    ActivityStarted = Count,
};
ActivitySource.AddActivityListener(listener);
var terminal = new Terminal
{
    Out = Console.Out,
    Error = Console.Error,
    Environment = _ => null,
    WorkingDirectory = Environment.CurrentDirectory,
    IsInputInteractive = false,
    IsErrorInteractive = false,
};
var code = await Ploy.Cli.Program.RunAsync(args[1..], terminal, [PostgresDialect.Instance, SqliteDialect.Instance], CancellationToken.None);
Console.Out.WriteLine($"moments: {moments}");
return code;

void Count(Activity activity)
{
    if (activity.Kind == ActivityKind.Client && Interlocked.Increment(ref moments) == limit) Process.GetCurrentProcess().Kill();
}
