using System.Runtime.InteropServices;

namespace MovieLms.Standalone;

/// <summary>
/// Limits the heaps of the C library, where RocksDB allocates its caches. By default glibc creates up to eight heaps per core and keeps
/// most of the memory that is freed in them, which adds about 50 MB after an import (https://man7.org/linux/man-pages/man3/mallopt.3.html).
/// </summary>
internal static class NativeHeap
{
    // Parameters of mallopt in malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private const int ThresholdBytes = 128 * 1024;

    /// <summary>
    /// Allows two heaps, and returns large blocks to the operating system when they are freed. Call it before other threads allocate. Other
    /// C libraries than glibc ignore it.
    /// </summary>
    internal static void Limit()
    {
        if (!IsGlibc)
            return;
        _ = mallopt(ArenaMax, 2);
        // Setting a threshold also stops glibc from raising it when large blocks are freed.
        _ = mallopt(MmapThreshold, ThresholdBytes);
        _ = mallopt(TrimThreshold, ThresholdBytes);
    }

    /// <summary>Returns free memory inside the heaps to the operating system.</summary>
    internal static void Trim()
    {
        if (IsGlibc)
            _ = malloc_trim(0);
    }

    private static bool IsGlibc { get; } =
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, "mallopt", out _);

#pragma warning disable SYSLIB1054, IDE1006 // The name and convention of the C library.
    [DllImport("libc.so.6")]
    private static extern int mallopt(int parameter, int value);

    [DllImport("libc.so.6")]
    private static extern int malloc_trim(nuint pad);
#pragma warning restore SYSLIB1054, IDE1006
}
