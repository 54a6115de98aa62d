namespace Ploy.Core.Diagnostics;

/// <summary>
/// The world outside failed, or the command was used wrongly: made where the failure is understood, shown as one error,
/// exit code 1. A bug is any other exception.
/// </summary>
public sealed class PloyException(string code, string message, string? help = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A P-code where Prisma has the condition (<c>P1001</c>), else a <c>PLOY2xxx</c> code.</summary>
    public string Code { get; } = code;

    /// <summary>What to do, as one imperative sentence; null where there is no honest advice.</summary>
    public string? Help { get; } = help;
}
