using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using JobEvent = DistRec.Training.Protocol.JobEvent;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench scaling</c>: how the cost of an epoch grows with ratings and with factors.</summary>
internal sealed class BenchScalingVerb : Verb
{
    private const int Steps = 3;
    private const string Advice = "leave it out for the default";

    private static readonly (string Name, Func<int, TrainingSettings> Of)[] s_models =
    [
        ("mf", rank => new() { Model = new MfOptions { Rank = rank } }),
        ("svd++", rank => new() { Model = FeedbackOptions.For(FeedbackForm.SvdPlusPlus) with { Rank = rank } }),
        ("fm sgd", rank => new() { Model = FmOptions.For(FmTask.Regression, FmLearner.Sgd) with { Rank = rank } }),
        ("fm mcmc", rank => new() { Model = FmOptions.For(FmTask.Regression, FmLearner.Mcmc) with { Rank = rank, BurnIn = 0 } }),
        ("als", rank => new() { Model = new AlsOptions { Rank = rank } }),
    ];

    public override string Name => "scaling";

    public override string Summary => "Shows how the cost of an epoch grows with ratings and with factors: thrice each, doubled";

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("ratings", "N", "Generated ratings of the smallest data; then twice and four times as many, and so users and items [500000]"),
        new("users", "N", "Its users [3000]"),
        new("items", "N", "Its items [1850]"),
        new("rank", "K", "Fewest factors; then twice and four times as many [16]"),
        new("threads", "T", "Threads for arithmetic, and partitions [as many as cores]"),
        new("iterations", "N", "Timed iterations; the median counts [8]"),
        Json,
    ];

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } = [("distrec bench scaling --threads 1 --json", "one thread, beside which nothing waits")];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        int ratings = given.Integer("ratings", 500_000, 1, Advice);
        int users = given.Integer("users", 3000, 1, Advice);
        int items = given.Integer("items", 1850, 1, Advice);
        int rank = given.Integer("rank", 16, 1, Advice, 256);
        int threads = given.Integer("threads", host.Cores, 1, Advice, 1024);
        int iterations = given.Integer("iterations", 8, 1, Advice, 1000);
        given.Mistakes.ThrowIfAny();
        List<Cost> costs = [];
        for (int size = 1; size < 1 << Steps; size *= 2)
        {
            TrainingData data = Generate(size * ratings, size * users, size * items, threads, host.Stop);
            foreach ((string model, Func<int, TrainingSettings> of) in s_models)
            {
                for (int width = rank; width < rank << Steps; width *= 2)
                {
                    TrainingSettings settings = of(width) with { Patience = 0, Threads = threads, Partitions = threads };
                    costs.Add(new Cost(model, data.Train.Count, width, await MeasureAsync(data, settings, iterations, host.Stop)));
                }
            }
        }

        BenchTrainingVerb.Report(given, host, new
        {
            benchmark = Name,
            threads,
            measures = "processor seconds of all threads an epoch",
            costs,
            growth = s_models.Select(model => GrowthOf(model.Name, [.. costs.Where(cost => cost.Model == model.Name)])),
        });
        return ExitCode.Success;
    }

    private static TrainingData Generate(int ratings, int users, int items, int threads, CancellationToken cancellationToken)
    {
        SyntheticOptions options = new() { RatingCount = ratings, UserCount = users, ItemCount = items, Seed = 11, Threads = threads };
        RatingData generated = SyntheticRatings.Generate(options, cancellation: cancellationToken).Data;
        return new TrainingData(generated.Ratings, null, "generated", generated.Fingerprint)
        {
            Features = FeatureEncoder.Encode(new RatingSplit(generated.Ratings, null, null), ["user", "item"]),
        };
    }

    // The median epoch after the first, in which code is compiled.
    private static async Task<double> MeasureAsync(TrainingData data, TrainingSettings settings, int iterations, CancellationToken cancellationToken)
    {
        EpochCosts epochs = new();
        TrainingOutcome outcome = await TrainingSession.RunAsync(data, settings with { Epochs = 1 + iterations }, new SessionOptions(), epochs, cancellationToken);
        return outcome.Model is null ? throw new NumericalException(outcome.Reason) : TrainingOutcome.MedianOf([.. epochs.Seconds.Skip(1)]);
    }

    private static Growth GrowthOf(string model, Cost[] costs) =>
        new(model, SlopeOf(costs, cost => cost.Ratings), SlopeOf(costs, cost => cost.Rank));

    // Least squares of log(seconds) on log(size): over a whole grid the two sizes do not mix.
    private static double SlopeOf(Cost[] costs, Func<Cost, double> size)
    {
        double mean = costs.Average(cost => Math.Log(size(cost)));
        return costs.Sum(cost => (Math.Log(size(cost)) - mean) * Math.Log(cost.Seconds)) / costs.Sum(cost => Math.Pow(Math.Log(size(cost)) - mean, 2));
    }

    /// <summary>What an epoch cost.</summary>
    private sealed record Cost(string Model, long Ratings, int Rank, double Seconds);

    /// <summary>Exponents of seconds ~ ratings^a · factors^b.</summary>
    private sealed record Growth(string Model, double RatingsExponent, double FactorsExponent);

    /// <summary>Processor time between the ends of epochs.</summary>
    private sealed class EpochCosts : IProgress<JobEvent>
    {
        private TimeSpan _last = Environment.CpuUsage.TotalTime;

        public List<double> Seconds { get; } = [];

        public void Report(JobEvent value)
        {
            if (value.WhatCase == JobEvent.WhatOneofCase.Epoch)
            {
                TimeSpan now = Environment.CpuUsage.TotalTime;
                Seconds.Add((now - _last).TotalSeconds);
                _last = now;
            }
        }
    }
}
