using DistRec.Cli.Queries;
using DistRec.Cli.Verbs;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Lists;

namespace DistRec.Cli.Batch;

/// <summary><c>distrec recommend --users</c>: what should these users see?</summary>
internal static class UserAnswers
{
    /// <summary>The word for all users of the model.</summary>
    public const string All = "all";

    // Enough rows to keep all threads busy, and few enough for the memory.
    private const int RowsOfABlock = 1 << 17;
    private const int UsersOfAChunk = 128;

    /// <summary>The option that names the users.</summary>
    public static readonly OptionDefinition Users =
        new("users", "FILE|all", "Many users: a file of ids, one a line, or all of the model; answered in their order");

    /// <summary>Answers them.</summary>
    public static async Task<int> RunAsync(GivenOptions given, CliHost host, RecommendQuery query)
    {
        string path = ModelFolderOptions.ReadPath(given);
        given.Refuse(
            ["server", "api-key-file", "user", "ratings", "rated", "attributes", "after"], "nothing beside --users", "leave one of the two out");
        BatchOptions options = BatchOptions.Read(given, host);
        string who = given.Text("users")!;
        string? file = who == All ? null : given.ExistingPath("users", "a file of user ids, one a line, or all", "check the path");
        SavedModel saved = ModelFolderOptions.LoadForUsers(given, path);
        ServingModel model = new(saved);
        ListBatch lists = model.Lists.Prepare(query);
        int usersOfABlock = Math.Clamp(RowsOfABlock / Math.Max(1, Math.Min(query.N, saved.Items.Count)), 1, 1 << 14);
        UserCounts counts = new(query.N);
        double seconds = await BatchRun.RunAsync(
            host,
            options,
            file is null ? UserIdBlocks.OfModel(saved, usersOfABlock) : UserIdBlocks.OfFile(file, saved, usersOfABlock),
            block =>
            {
                UserList[] found = new UserList[block.Users.Length];
                BatchRun.ForChunks(
                    found.Length,
                    UsersOfAChunk,
                    options.Threads,
                    (first, count) => lists.Make(block.Users.AsSpan(first, count), found.AsSpan(first, count)),
                    host.Stop);
                counts.Add(block, found);
                return (RowsOf(saved, block, found), $"{Quantity.Count(counts.Users)} users");
            });
        counts.Print(host, options, saved, lists, seconds);
        return ExitCode.Success;
    }

    private static AnswerRows RowsOf(SavedModel saved, UserIdBlock block, UserList[] lists)
    {
        int count = lists.Sum(list => list.Items.Length);
        string[] users = new string[count], items = new string[count], rankings = new string[count];
        int[] ranks = new int[count];
        string?[]? titles = saved.Titles.Count > 0 ? new string?[count] : null;
        float[] predictions = new float[count];
        double[] scores = new double[count];
        double?[]? deviations = saved.Model.Spread is null ? null : new double?[count];
        int row = 0;
        for (int index = 0; index < lists.Length; index++)
        {
            string ranking = JsonOutput.WordOf(lists[index].RankedBy);
            foreach (ListedItem item in lists[index].Items)
            {
                (users[row], ranks[row], items[row]) = (block.Ids[index], item.Rank, item.ItemId);
                (predictions[row], scores[row], rankings[row]) = (item.Prediction, item.Score, ranking);
                _ = titles?[row] = item.Title;
                _ = deviations?[row] = item.Deviation;
                row++;
            }
        }

        return new AnswerRows(
            count,
            [
                new TextColumn("user", users),
                new NumberColumn<int>("rank", ranks),
                new TextColumn("item", items),
                .. titles is null ? [] : new AnswerColumn[] { new TextColumn("title", titles, isOptional: true) },
                new NumberColumn<float>("prediction", predictions),
                new NumberColumn<double>("score", scores),
                .. deviations is null ? [] : new AnswerColumn[] { new OptionalNumberColumn<double>("deviation", deviations) },
                new TextColumn("rankedBy", rankings),
            ]);
    }

    /// <summary>What came of the users.</summary>
    private sealed class UserCounts(int wanted)
    {
        private string? _unknown;

        public long Users { get; private set; }

        private long Rows { get; set; }

        private long Unknown { get; set; }

        private long Cold { get; set; }

        private long Short { get; set; }

        public void Add(UserIdBlock block, UserList[] lists)
        {
            Users += lists.Length;
            for (int index = 0; index < lists.Length; index++)
            {
                Rows += lists[index].Items.Length;
                Short += lists[index].Items.Length < wanted ? 1 : 0;
                Cold += lists[index].RankedBy is RankedBy.DampedMean or RankedBy.Popularity ? 1 : 0;
                if (block.Users[index] < 0)
                {
                    Unknown++;
                    _unknown ??= block.Ids[index];
                }
            }
        }

        public void Print(CliHost host, BatchOptions options, SavedModel saved, ListBatch lists, double seconds)
        {
            if (options.Json)
            {
                JsonOutput.Write(host.Output, new
                {
                    users = Users,
                    rows = Rows,
                    unknownUsers = Unknown,
                    coldUsers = Cold,
                    shortLists = Short,
                    unknownIds = lists.UnknownIds,
                    meaning = AnswerText.NameOf(saved.Model),
                    path = Path.GetFullPath(options.Path!),
                    seconds,
                    usersPerSecond = Users / seconds,
                    modelSha256 = saved.Description.ModelSha256,
                });
                return;
            }

            host.Error.WriteLine(options.Summarize(Users, "user", seconds));
            if (_unknown is not null)
            {
                string users = Quantity.Of(Unknown, "user");
                host.Error.WriteLine($"note: the model does not know {users}, such as {GivenOptions.Quote(_unknown)}; they are answered as cold");
            }

            if (Short > 0)
            {
                host.Error.WriteLine($"note: {Quantity.Of(Short, "user")} got fewer than {wanted} items, since no more were left");
            }

            RecommendVerb.WriteUnknown(lists.UnknownIds, host.Error);
        }
    }
}
