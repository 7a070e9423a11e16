namespace DistRec.Data;

/// <summary>The features of a learning problem, in groups.</summary>
public sealed class FeatureSpace
{
    /// <param name="groups">Each begins where the one before ends; the first at 0.</param>
    /// <exception cref="ArgumentException">They leave gaps, or overlap.</exception>
    public FeatureSpace(IReadOnlyList<FeatureGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        foreach (FeatureGroup group in groups)
        {
            if (group.First != Count || group.Count < 0 || (group.Names is { } names && names.Count != group.Count))
            {
                throw new ArgumentException($"feature group {group.Name}: expected {group.Count} features from {Count} on, found them from {group.First} on", nameof(groups));
            }

            Count += group.Count;
        }

        Groups = groups;
    }

    /// <summary>In the order of their features.</summary>
    public IReadOnlyList<FeatureGroup> Groups { get; }

    /// <summary>Number of features.</summary>
    public int Count { get; }

    /// <summary>First feature of each group, and the number of features last.</summary>
    public int[] Starts => [.. Groups.Select(group => group.First), Count];

    /// <summary>The group of each feature, [features].</summary>
    public int[] GroupOfEach() => [.. Groups.SelectMany((group, index) => Enumerable.Repeat(index, group.Count))];
}
