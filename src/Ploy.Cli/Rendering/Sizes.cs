using System.Globalization;
using Ploy.Relational.Sessions;

namespace Ploy.Cli.Rendering;

/// <summary>How much something holds, as people read it.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>12 tables, 4.5 MiB</c></summary>
    public static string Of(Backup backup) => string.Create(CultureInfo.InvariantCulture, $"{backup.Tables} table{(backup.Tables == 1 ? "" : "s")}, {Of(backup.Bytes)}");

    private static string Of(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 1024 && unit + 1 < Units.Length; unit++) size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? size : Math.Round(size, 1))} {Units[unit]}");
    }
}
