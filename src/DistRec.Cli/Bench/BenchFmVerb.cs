using System.Diagnostics;
using DistRec.Training.Compute;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench fm</c>: epochs of a factorization machine by stochastic gradient descent.</summary>
internal sealed class BenchFmVerb : BenchFeatureVerb
{
    public override string Name => "fm";

    public override string Summary => "Times epochs of a factorization machine by stochastic gradient descent on generated ratings";

    public override IReadOnlyList<OptionDefinition> Options => [.. BenchShape.Options, .. BenchShape.DescentOptions, Json];

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench fm --ratings 1000000 --users 6000 --items 3700 --rank 32 --threads 2 --json", "a data set of MovieLens 1M's size")];

    protected override FmLearner Learner => FmLearner.Sgd;

    protected override string RatioMeaning => "bytes of factors read and written, of a triad's";

    // Per rating and factor: 2 for the product, 3 for each of both updates.
    protected override double FlopsPerIteration(long ratings, int rank) => 8.0 * ratings * rank;

    protected override double Ratio(long ratings, int rank, double seconds, Peaks peaks) =>
        4.0 * sizeof(float) * ratings * rank / seconds / 1e9 / peaks.TriadGBps;

    // Every worker descends over its rows in a copy of its own: what the kernel takes without anything to wait for or to exchange.
    protected override async Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken)
    {
        JobSpec spec = JobSpecs.Create("bench", data, settings, null);
        FactorBlock[] tables = TablesOf(spec, (FmOptions)settings.Model);
        FmPartition[] workers = [.. RowsOf(spec, data.Features!, keepsBlocks: false).Select((rows, worker) => new FmPartition(
            (FmOptions)settings.Model, rows, spec.BlockStarts, spec.Clocks, spec.Features.GroupStarts, spec.Features.RowStarts[worker], spec.Units, JobSpecs.ScaleOf(spec)))];
        foreach (FmPartition worker in workers)
        {
            for (int clock = 0; clock < spec.Clocks; clock++)
            {
                for (int shard = 0; shard < tables.Length; shard++)
                {
                    worker.Take(clock, shard, new ParameterTable(tables[shard]));
                }
            }
        }

        List<double> seconds = [];
        for (int epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            int now = epoch;
            long start = Stopwatch.GetTimestamp();
            await pool.ForAsync(
                workers.Length,
                (worker, _) =>
                {
                    for (int clock = 0; clock < spec.Clocks; clock++)
                    {
                        workers[worker].Descend(clock, now, ((FmOptions)settings.Model).LearningRate);
                    }
                },
                cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }
}
