namespace DistRec.Data;

/// <summary>How <see cref="FeatureReader"/> reads.</summary>
public sealed record FeatureReadOptions
{
    /// <summary>Share of the training rows that becomes the test part where there is no test file, in [0, 1), at random.</summary>
    public double TestRatio { get; init; }

    /// <summary>Share of the other training rows that becomes the validation part, in [0, 1), at random.</summary>
    public double ValidationRatio { get; init; }

    /// <summary>Keys which rows these are, together with the number of each.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Bytes of text that are parsed at a time. Tests make it small; a line must fit in.</summary>
    internal int BlockSize { get; init; } = 4 << 20;

    /// <exception cref="InputException">An option is out of range.</exception>
    internal void Validate()
    {
        RequireShare("test-ratio", TestRatio);
        RequireShare("validation-ratio", ValidationRatio);
    }

    private static void RequireShare(string name, double share)
    {
        if (share is not (>= 0 and < 1))
        {
            throw InputException.At(name, "a share from 0 up to, but not including, 1", $"{share}", "for instance 0.1");
        }
    }
}
