using System.Diagnostics;
using DistRec.Models.MatrixFactorization;
using DistRec.Training.Compute;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench mf</c>: epochs of stochastic gradient descent.</summary>
internal sealed class BenchMfVerb : BenchTrainingVerb
{
    public override string Name => "mf";

    public override string Summary => "Times epochs of matrix factorization by stochastic gradient descent on generated ratings";

    public override IReadOnlyList<OptionDefinition> Options => [.. BenchShape.Options, .. BenchShape.DescentOptions, Json];

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench mf --ratings 20000000 --users 138000 --items 27000 --rank 64 --threads 2 --json", "a data set of MovieLens 20M's size")];

    protected override string RatioMeaning => "bytes of factors read and written, of a triad's";

    protected override TrainingSettings SettingsOf(BenchShape shape) => new() { Model = new MfOptions { Rank = shape.Rank } };

    // Per rating and factor: 2 for the product, 3 for each of both updates.
    protected override double FlopsPerIteration(long ratings, int rank) => 8.0 * ratings * rank;

    protected override double Ratio(long ratings, int rank, double seconds, Peaks peaks) =>
        4.0 * sizeof(float) * ratings * rank / seconds / 1e9 / peaks.TriadGBps;

    // The same grid, with the threads in step: in each stratum every worker has a block of its own.
    protected override async Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken)
    {
        JobSpec spec = JobSpecs.Create("bench", data, settings, null);
        var options = (MfOptions)settings.Model;
        int workers = spec.UserStarts.Count - 1;
        int[] starts = [.. spec.BlockStarts];
        MfPartition[] partitions = [.. Enumerable.Range(0, workers).Select(worker => new MfPartition(
            options,
            new RatingBlock(data.Train.Rows(spec.UserStarts[worker], spec.UserStarts[worker + 1]), null),
            starts,
            spec.UserStarts[worker],
            spec.Units,
            new RatingScale(spec.MinimumRating, spec.MaximumRating)))];
        FactorBlock[] items = [.. Enumerable.Range(0, starts.Length - 1).Select(block => FactorBlock.Zeros(starts[block + 1] - starts[block], options.Rank))];
        foreach (MfPartition partition in partitions)
        {
            partition.Initialize();
        }

        for (int block = 0; block < items.Length; block++)
        {
            InitialFactors.Draw(items[block].Factors, starts[block], options.InitialScale, options.Seed, Numerics.Random.RandomPurpose.ItemFactors);
        }

        List<double> seconds = [];
        for (int epoch = 0; epoch < settings.Epochs; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int stratum = 0; stratum < items.Length; stratum++)
            {
                int step = stratum;
                await pool.ForAsync(
                    workers,
                    (worker, _) =>
                    {
                        int block = (int)(((long)worker * items.Length / workers + step) % items.Length);
                        partitions[worker].Visit(block, items[block], options.LearningRate);
                    },
                    cancellationToken);
            }

            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }
}
