namespace DistRec.Data;

/// <summary>Ratings of one value, or in one range of values.</summary>
/// <param name="From">Smallest value, inclusive.</param>
/// <param name="To">Largest value: the same for a single value, else exclusive but in the last range.</param>
/// <param name="Count">Number of ratings.</param>
public readonly record struct RatingBin(float From, float To, long Count)
{
    internal static RatingBin[] Values(ReadOnlySpan<float> values, float[] distinct)
    {
        long[] counts = new long[distinct.Length];
        foreach (float value in values)
        {
            counts[Array.BinarySearch(distinct, value)]++;
        }

        return [.. distinct.Select((value, index) => new RatingBin(value, value, counts[index]))];
    }

    internal static RatingBin[] Ranges(ReadOnlySpan<float> values, float minimum, float maximum, int binCount)
    {
        double width = ((double)maximum - minimum) / binCount;
        long[] counts = new long[binCount];
        foreach (float value in values)
        {
            counts[Math.Min(binCount - 1, (int)((value - minimum) / width))]++;
        }

        return [.. counts.Select((count, index) => new RatingBin((float)(minimum + index * width), (float)(minimum + (index + 1) * width), count))];
    }
}
