using System.Buffers;

namespace Ploy.Migrations.Files;

/// <summary>Reads whole files whose bytes are needed only until something else is made of them: all but large ones go through the same place in memory.</summary>
public static class FileBytes
{
    // The shared pool would hold a larger place to the program's end.
    private const int MostPooled = 1 << 20;

    /// <summary>Hands the bytes of a file on; they are gone afterwards.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="argument">Handed on too, so that nothing is captured.</param>
    /// <param name="become">Makes something of them.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The right to read it is missing.</exception>
    public static T Read<TArgument, T>(string path, TArgument argument, Func<ReadOnlySpan<byte>, TArgument, T> become)
    {
        ArgumentNullException.ThrowIfNull(become);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        if (!file.CanSeek || file.Length is 0 or > int.MaxValue)
        {
            // A pipe or device does not know its length.
            using var all = new MemoryStream();
            file.CopyTo(all);
            return become(all.GetBuffer().AsSpan(0, (int)all.Length), argument);
        }

        var length = (int)file.Length;
        if (length > MostPooled)
        {
            var large = GC.AllocateUninitializedArray<byte>(length);
            return become(large.AsSpan(0, file.ReadAtLeast(large, length, throwOnEndOfStream: false)), argument);
        }

        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return become(bytes.AsSpan(0, file.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false)), argument);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
