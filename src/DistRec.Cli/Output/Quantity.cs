using System.Globalization;

namespace DistRec.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    /// <summary>A count with separators: 1,000,209.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>How much data there is.</summary>
    public static string Ratings(long ratings, long items, long users) => $"{Count(ratings)} ratings of {Count(items)} items by {Count(users)} users";

    /// <summary>An error with four places, or a dash where there is none.</summary>
    public static string Error(double? error) => error is { } value ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "–";

    /// <summary>A rate such as 1.9M.</summary>
    public static string Rate(double rate) => rate switch
    {
        >= 1e9 => $"{rate / 1e9:0.0}G",
        >= 1e6 => $"{rate / 1e6:0.0}M",
        >= 1e3 => $"{rate / 1e3:0}k",
        _ => $"{rate:0}",
    };

    /// <summary>A size such as 512 B, 3.1 KiB, 42 MiB or 1.5 GiB.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 20):0.0} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 10):0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B"),
    };

    /// <summary>A duration such as 3.1 ms, 0.42 s, 12 s or 3 min 20 s.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 0.1 => $"{seconds * 1000:0.0} ms",
        < 1 => $"{seconds:0.00} s",
        < 10 => $"{seconds:0.0} s",
        < 120 => $"{seconds:0} s",
        _ => $"{Math.Floor(seconds / 60):0} min {seconds % 60:0} s",
    };

    /// <summary>A count and its noun: 1 epoch, 2 epochs.</summary>
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";
}
