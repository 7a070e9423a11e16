using System.Runtime.InteropServices;

namespace DistRec.Cli.Bench;

/// <summary>The machine's own OpenBLAS, where it is installed: an independent measure of what the processor can do.</summary>
internal sealed unsafe class OpenBlas
{
    private static readonly string[] FileNames = ["libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "libopenblas.dll"];

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _multiply;
    private readonly delegate* unmanaged<int, void> _setThreads;

    private OpenBlas(nint library, nint multiply, nint setThreads)
    {
        _multiply = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)multiply;
        _setThreads = (delegate* unmanaged<int, void>)setThreads;
        CoreName = NativeLibrary.TryGetExport(library, "openblas_get_corename", out nint name)
            ? Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)name)()) ?? "unknown"
            : "unknown";
    }

    /// <summary>The kernel that OpenBLAS chose for this processor.</summary>
    public string CoreName { get; }

    /// <summary>Loads it; null where there is none.</summary>
    public static OpenBlas? TryLoad()
    {
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out nint library)
                && NativeLibrary.TryGetExport(library, "cblas_sgemm", out nint multiply)
                && NativeLibrary.TryGetExport(library, "openblas_set_num_threads", out nint setThreads))
            {
                return new OpenBlas(library, multiply, setThreads);
            }
        }

        return null;
    }

    /// <summary>C = A·B for square row-major matrices of order n.</summary>
    public void Multiply(float* a, float* b, float* c, int n, int threads)
    {
        const int RowMajor = 101;
        const int NotTransposed = 111;
        _setThreads(threads);
        _multiply(RowMajor, NotTransposed, NotTransposed, n, n, n, 1, a, n, b, n, 0, c, n);
    }
}
