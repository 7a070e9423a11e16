using System.Diagnostics;
using DistRec.Training.Compute;
using DistRec.Models.Feedback;
using DistRec.Numerics.Linear;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench svdpp</c>: epochs of <c>svd++</c> on the parameter server.</summary>
internal sealed class BenchFeedbackVerb : BenchTrainingVerb
{
    public override string Name => "svdpp";

    public override string Summary => "Times epochs of SVD++, its rows pulled and pushed, on generated ratings";

    public override IReadOnlyList<OptionDefinition> Options => [.. BenchShape.Options, .. BenchShape.DescentOptions, Json];

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench svdpp --ratings 1000000 --users 6000 --items 3700 --rank 20 --threads 2 --json", "a data set of MovieLens 1M's size")];

    protected override string RatioMeaning => "bytes of factors read and written, of a triad's";

    protected override TrainingSettings SettingsOf(BenchShape shape) =>
        new() { Model = FeedbackOptions.For(FeedbackForm.SvdPlusPlus) with { Rank = shape.Rank } };

    // Per rating and factor: 1 for the sum over y, 2 for the product, 2 for the gradient, 3 for each of three updates.
    protected override double FlopsPerIteration(long ratings, int rank) => 14.0 * ratings * rank;

    // q and y are read and written, y is read once more.
    protected override double Ratio(long ratings, int rank, double seconds, Peaks peaks) =>
        5.0 * sizeof(float) * ratings * rank / seconds / 1e9 / peaks.TriadGBps;

    // Every worker descends over its users in tables of its own: what the kernel takes without anything to wait for or to exchange.
    protected override async Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken)
    {
        FeedbackOptions options = (FeedbackOptions)settings.Model;
        FeedbackShape shape = FeedbackShape.Of(options);
        int users = data.Train.RowCount;
        FactorTable[] items = [.. Enumerable.Range(0, settings.Partitions).Select(_ => new FactorTable(data.Train.ColumnCount, shape.ItemWidth))];
        float[][] itemBiases = [.. items.Select(table => new float[table.Rows])];
        FactorTable userFactors = new(users, shape.UserWidth);
        float[] userBiases = new float[users];
        foreach (FactorTable table in items)
        {
            FeedbackTables.DrawItems(options, table, 0);
        }

        UserFeedback feedback = new(data.Train);
        int[] starts = Data.Partitioner.Balance(Data.Partitioner.RowCounts(data.Train), settings.Partitions);
        FeedbackStep step = FeedbackStep.Of(options, RatingUnits.Of(Data.RatingStatistics.Of(data.Train)), options.LearningRate);
        List<double> seconds = [];
        for (int epoch = 0; epoch < settings.Epochs; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            await pool.ForAsync(
                items.Length,
                (worker, _) => FeedbackKernel.RunUsers(
                    shape, feedback, starts[worker], starts[worker + 1], step, userFactors, userBiases, items[worker], itemBiases[worker]),
                cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }
}
