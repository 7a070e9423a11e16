namespace DistRec.Data;

/// <summary>How ratings are written as text.</summary>
public sealed record WriteOptions
{
    /// <summary>What stands between the columns.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>Whether the first line names the columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>Whether timestamps are written where there are any.</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Writes the lines in a random order keyed by this seed, as logs have it; null writes them by user and item.</summary>
    public ulong? ShuffleSeed { get; init; }
}
