using System.Diagnostics;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Top;
using DistRec.Numerics.Random;
using DistRec.Training.Compute;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench top</c>: the best items for one user, for batches and for all users, beside the machine's peaks.</summary>
internal sealed class BenchTopVerb : Verb
{
    private const double SecondsEach = 1;
    private const int UsersOfAChunk = 256;
    private static readonly int[] FilteredShares = [2, 10, 50, 100];

    public override string Name => "top";

    public override string Summary => "Times the ranking of items for users, in batches of several sizes";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec bench top --users 138000 --items 27000 --rank 64 --threads 2 --json", "a model of MovieLens 20M's size"),
        ("distrec bench top --items 1000000", "more items than the caches hold"),
    ];

    public override IReadOnlyList<OptionDefinition> Options =>
    [
        .. BenchShape.Options.Where(option => option.Name is "ratings" or "users" or "items" or "rank" or "threads"),
        new("n", "N", "How many items for each user [10]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        BenchShape shape = BenchShape.Read(given, host);
        int n = given.Integer("n", 10, 1, "leave it out for the default");
        given.Mistakes.ThrowIfAny();
        using ComputePool pool = new(shape.Threads);
        Peaks peaks = await Peaks.MeasureAsync(pool);
        SavedModel saved = BenchModel.Generate(shape, host);
        long start = Stopwatch.GetTimestamp();

        // No item is told to be cold, or those without ratings would not be looked through.
        TopItems top = new(saved.Model, itemCounts: null);
        double building = Stopwatch.GetElapsedTime(start).TotalSeconds;
        TopRequest[] requests = [.. Enumerable.Range(0, saved.Users.Count).Select(user => TopRequest.For(saved, user, n))];
        double plain = TimePlain(saved, requests);
        BatchFigures one = await TimeBatchesAsync(pool, top, requests, 1);
        BatchFigures eight = await TimeBatchesAsync(pool, top, requests, 8);
        BatchFigures many = await TimeBatchesAsync(pool, top, requests, 32);
        Dictionary<string, double> filtered = [];
        foreach (int share in FilteredShares)
        {
            ItemFilter filter = ItemFilter.Of(saved.Items.Count, Enumerable.Range(0, saved.Items.Count).Where(item => IsKept(item, share)));
            TopRequest[] some = [.. requests.Select((_, user) => TopRequest.For(saved, user, n, filter))];
            filtered[$"oneIn{share}"] = (await TimeBatchesAsync(pool, top, some, 1)).UsersPerSecond / one.UsersPerSecond;
        }

        double all = requests.Length / await TimeAllAsync(pool, top, requests);
        double products = (double)saved.Items.Count * shape.Rank;
        BenchTrainingVerb.Report(given, host, new
        {
            benchmark = Name,
            ratings = saved.Ratings!.Count,
            users = saved.Users.Count,
            items = saved.Items.Count,
            rank = shape.Rank,
            n,
            threads = shape.Threads,
            buildSeconds = building,
            batchOf1 = one,
            batchOf8 = eight,
            batchOf32 = many,

            // Of batches of 1, with a filter that leaves one item in so many.
            filteredOverAllItems = filtered,
            allUsersPerSecond = all,
            plainLoopUsersPerSecond = plain,
            sgemmGflops = peaks.SgemmGflops,
            sgemmSource = peaks.SgemmSource,
            triadGBps = peaks.TriadGBps,

            // As if every score of float32 were computed, and the factors were read once for each request.
            allOverSgemm = 2 * products * all / 1e9 / peaks.SgemmGflops,
            batchOf1OverTriad = sizeof(float) * products * one.UsersPerSecond / 1e9 / peaks.TriadGBps,
            peakMemoryMiB = PeakMemory.MiB(),
        });
        return ExitCode.Success;
    }

    // Scattered, as genres are.
    private static bool IsKept(int item, int share) => new EntityRandom(1, RandomPurpose.SyntheticItem, item).NextInt(share) == 0;

    // One item after the other, on one thread: users a second, after as long a warm-up.
    private static double TimePlain(SavedModel saved, TopRequest[] requests)
    {
        double rate = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            int users = 0;
            long start = Stopwatch.GetTimestamp();
            for (; Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsEach; users++)
            {
                RankPlainly(saved, users % requests.Length, requests[users % requests.Length]);
            }

            rate = users / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return rate;
    }

    private static ScoredItem[] RankPlainly(SavedModel saved, int user, TopRequest request)
    {
        BoundedTop best = new(request.N);
        ReadOnlySpan<int> seen = request.LeaveOut.Span;
        int next = 0;
        for (int item = 0; item < saved.Items.Count; item++)
        {
            if (next < seen.Length && seen[next] == item)
            {
                next++;
            }
            else
            {
                best.Offer(new ScoredItem(item, FactorScore.Unclipped(saved.Model, user, item, Answer.Known)));
            }
        }

        return best.TakeSorted();
    }

    // Every thread asks for one batch after the other; after as long a warm-up.
    private static async Task<BatchFigures> TimeBatchesAsync(ComputePool pool, TopItems top, TopRequest[] requests, int size)
    {
        size = Math.Min(size, requests.Length);
        List<double>[] latencies = [];
        double seconds = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            latencies = [.. Enumerable.Range(0, pool.Width).Select(_ => new List<double>())];
            long start = Stopwatch.GetTimestamp();
            await pool.ForAsync(pool.Width, (chunk, _) =>
            {
                ScoredItem[][] results = new ScoredItem[size][];
                int from = requests.Length / pool.Width * chunk;
                while (Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsEach)
                {
                    from = from + size <= requests.Length ? from : 0;
                    long begin = Stopwatch.GetTimestamp();
                    top.Rank(requests.AsSpan(from, size), results);
                    latencies[chunk].Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
                    from += size;
                }
            });
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        double[] sorted = [.. latencies.SelectMany(list => list).Order()];
        return new BatchFigures(sorted.Length * size / seconds, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
    }

    private static async Task<double> TimeAllAsync(ComputePool pool, TopItems top, TopRequest[] requests)
    {
        ScoredItem[][] results = new ScoredItem[requests.Length][];
        long start = Stopwatch.GetTimestamp();
        await pool.ForAsync((requests.Length + UsersOfAChunk - 1) / UsersOfAChunk, (chunk, _) =>
        {
            int first = chunk * UsersOfAChunk, count = Math.Min(UsersOfAChunk, requests.Length - first);
            top.Rank(requests.AsSpan(first, count), results.AsSpan(first, count));
        });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>What batches of one size come to.</summary>
    /// <param name="UsersPerSecond">Over all threads.</param>
    /// <param name="MedianMicroseconds">From a batch to its answer.</param>
    /// <param name="P99Microseconds">Of a hundred batches one takes longer.</param>
    private sealed record BatchFigures(double UsersPerSecond, double MedianMicroseconds, double P99Microseconds);
}
