using System.Diagnostics;
using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench ranking</c>: the figures of rankings of all items for all users, by the code that every evaluation goes through.</summary>
internal sealed class BenchRankingVerb : Verb
{
    private const double TestRatio = 0.2;

    public override string Name => "ranking";

    public override string Summary => "Times the evaluation of rankings: all figures, of lists and of whole rankings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench ranking --threads 2 --json", "20,000,000 interactions, a fifth of them to be found")];

    public override IReadOnlyList<OptionDefinition> Options =>
    [
        .. BenchShape.Options.Where(option => option.Name is "ratings" or "users" or "items" or "rank" or "threads"),
        Json,
    ];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        BenchShape shape = BenchShape.Read(given, host);
        given.Mistakes.ThrowIfAny();
        SavedModel saved = BenchModel.Generate(shape, host);
        RatingData data = new("generated", saved.Ratings!, saved.Users, saved.Items, [], "");
        RatingSplit split = Splitter.Split(data, new SplitOptions { TestRatio = TestRatio, Threads = shape.Threads });
        RankingOptions plain = new() { Threads = shape.Threads, Draws = 0 };
        RankingResult warm = RankingEvaluator.Evaluate(saved.Model, split.Train, split.Test!, plain);
        double all = Time(plain), withIntervals = Time(plain with { Draws = RankingOptions.UsualDraws }), lists = Time(plain with { WholeRankings = false }), sampled = Time(plain with { SampledCandidates = 100 });
        BenchTrainingVerb.Report(given, host, new
        {
            benchmark = Name,
            ratings = saved.Ratings!.Count,
            users = warm.Users,
            items = saved.Items.Count,
            relevantItems = warm.RelevantItems,
            rank = shape.Rank,
            threads = shape.Threads,
            seconds = all,
            usersPerSecond = warm.Users / all,
            secondsOfLists = lists,
            usersPerSecondOfLists = warm.Users / lists,
            secondsWithIntervals = withIntervals,
            secondsAmong100Drawn = sampled,
            peakMemoryMiB = PeakMemory.MiB(),
        });
        return Task.FromResult(ExitCode.Success);

        double Time(RankingOptions options)
        {
            long start = Stopwatch.GetTimestamp();
            RankingEvaluator.Evaluate(saved.Model, split.Train, split.Test!, options);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
