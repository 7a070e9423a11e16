using System.Diagnostics;
using System.Runtime.Intrinsics;
using DistRec.Training.Compute;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench kernels</c>: the arithmetic alone, on data that stays in the caches.</summary>
internal sealed class BenchKernelsVerb : Verb
{
    private const double SecondsEach = 0.5;

    public override string Name => "kernels";

    public override string Summary => "Times the kernels of training on data that stays in the caches";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench kernels --rank 64 --threads 2 --json", "the Gram product, the solve and the dot product at one rank")];

    public override IReadOnlyList<OptionDefinition> Options =>
        [.. BenchShape.Options.Where(option => option.Name is "rank" or "threads"), Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        BenchShape shape = BenchShape.Read(given, host);
        given.Mistakes.ThrowIfAny();
        using ComputePool pool = new(shape.Threads);
        Peaks peaks = await Peaks.MeasureAsync(pool);
        int rank = shape.Rank;
        NormalEquation[] equations = [.. Enumerable.Range(0, pool.Width).Select(_ => FullTile(rank))];
        float[][] solutions = [.. equations.Select(equation => new float[equation.Stride])];
        int capacity = equations[0].TileCapacity;
        double tiles = await RateAsync(pool, worker => equations[worker].AddTile(capacity));
        double systems = await RateAsync(pool, worker =>
        {
            equations[worker].Reset();
            equations[worker].AddTile(1);
            equations[worker].TrySolve(1, 1, solutions[worker], out _);
        });
        double dots = await RateAsync(pool, worker => Dot.Compute(solutions[worker], solutions[worker]));
        double gflops = tiles * capacity * rank * (rank + 1) / 1e9;
        BenchTrainingVerb.Report(given, host, new
        {
            benchmark = Name,
            rank,
            threads = shape.Threads,
            gramUsefulGflops = gflops,
            sgemmGflops = peaks.SgemmGflops,
            sgemmSource = peaks.SgemmSource,
            triadGBps = peaks.TriadGBps,
            ratio = gflops / peaks.SgemmGflops,
            solvesPerSecond = systems,
            dotProductsPerSecond = dots,
            vectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
            peakMemoryMiB = PeakMemory.MiB(),
        });
        return ExitCode.Success;
    }

    private static NormalEquation FullTile(int rank)
    {
        NormalEquation equation = new(rank);
        for (int t = 0; t < equation.TileCapacity; t++)
        {
            for (int j = 0; j < rank; j++)
            {
                equation.TileRow(t)[j] = (t * 31 + j * 17) % 13 / 13f - 0.5f;
            }

            equation.Targets[t] = t % 5;
        }

        return equation;
    }

    // Calls a second over all threads, after as long a warm-up.
    private static async Task<double> RateAsync(ComputePool pool, Action<int> body)
    {
        double rate = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            long[] calls = new long[pool.Width];
            long start = Stopwatch.GetTimestamp();
            await pool.ForAsync(
                pool.Width,
                (chunk, _) =>
                {
                    while (Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsEach)
                    {
                        for (int call = 0; call < 64; call++)
                        {
                            body(chunk);
                        }

                        calls[chunk] += 64;
                    }
                });
            rate = calls.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return rate;
    }
}
