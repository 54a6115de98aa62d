using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ploy.Core.Diagnostics;

/// <summary>
/// What a run tells those who watch it: spans of commands, migrations and messages to the database, and two measures. Nobody watches unless
/// somebody listens to the sources; then nothing is made. No span holds a statement's text, which may hold passwords and rows.
/// </summary>
public static class Telemetry
{
    /// <summary>The name of the sources.</summary>
    public const string Name = "Ploy";

    /// <summary>Spans.</summary>
    public static ActivitySource Source { get; } = new(Name);

    private static readonly Meter Meter = new(Name);

    /// <summary>How many migrations were applied.</summary>
    public static Counter<long> Applied { get; } = Meter.CreateCounter<long>("ploy.migrations.applied", "{migration}", "Migrations applied");

    /// <summary>How long a migration took, in seconds.</summary>
    public static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>("ploy.migration.duration", "s", "Time that a migration took");

    /// <summary>A span of one migration; null where nobody listens.</summary>
    /// <param name="name">The migration's.</param>
    /// <param name="began">When it began; default for now.</param>
    public static Activity? Migration(string name, DateTimeOffset began = default)
    {
        var activity = Source.StartActivity(ActivityKind.Internal, startTime: began, name: "migration");
        activity?.SetTag("ploy.migration.name", name);
        return activity;
    }

    /// <summary>A span of one message to a database; null where nobody listens.</summary>
    /// <param name="system">The product, as the conventions of OpenTelemetry name it.</param>
    /// <param name="operation">What it does, in words that hold nothing of the user's.</param>
    /// <param name="statements">How many statements it holds.</param>
    public static Activity? Message(string system, string operation, int statements = 1)
    {
        var activity = Source.StartActivity(operation, ActivityKind.Client);
        activity?.SetTag("db.system.name", system);
        if (statements != 1) activity?.SetTag("db.operation.batch.size", statements);
        return activity;
    }
}
