using DistRec.Models.ImplicitAls;
using DistRec.Training.Coordination;

namespace DistRec.Cli.Bench;

/// <summary>The options that all training benchmarks share.</summary>
/// <param name="Ratings">Generated ratings.</param>
/// <param name="Users">Users.</param>
/// <param name="Items">Items.</param>
/// <param name="Rank">Factors of the model.</param>
/// <param name="Threads">Threads for arithmetic.</param>
/// <param name="Partitions">Partitions of each side.</param>
/// <param name="Iterations">Timed iterations; the median counts.</param>
/// <param name="Consistency">Models that descend: how far workers may drift apart.</param>
/// <param name="Method">implicit: how rows are solved.</param>
internal sealed record BenchShape(
    long Ratings, int Users, int Items, int Rank, int Threads, int Partitions, int Iterations, ConsistencyModel Consistency, ImplicitMethod Method)
{
    private const int Seed = 11;

    public static IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("ratings", "N", "Generated ratings [20000000]"),
        new("users", "N", "Users [138000]"),
        new("items", "N", "Items [27000]"),
        new("rank", "K", "Factors [64]"),
        new("threads", "T", "Threads for arithmetic [as many as cores]"),
        new("partitions", "P", "Partitions of each side [as many as threads]"),
        new("iterations", "N", "Timed iterations, in two runs after one that warms up; the median counts [16]"),
    ];

    public static IReadOnlyList<OptionDefinition> DescentOptions { get; } = [new("consistency", "MODEL", "bsp, ssp:s or asp [bsp]")];

    public static IReadOnlyList<OptionDefinition> ImplicitOptions { get; } =
        [new("method", "HOW", "exact, cg (conjugate gradients) or blocks (of factors) [exact]")];

    public static BenchShape Read(GivenOptions given, CliHost host)
    {
        const string Advice = "leave it out for the default";
        SyntheticOptions defaults = new();
        int threads = given.Integer("threads", host.Cores, 1, Advice, 1024);
        ConsistencyModel consistency = ConsistencyModel.Bsp;
        if (given.Text("consistency") is { } text && !ConsistencyModel.TryParse(text, out consistency))
        {
            given.Mistakes.Add(given.PlaceOf("consistency"), "bsp, ssp:s or asp", text, Advice);
        }

        return new BenchShape(
            given.Integer("ratings", defaults.RatingCount, 1, Advice),
            given.Integer("users", defaults.UserCount, 1, Advice),
            given.Integer("items", defaults.ItemCount, 1, Advice),
            given.Integer("rank", 64, 1, Advice, 1024),
            threads,
            given.Integer("partitions", threads, 1, Advice, 4096),
            given.Integer("iterations", 16, 1, Advice, 1000),
            consistency,
            given.OneOf(
                "method", Advice, ("exact", ImplicitMethod.Exact), ("cg", ImplicitMethod.ConjugateGradient), ("blocks", ImplicitMethod.Blocks)));
    }

    /// <summary>Generates the ratings.</summary>
    public RatingData Generate(CliHost host) =>
        SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = Ratings, UserCount = Users, ItemCount = Items, Seed = Seed, Threads = Threads },
            cancellation: host.Stop).Data;
}
