namespace DistRec.Data;

/// <summary>What a data set looks like, in numbers.</summary>
public sealed record DataSummary
{
    private const int MaxDistinctValues = 100;
    private const int BinCount = 10;

    /// <summary>What the data set is called.</summary>
    public required string Name { get; init; }

    /// <summary>How it was laid out where it came from.</summary>
    public required string Format { get; init; }

    /// <summary>SHA-256 over its ratings and ids.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Number of users.</summary>
    public required int UserCount { get; init; }

    /// <summary>Number of items.</summary>
    public required int ItemCount { get; init; }

    /// <summary>Number of ratings.</summary>
    public required long RatingCount { get; init; }

    /// <summary>Ratings dropped on reading because another one has the same user and item.</summary>
    public required long DuplicateCount { get; init; }

    /// <summary>Share of all pairs of user and item that are rated.</summary>
    public required double Density { get; init; }

    /// <summary>Mean rating.</summary>
    public required double Mean { get; init; }

    /// <summary>Standard deviation of the ratings.</summary>
    public required double Deviation { get; init; }

    /// <summary>Smallest rating.</summary>
    public required float Minimum { get; init; }

    /// <summary>Largest rating.</summary>
    public required float Maximum { get; init; }

    /// <summary>Smallest distance between two ratings' values; null where they are too many to be a scale, or just one.</summary>
    public required float? Step { get; init; }

    /// <summary>How many ratings have each value, or lie in each of ten equal ranges where there are more than a hundred values.</summary>
    public required IReadOnlyList<RatingBin> Histogram { get; init; }

    /// <summary>Ratings of a user.</summary>
    public required CountQuantiles PerUser { get; init; }

    /// <summary>Ratings of an item.</summary>
    public required CountQuantiles PerItem { get; init; }

    /// <summary>Time of the first rating; null without timestamps.</summary>
    public required DateTimeOffset? Earliest { get; init; }

    /// <summary>Time of the last rating; null without timestamps.</summary>
    public required DateTimeOffset? Latest { get; init; }

    /// <summary>Number of items that have a title.</summary>
    public required int TitleCount { get; init; }

    /// <summary>Whether lines had ratings; where they had none, each counts 1.</summary>
    public required bool HasRatings { get; init; }

    /// <summary>What was guessed about the files, and what of them was left out.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Summarizes a data set that has at least one rating.</summary>
    public static DataSummary Of(RatingData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        RatingMatrix ratings = data.Ratings;
        ReadOnlySpan<float> values = ratings.Values.AsSpan(0, (int)ratings.Count);
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        double sum = 0;
        double squares = 0;
        float minimum = float.PositiveInfinity;
        float maximum = float.NegativeInfinity;
        foreach (float value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            sum += value;
            squares += (double)value * value;
        }

        double mean = sum / values.Length;
        var palette = Palette.Of(values, MaxDistinctValues);
        float[] distinct = palette is null ? [] : [.. palette.Values.Order()];
        int[] perUser = [.. Enumerable.Range(0, ratings.RowCount).Select(ratings.RowLength)];
        int[] perItem = new int[ratings.ColumnCount];
        foreach (int item in ratings.Columns.AsSpan(0, values.Length))
        {
            perItem[item]++;
        }

        (DateTimeOffset? earliest, DateTimeOffset? latest) = Times(ratings);
        return new DataSummary
        {
            Name = data.Name,
            Format = data.Format,
            Fingerprint = data.Fingerprint,
            UserCount = data.Users.Count,
            ItemCount = data.Items.Count,
            RatingCount = ratings.Count,
            DuplicateCount = data.DuplicateCount,
            Density = ratings.Count / ((double)ratings.RowCount * ratings.ColumnCount),
            Mean = mean,
            Deviation = Math.Sqrt(Math.Max(0, squares / values.Length - mean * mean)),
            Minimum = minimum,
            Maximum = maximum,
            Step = distinct.Length < 2 ? null : distinct.Zip(distinct.Skip(1), (below, above) => above - below).Min(),
            Histogram = palette is null ? RatingBin.Ranges(values, minimum, maximum, BinCount) : RatingBin.Values(values, distinct),
            PerUser = CountQuantiles.Of(perUser),
            PerItem = CountQuantiles.Of(perItem),
            Earliest = earliest,
            Latest = latest,
            HasRatings = data.HasRatings,
            Notes = data.Notes,
            TitleCount = data.Titles.Count(title => title is not null),
        };
    }

    private static (DateTimeOffset? Earliest, DateTimeOffset? Latest) Times(RatingMatrix ratings)
    {
        if (ratings.Timestamps is not { } timestamps)
        {
            return (null, null);
        }

        long earliest = long.MaxValue;
        long latest = long.MinValue;
        foreach (long time in timestamps.AsSpan(0, (int)ratings.Count))
        {
            earliest = Math.Min(earliest, time);
            latest = Math.Max(latest, time);
        }

        return (Moment(earliest), Moment(latest));
    }

    // Some logs count milliseconds; the summary shows what the calendar can hold.
    private static DateTimeOffset Moment(long seconds) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
