using System.Text;

namespace DistRec.Data;

/// <summary>Indices of features by hashing (Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009), without signs.</summary>
internal static class FeatureHash
{
    /// <summary>Buckets of all features. Each block has a run of buckets of its own, as no feature may be in two blocks.</summary>
    public static (FeatureSpace Space, List<int[][]> Indices) Index(IReadOnlyList<EntitySource> entities, int bits)
    {
        int buckets = 1 << bits;
        List<int[][]> indices = [];
        for (int block = 0; block < entities.Count; block++)
        {
            int first = (int)((long)buckets * block / entities.Count);
            uint count = (uint)((int)((long)buckets * (block + 1) / entities.Count) - first);
            indices.Add([.. entities[block].Sources.Select(source => Buckets(source, first, count))]);
        }

        return (new FeatureSpace([new FeatureGroup("hashed", 0, buckets)]), indices);
    }

    /// <summary>Sorts the features of an entity and adds those up that share a bucket.</summary>
    /// <returns>How many are left.</returns>
    public static int AddUp(Span<int> features, Span<float> values)
    {
        features.Sort(values);
        int last = -1;
        for (int t = 0; t < features.Length; t++)
        {
            if (last >= 0 && features[last] == features[t])
            {
                values[last] += values[t];
            }
            else
            {
                last++;
                (features[last], values[last]) = (features[t], values[t]);
            }
        }

        return last + 1;
    }

    private static int[] Buckets(FeatureSource source, int first, uint count)
    {
        int[] buckets = new int[source.Values.ColumnCount];
        for (int feature = 0; feature < buckets.Length; feature++)
        {
            ulong hash = Hash($"{source.Name}\0{source.Value(feature)}");
            buckets[feature] = first + (int)Math.BigMul(hash, (ulong)count, out _);
        }

        return buckets;
    }

    // FNV-1a of the UTF-8 bytes, 64 bits, whose high bits are mixed once more: few bytes leave them alike.
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037UL;
        foreach (byte character in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDUL;
        return hash ^ (hash >> 33);
    }
}
