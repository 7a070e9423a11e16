using System.Diagnostics;
using DistRec.Training.Compute;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench fm-mcmc</c>: samples of a factorization machine by Gibbs sampling.</summary>
internal sealed class BenchFmMcmcVerb : BenchFeatureVerb
{
    public override string Name => "fm-mcmc";

    public override string Summary => "Times samples of a factorization machine by Gibbs sampling on generated ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench fm-mcmc --ratings 1000000 --users 6000 --items 3700 --rank 32 --threads 2 --json", "a data set of MovieLens 1M's size")];

    protected override FmLearner Learner => FmLearner.Mcmc;

    protected override string RatioMeaning => "bytes of errors and of items' indices read and written, of a triad's";

    // Per rating and factor, for the user and for the item: 2 to change e, 2 for each of Σ q e and Σ q².
    protected override double FlopsPerIteration(long ratings, int rank) => 12.0 * ratings * rank;

    // For the user and for the item of every factor e is read and written, and the item's index is read.
    protected override double Ratio(long ratings, int rank, double seconds, Peaks peaks) =>
        2.0 * (2 * sizeof(float) + sizeof(int)) * ratings * rank / seconds / 1e9 / peaks.TriadGBps;

    // The workers in step, their sums added as the actors add them.
    protected override async Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken)
    {
        JobSpec spec = JobSpecs.Create("bench", data, settings, null);
        PartitionedFactors tables = FactorBlock.SideOf(spec.BlockStarts, TablesOf(spec, (FmOptions)settings.Model));
        SweepPartition[] workers = [.. RowsOf(spec, data.Features!, keepsBlocks: true).Select((rows, worker) => new SweepPartition(
            (FmOptions)settings.Model, rows, spec.BlockStarts, spec.Features.GroupStarts, spec.Features.RowStarts[worker], spec.Epochs, spec.Units, JobSpecs.ScaleOf(spec)))];
        SumsBlock[] sums = new SumsBlock[workers.Length];
        Dictionary<int, double[]> arrays = [];
        List<double> seconds = [];
        for (int epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            int now = epoch;
            long start = Stopwatch.GetTimestamp();
            await pool.ForAsync(workers.Length, (worker, _) => workers[worker].Begin(tables, now), cancellationToken);
            double[] totals = [];
            for (int clock = 0; clock <= spec.Clocks; clock++)
            {
                await pool.ForAsync(workers.Length, (worker, _) => Step(worker, clock, totals), cancellationToken);
                totals = clock < spec.Clocks ? SumsBlock.Total(sums, arrays).Values : [];
            }

            await pool.ForAsync(workers.Length, (worker, _) => workers[worker].End(now), cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            tables = FactorBlock.SideOf(spec.BlockStarts, [.. Enumerable.Range(0, spec.BlockStarts.Count - 1).Select(workers[0].Learned)]);
        }

        return seconds;

        void Step(int worker, int clock, double[] totals)
        {
            if (clock > 0)
            {
                workers[worker].Apply(clock - 1, totals);
            }

            if (clock < spec.Clocks)
            {
                sums[worker] = new SumsBlock(workers[worker].Statistics(clock));
            }
        }
    }
}
