using System.Diagnostics;
using DistRec.Training.Compute;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;

namespace DistRec.Cli.Bench;

/// <summary>A benchmark of a model that is trained by alternation: the bare loop has one partition a side.</summary>
internal abstract class BenchAlternatingVerb : BenchTrainingVerb
{
    protected override string RatioMeaning => "useful floating-point operations, of a matrix product's";

    // Half of each symmetric rank-one update, for both sides; right sides and factorizations come on top and are not counted.
    protected override double FlopsPerIteration(long ratings, int rank) => 2.0 * ratings * rank * (rank + 1);

    protected override double Ratio(long ratings, int rank, double seconds, Peaks peaks) =>
        FlopsPerIteration(ratings, rank) / seconds / 1e9 / peaks.SgemmGflops;

    protected override async Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken)
    {
        RatingMatrix train = data.Train;
        JobSpec spec = JobSpecs.Create("bench", data, settings with { Partitions = 1 }, null);
        IRowSolver solver = spec.Options.CreateSolver();
        RatingScale scale = JobSpecs.ScaleOf(spec);
        AlternatingPartition users = new(Side.User, solver, new RatingBlock(train, null), 0, spec.Units, scale);
        AlternatingPartition items = new(
            Side.Item, solver, new RatingBlock(train.TransposeColumns(0, train.ColumnCount), null), 0, spec.Units, scale);
        users.Initialize();
        items.Initialize();
        await users.SumAsync(pool, cancellationToken);
        await items.SumAsync(pool, cancellationToken);
        List<double> seconds = [];
        for (int iteration = 0; iteration < settings.Epochs; iteration++)
        {
            long start = Stopwatch.GetTimestamp();
            await users.SolveAsync(Sources(items, users, iteration + 1), iteration, pool, cancellationToken);
            await items.SolveAsync(Sources(users, items, iteration + 1), iteration, pool, cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }

    private static RowSources Sources(AlternatingPartition other, AlternatingPartition own, int epoch) =>
        new(FactorBlock.SideOf([0, other.Current.Biases.Length], [other.Current])) { Epoch = epoch, OtherMoments = other.Moments, OwnMoments = own.Moments };
}
