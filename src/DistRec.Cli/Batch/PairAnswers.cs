using DistRec.Cli.Queries;
using DistRec.Models.Queries;

namespace DistRec.Cli.Batch;

/// <summary><c>distrec predict --pairs</c>: what would these users rate these items?</summary>
internal static class PairAnswers
{
    private const int PairsOfAChunk = 4096;

    private static readonly string[] Words = [.. Enum.GetValues<Answer>().Select(JsonOutput.WordOf)];

    /// <summary>The option that names the pairs, and how they are read.</summary>
    public static readonly IReadOnlyList<OptionDefinition> Options =
    [
        new("pairs", "PATH|NAME", "Many pairs: lines of user,item, or ratings as train reads them; answered in their order"),
        new("columns", "NAMES", "With --pairs: what the columns are, such as user,item; - skips one [found out]"),
        new("decimal-comma", null, "With --pairs: commas stand in numbers and not between columns"),
    ];

    /// <summary>Answers them.</summary>
    public static async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelFolderOptions.ReadPath(given);
        given.Refuse(
            ["rows", "server", "api-key-file", "user", "item", "ratings", "rated", "attributes"], "nothing beside --pairs", "leave one of the two out");
        BatchOptions options = BatchOptions.Read(given, host);
        DataChoice choice = DataChoiceReader.ReadOne(given, given.Text("pairs")!, "pairs");
        ReadOptions how = DataChoiceReader.ReadHow(given, options.Threads);
        SavedModel saved = ModelFolderOptions.LoadForUsers(given, path);
        string source = await DataSource.PathOfAsync(choice, host, new SilentView());
        Predictor predictor = new(saved);
        PairCounts counts = new();
        double seconds = await BatchRun.RunAsync(
            host,
            options,
            PairReader.Read(saved.Users, saved.Items, source, how, host.Stop).Select(block => (block, Share(block.Progress))),
            block =>
            {
                counts.Add(block);
                return (RowsOf(predictor, saved, block, options.Threads, host.Stop), $"{Quantity.Count(counts.Pairs)} pairs");
            });
        counts.Print(host, options, saved, seconds);
        return ExitCode.Success;
    }

    private static double Share(ReadProgress progress) => progress.TotalBytes > 0 ? (double)progress.BytesRead / progress.TotalBytes : 0;

    private static AnswerRows RowsOf(Predictor predictor, SavedModel saved, PairBlock block, int threads, CancellationToken stop)
    {
        float[] predictions = new float[block.Count];
        string[] answers = new string[block.Count];
        double?[]? deviations = saved.Model.Spread is null ? null : new double?[block.Count];
        BatchRun.ForChunks(block.Count, PairsOfAChunk, threads, (first, count) =>
        {
            for (int pair = first; pair < first + count; pair++)
            {
                Prediction prediction = predictor.Predict(block.Users[pair], block.Items[pair]);
                predictions[pair] = prediction.Value;
                answers[pair] = Words[(int)prediction.Answer];
                if (deviations is not null)
                {
                    deviations[pair] = prediction.Deviation;
                }
            }
        }, stop);
        List<AnswerColumn> columns =
        [
            new TextColumn("user", block.UserIds),
            new TextColumn("item", block.ItemIds),
            new NumberColumn<float>("prediction", predictions),
            new TextColumn("answer", answers),
        ];
        if (deviations is not null)
        {
            columns.Add(new OptionalNumberColumn<double>("deviation", deviations));
        }

        return new AnswerRows(block.Count, columns);
    }

    /// <summary>What came of the pairs.</summary>
    private sealed class PairCounts
    {
        private string? _unknownUser;
        private string? _unknownItem;

        public long Pairs { get; private set; }

        private long UnknownUsers { get; set; }

        private long UnknownItems { get; set; }

        public void Add(PairBlock block)
        {
            Pairs += block.Count;
            UnknownUsers += block.Users.Count(user => user < 0);
            UnknownItems += block.Items.Count(item => item < 0);
            _unknownUser ??= FirstUnknown(block.Users, block.UserIds);
            _unknownItem ??= FirstUnknown(block.Items, block.ItemIds);
        }

        public void Print(CliHost host, BatchOptions options, SavedModel saved, double seconds)
        {
            if (options.Json)
            {
                JsonOutput.Write(host.Output, new
                {
                    pairs = Pairs,
                    unknownUsers = UnknownUsers,
                    unknownItems = UnknownItems,
                    meaning = AnswerText.NameOf(saved.Model),
                    path = Path.GetFullPath(options.Path!),
                    seconds,
                    pairsPerSecond = Pairs / seconds,
                    modelSha256 = saved.Description.ModelSha256,
                });
                return;
            }

            host.Error.WriteLine(options.Summarize(Pairs, "pair", seconds));
            Note(host, UnknownUsers, "user", _unknownUser);
            Note(host, UnknownItems, "item", _unknownItem);
        }

        private static string? FirstUnknown(int[] indices, string[] ids) =>
            Array.IndexOf(indices, -1) is >= 0 and var first ? ids[first] : null;

        private static void Note(CliHost host, long count, string side, string? first)
        {
            if (count > 0)
            {
                string pairs = Quantity.Of(count, "pair");
                host.Error.WriteLine($"note: the model does not know the {side} of {pairs}, such as {GivenOptions.Quote(first!)}; they are answered as cold");
            }
        }
    }
}
