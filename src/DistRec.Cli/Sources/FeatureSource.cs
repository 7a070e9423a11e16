using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Cli.Sources;

/// <summary>Makes the features that <c>fm</c> and <c>poly-svm</c> learn from.</summary>
internal static class FeatureSource
{
    /// <summary>The features of parted ratings.</summary>
    /// <param name="job">The job; its ratings are read and parted.</param>
    /// <param name="path">Where the ratings came from, to look beside; null for generated ones.</param>
    /// <param name="data">Ids.</param>
    /// <param name="split">The parts.</param>
    /// <exception cref="InputException">A block is unknown, or lacks what it is made of.</exception>
    public static FeatureData OfRatings(TrainJob job, string? path, RatingData data, RatingSplit split)
    {
        FeatureChoice choice = job.Features!;
        SideFiles near = path is null ? new SideFiles(null, null) : SideFiles.Near(path);
        SideFiles files = new(choice.UserFile ?? near.Users, choice.ItemFile ?? near.Items);
        return Expand(job, FeatureEncoder.Encode(split, choice.Blocks, new FeatureOptions
        {
            Sides = choice.NeedsSides ? files.Read(data.Users, data.Items) : [],
            HashBits = choice.HashBits,
            PositiveFrom = choice.PositiveFrom,
            Users = data.Users,
            Items = data.Items,
        }));
    }

    /// <summary>Features with the pairs that a polynomial of degree 2 asks for.</summary>
    public static FeatureData Expand(TrainJob job, FeatureData features) =>
        job.Training.Model is FmOptions { Degree: > 1 } polynomial ? PairExpansion.Expand(features, polynomial.Degree) : features;

    /// <summary>Identifies features: SHA-256 over their groups, blocks and rows.</summary>
    public static string FingerprintOf(FeatureData features)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FeatureGroup group in features.Space.Groups)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{group.Name} {group.First} {group.Count}\n"));
        }

        foreach (RatingMatrix table in features.Train.Blocks.Select(block => block.Rows))
        {
            int first = (int)table.RowStarts[0];
            hash.AppendData(MemoryMarshal.AsBytes(table.RowStarts.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(table.Columns.AsSpan(first, (int)table.Count)));
            hash.AppendData(MemoryMarshal.AsBytes(table.Values.AsSpan(first, (int)table.Count)));
        }

        foreach (FeatureRows part in new[] { features.Train, features.Validation }.OfType<FeatureRows>())
        {
            hash.AppendData(MemoryMarshal.AsBytes(part.Targets.AsSpan()));
            foreach (int[] rows in part.BlockRows)
            {
                hash.AppendData(MemoryMarshal.AsBytes(rows.AsSpan()));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
