using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DistRec.Training.Compute;
using DistRec.Numerics.Linear;

namespace DistRec.Cli.Bench;

/// <summary>What the machine can do right now: benchmarks are compared by their ratio to it, since machines are shared and differ.</summary>
/// <param name="SgemmGflops">Single-precision matrix product, 10⁹ floating-point operations a second.</param>
/// <param name="SgemmSource">Whose product it was.</param>
/// <param name="TriadGBps">a = b + s·c over arrays beyond every cache, 10⁹ bytes a second read and written.</param>
internal sealed record Peaks(double SgemmGflops, string SgemmSource, double TriadGBps)
{
    private const int Order = 2048;
    private const int TriadLength = 16 * 1024 * 1024;
    private const int Repetitions = 5;

    /// <summary>Measures both on the given threads; the best of a few repetitions, as peaks are.</summary>
    public static async Task<Peaks> MeasureAsync(IComputePool pool)
    {
        (double gflops, string source) = OpenBlas.TryLoad() is { } blas
            ? (MeasureSgemm(blas, pool.Width), $"OpenBLAS ({blas.CoreName})")
            : (await MeasureGramAsync(pool), "built-in Gram product");
        return new Peaks(gflops, source, await MeasureTriadAsync(pool));
    }

    private static unsafe double MeasureSgemm(OpenBlas blas, int threads)
    {
        nuint bytes = Order * Order * sizeof(float);
        float* a = (float*)NativeMemory.AlignedAlloc(3 * bytes, 64);
        try
        {
            new Span<float>(a, 3 * Order * Order).Fill(0.5f);
            double best = double.PositiveInfinity;
            for (int repetition = 0; repetition < Repetitions; repetition++)
            {
                long start = Stopwatch.GetTimestamp();
                blas.Multiply(a, a + Order * Order, a + 2 * Order * Order, Order, threads);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return 2.0 * Order * Order * Order / best / 1e9;
        }
        finally
        {
            NativeMemory.AlignedFree(a);
        }
    }

    // Counts what is computed, not what a symmetric product needs, as a matrix product does.
    private static async Task<double> MeasureGramAsync(IComputePool pool)
    {
        const int Rank = 128;
        const int Tiles = 20_000;
        NormalEquation[] equations = [.. Enumerable.Range(0, pool.Width).Select(_ => new NormalEquation(Rank))];
        double vectorRows = Enumerable.Range(1, Rank / FactorTable.Lanes).Sum(vector => vector * (double)FactorTable.Lanes);
        double best = double.PositiveInfinity;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            await pool.ForAsync(
                pool.Width,
                (chunk, _) =>
                {
                    equations[chunk].Reset();
                    for (int tile = 0; tile < Tiles; tile++)
                    {
                        equations[chunk].AddTile(equations[chunk].TileCapacity);
                    }
                });
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2 * vectorRows * FactorTable.Lanes * equations[0].TileCapacity * Tiles * pool.Width / best / 1e9;
    }

    private static async Task<double> MeasureTriadAsync(IComputePool pool)
    {
        nint memory = Allocate();
        try
        {
            double best = double.PositiveInfinity;
            for (int repetition = 0; repetition <= Repetitions; repetition++)
            {
                long start = Stopwatch.GetTimestamp();
                await pool.ForAsync(pool.Width, (chunk, _) => Triad(memory, chunk, pool.Width));
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return 3.0 * TriadLength * sizeof(float) / best / 1e9;
        }
        finally
        {
            Free(memory);
        }
    }

    private static unsafe nint Allocate()
    {
        float* memory = (float*)NativeMemory.AlignedAlloc(3 * (nuint)TriadLength * sizeof(float), 64);
        new Span<float>(memory, 3 * TriadLength).Fill(1);
        return (nint)memory;
    }

    private static unsafe void Free(nint memory) => NativeMemory.AlignedFree((void*)memory);

    private static unsafe void Triad(nint memory, int part, int parts)
    {
        float* a = (float*)memory;
        float* b = a + TriadLength;
        float* c = b + TriadLength;
        Vector512<float> scale = Vector512.Create(3f);
        long vectors = TriadLength / FactorTable.Lanes;
        long end = vectors * (part + 1) / parts * FactorTable.Lanes;
        for (long j = vectors * part / parts * FactorTable.Lanes; j < end; j += FactorTable.Lanes)
        {
            Vector512.StoreAlignedNonTemporal(
                Vector512.FusedMultiplyAdd(scale, Vector512.LoadAligned(c + j), Vector512.LoadAligned(b + j)), a + j);
        }
    }
}
