using System.Runtime.InteropServices;

namespace Ploy.Cli.Commands;

internal sealed class VersionVerb() : Verb("version", "Show the version of Ploy and what it runs on.", "ploy version --json")
{
    /// <summary>Ploy's own version: major, minor, patch.</summary>
    public static string Current => typeof(VersionVerb).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (platform, runtime) = (RuntimeInformation.RuntimeIdentifier, RuntimeInformation.FrameworkDescription);
        context.Terminal.Result(json =>
        {
            json.WriteString("ploy", Current);
            json.WriteString("platform", platform);
            json.WriteString("runtime", runtime);
        });
        context.Terminal.Say($"ploy      {Current}");
        context.Terminal.Say($"platform  {platform}");
        context.Terminal.Say($"runtime   {runtime}");
        return Task.FromResult(0);
    }
}
