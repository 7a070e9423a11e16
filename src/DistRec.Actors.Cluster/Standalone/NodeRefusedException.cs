namespace DistRec.Actors.Cluster;

/// <summary>Why the seed does not let a node in.</summary>
public enum RefusalReason
{
    /// <summary>One side does not know the cluster's secret.</summary>
    Secret,

    /// <summary>The node speaks another version of the protocol.</summary>
    Protocol,

    /// <summary>The node registered other kinds than the seed.</summary>
    Kinds,

    /// <summary>Another node has its id or its address.</summary>
    Duplicate,

    /// <summary>Its role is not one that joins a seed.</summary>
    Role,
}

/// <summary>A node cannot join the cluster.</summary>
public sealed class NodeRefusedException(RefusalReason reason, string text)
    : Exception($"The node cannot join the cluster: {text}.")
{
    public RefusalReason Reason { get; } = reason;
}
