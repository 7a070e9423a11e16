namespace DistRec.Cli.Verbs;

/// <summary><c>distrec data generate</c>: ratings of any size with planted factors.</summary>
internal sealed class DataGenerateVerb : Verb
{
    private static readonly SyntheticOptions Defaults = new();

    public override string Name => "generate";

    public override string Summary => "Writes generated ratings with planted factors to a text file";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec data generate --ratings 1000000 --users 6000 --items 4000 --out million.csv", "a file with a header, as CSV"),
        ("distrec data generate --out ratings.txt", "\"user item rating\" lines without a header"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("ratings", "N", $"How many ratings [{GeneratedDefaults.Ratings}]"),
        new("users", "N", $"How many users [{GeneratedDefaults.Users}]"),
        new("items", "N", $"How many items [{GeneratedDefaults.Items}]"),
        new("rank", "N", $"Number of planted factors [{GeneratedDefaults.Rank}]"),
        new("noise", "X", $"Standard deviation of the noise [{Defaults.NoiseDeviation}]"),
        new("seed", "N", $"The same seed gives the same file [{Defaults.Seed}]"),
        new("out", "FILE", "The file: .csv is written with commas and a header, anything else as \"user item rating\" lines"),
        new("threads", "N", "Threads; the file is the same for any number [as many as cores]"),
        Json,
    ];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        const string Advice = "leave it out for a small data set";
        string path = given.Required("out", "the file to write", "write --out ratings.csv");
        var options = new SyntheticOptions
        {
            RatingCount = given.Integer("ratings", GeneratedDefaults.Ratings, 1, Advice),
            UserCount = given.Integer("users", GeneratedDefaults.Users, 1, Advice),
            ItemCount = given.Integer("items", GeneratedDefaults.Items, 1, Advice),
            Rank = given.Integer("rank", GeneratedDefaults.Rank, 0, "leave it out for the default", 1024),
            NoiseDeviation = given.Finite("noise") ?? Defaults.NoiseDeviation,
            Seed = given.Seed("seed", Defaults.Seed),
            Threads = given.Integer("threads", host.Cores, 1, "give the number of cores", 1024),
        };
        given.Mistakes.ThrowIfAny();
        SyntheticData made = SyntheticRatings.Generate(options, cancellation: host.Stop);
        bool isCsv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        var format = new WriteOptions { Separator = isCsv ? ',' : ' ', Header = isCsv };
        RatingWriter.WriteCsv(made.Data, path, format, host.Stop);
        double floor = made.Planted.FloorRmse(made.Data.Ratings);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                path = Path.GetFullPath(path),
                ratings = options.RatingCount,
                users = options.UserCount,
                items = options.ItemCount,
                fingerprint = made.Data.Fingerprint,
                floorRmse = floor,
            });
        }
        else
        {
            host.Output.WriteLine($"{path}: {Quantity.Ratings(options.RatingCount, options.ItemCount, options.UserCount)}");
            host.Output.WriteLine($"RMSE of the planted parameters themselves, below which no model can be expected: {Quantity.Error(floor)}");
            host.Output.WriteLine("Next:");
            host.Output.WriteLine($"  distrec train --data {ShellText.Quote(path)}");
        }

        return Task.FromResult(ExitCode.Success);
    }
}
