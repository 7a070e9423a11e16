using System.Globalization;

namespace DistRec.Cli.Protocols;

/// <summary>Reads which folds a model is cross-validated on, and gives the training job of each.</summary>
internal static class FoldReader
{
    private const int UsualFolds = 5;

    private static readonly string[] OfOneDataSet = ["data", "folds", "events", "events-until"];

    /// <summary>Options of the folds.</summary>
    public static IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("folds", "K", $"Part the ratings into K random parts of equal size, each of which is the test once [{UsualFolds}]"),
        new("fold", "TRAIN,TEST", "In place of --data: the files of a fold; give it once for each fold") { IsList = true },
    ];

    /// <summary>The jobs, one a fold.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static IReadOnlyList<TrainJob> Read(GivenOptions given, CliHost host)
    {
        if (!given.Has("fold"))
        {
            int folds = given.Integer("folds", UsualFolds, 2, "5 and 10 are usual");
            TrainJob job = Read(given, host, ("fold", new GivenValue($"1/{Math.Max(2, folds)}", given.PlaceOf("folds"))));
            ProtocolOptions.RequireRatings(job, "give folds as files: --fold TRAIN,TEST");
            return [.. Enumerable.Range(0, folds).Select(fold => job with { Split = job.Split with { Fold = fold } })];
        }

        given.Refuse(OfOneDataSet, "nothing, since --fold names the files", "leave it or --fold out");
        GivenValue files = given.Values["fold"];
        string[] paths = files.Text.Split(',', StringSplitOptions.TrimEntries);
        if (paths.Length % 2 != 0 || paths.Any(path => path.Length == 0))
        {
            given.Mistakes.Add(
                files.Place, "two files a fold, TRAIN,TEST", GivenOptions.Quote(files.Text),
                "write --fold u1.base,u1.test --fold u2.base,u2.test; random parts are --data with --folds 5");
        }

        given.Mistakes.ThrowIfAny();
        return
        [
            .. paths.Select(path => new GivenValue(path, files.Place)).Chunk(2)
                .Select(pair => Read(given, host, ("train", pair[0]), ("test", pair[1]), ("fold", null))),
        ];
    }

    /// <summary>What a fold is called.</summary>
    public static string NameOf(TrainJob job, int fold) =>
        job.Data is DataChoice.Pair pair ? Path.GetFileName(pair.Test) : (fold + 1).ToString(CultureInfo.InvariantCulture);

    private static TrainJob Read(GivenOptions given, CliHost host, params (string Name, GivenValue? Value)[] changes) =>
        TrainJobReader.ReadMerged(ProtocolOptions.With(given, changes), host, isKept: false);
}
