using System.Diagnostics;
using DistRec.Actors;
using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench als</c>: iterations of exact alternating least squares.</summary>
internal sealed class BenchAlsVerb : BenchTrainingVerb
{
    public override string Name => "als";

    public override string Summary => "Times iterations of exact ALS on generated ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench als --ratings 20000000 --users 138000 --items 27000 --rank 64 --threads 2 --json", "a data set of MovieLens 20M's size")];

    protected override string RatioMeaning => "useful floating-point operations, of a matrix product's";

    protected override TrainingSettings SettingsOf(BenchShape shape) =>
        new() { Als = new AlsOptions { Rank = shape.Rank } };

    // Half of each symmetric rank-one update, for both sides; right sides and factorizations come on top and are not counted.
    protected override double FlopsPerIteration(long ratings, int rank) => 2.0 * ratings * rank * (rank + 1);

    protected override double Ratio(long ratings, int rank, double seconds, Peaks peaks) =>
        FlopsPerIteration(ratings, rank) / seconds / 1e9 / peaks.SgemmGflops;

    protected override async Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken)
    {
        RatingMatrix train = data.Train;
        AlsSolver solver = new(settings.Als!);
        RatingStatistics statistics = RatingStatistics.Of(train);
        RatingScale scale = new(statistics.Minimum, statistics.Maximum);
        RowPartition users = new(Side.User, solver, new RatingBlock(train, null), 0, (float)statistics.Mean, scale);
        RowPartition items = new(
            Side.Item, solver, new RatingBlock(train.TransposeColumns(0, train.ColumnCount), null), 0, (float)statistics.Mean, scale);
        users.Initialize();
        items.Initialize();
        List<double> seconds = [];
        for (int iteration = 0; iteration < settings.Epochs; iteration++)
        {
            long start = Stopwatch.GetTimestamp();
            await users.SolveAsync(Whole(items.Current), iteration, pool, cancellationToken);
            await items.SolveAsync(Whole(users.Current), iteration, pool, cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }

    private static PartitionedFactors Whole(FactorBlock side) => FactorBlock.SideOf([0, side.Biases.Length], [side]);
}
