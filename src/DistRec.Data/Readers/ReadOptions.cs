namespace DistRec.Data;

/// <summary>How ratings are read. The defaults read every supported layout without being told which one it is.</summary>
public sealed record ReadOptions
{
    /// <summary>
    /// What the columns hold, in their order, as names: <c>user</c>, <c>item</c>, <c>rating</c> and, where there is one,
    /// <c>timestamp</c>; any other name, such as <c>-</c>, means that the column is not read. Null finds out.
    /// </summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Whether the first line names the columns; null finds out.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>Reads <c>4,5</c> as four and a half; the comma then separates no columns.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>What to do where a user rated an item more than once.</summary>
    public DuplicatePolicy Duplicates { get; init; } = DuplicatePolicy.Last;

    /// <summary>Kinds of feedback to read, as a column such as <c>feedback_type</c> has them; empty where there is no such column, or one kind alone.</summary>
    public IReadOnlyList<string> FeedbackTypes { get; init; } = [];

    /// <summary>Leaves out pairs whose rating is 0, which say nothing of a preference ([HKV08]: p = 1 for r &gt; 0).</summary>
    public bool DropZeros { get; init; }

    /// <summary>Smallest rating that is accepted; never below −1,000,000,000.</summary>
    public float? MinRating { get; init; }

    /// <summary>Largest rating that is accepted; never above 1,000,000,000.</summary>
    public float? MaxRating { get; init; }

    /// <summary>Whether to keep timestamps, which double the memory of a data set that has them.</summary>
    public bool KeepTimestamps { get; init; } = true;

    /// <summary>Whether to read item titles, and what else is told of items, where the folder has them.</summary>
    public bool ReadTitles { get; init; } = true;

    /// <summary>Ratings that follow those of the file or folder; where the data comes as two files there can be none.</summary>
    public IReadOnlyList<LaterRating> Later { get; init; } = [];

    /// <summary>Threads that parse; the result is the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes of text that a thread parses at a time. Tests make it small; a line must fit in.</summary>
    internal int BlockSize { get; init; } = 4 << 20;

    internal float LowestRating => Math.Max(MinRating ?? -RatingLimits.Magnitude, -RatingLimits.Magnitude);

    internal float HighestRating => Math.Min(MaxRating ?? RatingLimits.Magnitude, RatingLimits.Magnitude);

    /// <exception cref="InputException">An option is out of range.</exception>
    internal void Validate()
    {
        if (Threads < 1)
        {
            throw InputException.At("threads", "at least 1", $"{Threads}", "leave it out to use every core");
        }

        if (!(LowestRating <= HighestRating))
        {
            throw InputException.At("rating range", "a smallest rating that is not above the largest", $"{MinRating} … {MaxRating}", "swap them");
        }
    }
}
