using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ploy.Cli;

/// <summary>
/// Lays the heap's first part on large pages. A large schema fills memory faster than the kernel hands it out in pages of 4 KiB: each costs an
/// interruption of its own, together a fifth of a run (docs/decisions/0013). What is never used costs nothing.
/// </summary>
internal static class HeapPages
{
    /// <summary>As much as is used before the first collection; the project file sets the same.</summary>
    private const long Bytes = 96 << 20;

    /// <summary>Where the collector puts large objects lies in between.</summary>
    private const long Span = 256 << 20;

    /// <summary>Machines and containers with less memory than this keep what they have.</summary>
    private const long LeastMemory = 1L << 30;

    private const int HugePages = 14; // MADV_HUGEPAGE of the kernel's headers

    /// <summary>To be called once, before the heap grows.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || RuntimeFeature.IsDynamicCodeSupported || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < LeastMemory) return;
        // The collector takes the memory from the kernel in one piece instead of 64 KiB at a time, which no large page would fit in.
        if (!GC.TryStartNoGCRegion(Bytes, lohSize: 1 << 20)) return;
        object first = new();
        var start = Unsafe.As<object, nint>(ref first) & ~(nint)((2 << 20) - 1);
        // A hint, which changes no content and no protection; where it is not heard all is as it was.
        _ = Advise(start, (nint)Span, HugePages);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint start, nint length, int advice);
}
