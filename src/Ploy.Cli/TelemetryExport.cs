using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Ploy.Cli.Commands;
using Ploy.Core.Diagnostics;

namespace Ploy.Cli;

/// <summary>
/// Sends spans and measures of the run to a collector, where the usual variables of OpenTelemetry name one
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/); else nothing of it is even made.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private TelemetryExport()
    {
        _traces = Sdk.CreateTracerProviderBuilder().AddSource(Telemetry.Name).ConfigureResource(Describe).AddOtlpExporter().Build();
        _metrics = Sdk.CreateMeterProviderBuilder().AddMeter(Telemetry.Name).ConfigureResource(Describe).AddOtlpExporter().Build();
    }

    /// <summary>Begins to listen; null where no collector is named.</summary>
    public static TelemetryExport? Start(Func<string, string?> environment) =>
        Array.Exists(Endpoints, name => !string.IsNullOrEmpty(environment(name))) && environment("OTEL_SDK_DISABLED") != "true" ? new TelemetryExport() : null;

    /// <summary>Sends what is left; a collector that does not answer costs a few seconds, never the run.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void Describe(ResourceBuilder resource) => resource.AddService("ploy", serviceVersion: VersionVerb.Current);
}
