namespace DistRec.Data;

/// <summary>How ratings are spread over users or items: the numbers that the given shares of them do not exceed.</summary>
public sealed record CountQuantiles(double Mean, int Minimum, int Quarter, int Median, int ThreeQuarters, int NinetyPercent, int NinetyNinePercent, int Maximum)
{
    internal static CountQuantiles Of(int[] counts)
    {
        int[] sorted = [.. counts.Order()];
        return new CountQuantiles(sorted.Average(), sorted[0], At(0.25), At(0.5), At(0.75), At(0.9), At(0.99), sorted[^1]);

        // The smallest count with at least this share of all at or below it.
        int At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
