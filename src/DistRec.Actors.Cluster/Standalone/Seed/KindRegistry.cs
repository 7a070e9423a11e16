using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>The kinds that the cluster has agreed on.</summary>
internal sealed class KindRegistry
{
    private readonly Dictionary<string, KindShape> _shapes = new(StringComparer.Ordinal);

    /// <summary>Why a node with these kinds cannot take part; null when it can.</summary>
    /// <param name="shapes">What the node has registered.</param>
    /// <param name="isComplete">Whether the node has registered all it ever will, unless it has registered nothing yet.</param>
    public string? Conflict(IReadOnlyCollection<KindShape> shapes, bool isComplete)
    {
        foreach (KindShape shape in shapes)
        {
            if (_shapes.TryGetValue(shape.Name, out KindShape? known) && !known.Equals(shape))
            {
                return $"it registered the kind {Describe(shape)}, where the cluster has {Describe(known)}; "
                    + "start every node from the same program with the same settings";
            }
        }

        if (!isComplete || shapes.Count == 0 || _shapes.Count == 0)
        {
            return null;
        }

        HashSet<string> names = [.. shapes.Select(shape => shape.Name)];
        string[] missing = [.. _shapes.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal)];
        string[] extra = [.. names.Where(name => !_shapes.ContainsKey(name)).Order(StringComparer.Ordinal)];
        return missing.Length + extra.Length == 0
            ? null
            : $"it registered other kinds than the cluster (missing: {Join(missing)}; unknown: {Join(extra)}); "
                + "start every node from the same program with the same settings";
    }

    public void Add(IEnumerable<KindShape> shapes)
    {
        foreach (KindShape shape in shapes)
        {
            _shapes.TryAdd(shape.Name, shape);
        }
    }

    private static string Join(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);

    private static string Describe(KindShape shape) =>
        $"\"{shape.Name}\" with {shape.ShardCount} shards, role \"{shape.Role}\" and mailboxes of {shape.MailboxCapacity}";
}
