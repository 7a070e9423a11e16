using DistRec.Serving.Events;
using DistRec.Serving.Events.Import;
using DistRec.Serving.Hosting;
using DistRec.Serving.Stores;
using DistRec.Serving.Items;

namespace DistRec.Cli.Sources;

/// <summary>Where events are that go into training behind the ratings of the data: what a server stored, or a file of events.</summary>
/// <param name="Place">The database of a server, or the file.</param>
/// <param name="Until">Number of the last event that counts, so that the same job always has the same data; a file counts whole.</param>
/// <param name="Log">The log where it is open already; null to open <paramref name="Place"/>.</param>
/// <param name="Items">What was said of items, where the log is open.</param>
internal sealed record EventSource(string Place, long Until, IEventLog? Log = null, IItemDetails? Items = null)
{
    private const string Option = "--events";

    private static ReadOnlySpan<byte> SqliteMark => "SQLite format 3\0"u8;

    /// <summary>The events of a place as of now.</summary>
    /// <param name="place">The data folder of a server, its database, or a file of events.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InputException">There are none of a server.</exception>
    public static EventSource Of(string place, TimeProvider time)
    {
        string database = Directory.Exists(place) ? Path.Combine(place, ServerOptions.DatabaseFile) : place;
        if (Directory.Exists(place) && !File.Exists(database))
        {
            throw InputException.At(Option, $"the data folder of a server, with {ServerOptions.DatabaseFile} in it", $"none in {GivenOptions.Quote(place)}", "give a server's --data-dir or --database");
        }

        return new EventSource(database, IsDatabase(database) ? LastOfAsync(database, time).GetAwaiter().GetResult() : long.MaxValue);
    }

    /// <summary>
    /// The ratings among them; for a model of interactions clicks, views and conversions too, as ones.
    /// </summary>
    /// <exception cref="InputException">They cannot be read.</exception>
    public async Task<IReadOnlyList<LaterRating>> ReadAsync(bool ofInteractions, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Log is { } log)
        {
            return await ReadAsync(log, ofInteractions, cancellationToken);
        }

        if (!IsDatabase(Place))
        {
            return await ReadFileAsync(ofInteractions, time, cancellationToken);
        }

        await using ServerDatabase store = await ServerDatabase.OpenAsync(Option, Place, time, cancellationToken);
        return await ReadAsync(store.Events, ofInteractions, cancellationToken);
    }

    /// <summary>
    /// The same data with what the server was told of items of which the data says nothing, so that an item that came after training is what it was when a model
    /// knows it.
    /// </summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public async Task<RatingData> DescribeAsync(RatingData data, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Items is { } items)
        {
            return Describe(data, await items.ReadAsync(0, cancellationToken));
        }

        if (!IsDatabase(Place))
        {
            return data;
        }

        await using ServerDatabase store = await ServerDatabase.OpenAsync(Option, Place, time, cancellationToken);
        return Describe(data, await store.Items.ReadAsync(0, cancellationToken));
    }

    private static RatingData Describe(RatingData data, IReadOnlyList<ItemDetails> said) =>
        data.With(said.Select(one => (one.Item, one.Title, one.Attributes)));

    private static async Task<long> LastOfAsync(string place, TimeProvider time)
    {
        await using ServerDatabase store = await ServerDatabase.OpenAsync(Option, place, time);
        return await store.Events.LastAsync();
    }

    private static bool IsDatabase(string place)
    {
        if (!ServerDatabase.IsFile(place))
        {
            return true;
        }

        try
        {
            using FileStream file = File.OpenRead(place);
            Span<byte> start = stackalloc byte[SqliteMark.Length];
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(SqliteMark);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException(InputException.At(Option, "a file that can be read", exception.Message.TrimEnd('.'), "check the path and its permissions").Message, exception);
        }
    }

    private static IEnumerable<LaterRating> RatingOf(ServingEvent one, bool ofInteractions) => one.Kind switch
    {
        EventKind.Rating => [new LaterRating(one.User, one.Item, (float)(one.Value ?? 1), one.Time.ToUnixTimeSeconds())],
        EventKind.Click or EventKind.View or EventKind.Conversion when ofInteractions => [new LaterRating(one.User, one.Item, 1, one.Time.ToUnixTimeSeconds())],
        _ => [],
    };

    private async Task<IReadOnlyList<LaterRating>> ReadAsync(IEventLog log, bool ofInteractions, CancellationToken cancellationToken)
    {
        List<LaterRating> ratings = [];
        await foreach (ServingEvent one in log.ReadAsync(kind: ofInteractions ? null : EventKind.Rating, cancellationToken: cancellationToken))
        {
            if (one.Sequence > Until)
            {
                break;
            }

            ratings.AddRange(RatingOf(one, ofInteractions));
        }

        return ratings;
    }

    private async Task<IReadOnlyList<LaterRating>> ReadFileAsync(bool ofInteractions, TimeProvider time, CancellationToken cancellationToken)
    {
        List<LaterRating> ratings = [];
        await using FileStream file = File.OpenRead(Place);
        EventImportReport report = await EventImport.RunAsync(
            file,
            (events, _) =>
            {
                ratings.AddRange(events.SelectMany(one => RatingOf(one, ofInteractions)));
                return Task.FromResult<IReadOnlyList<EventVerdict>>([.. events.Select(_ => new EventVerdict(EventOutcome.Stored))]);
            },
            time,
            cancellationToken);
        return report.Reasons.Count == 0
            ? ratings
            : throw new InputException(string.Join(Environment.NewLine, report.Reasons.Take(5).Select(reason => $"{Path.GetFileName(Place)}:{reason.Line}: {reason.Reason}")));
    }
}
