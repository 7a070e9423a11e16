using System.Security.Cryptography;

namespace DistRec.Training.Actors;

/// <summary>What the participants of one node share.</summary>
internal sealed class NodeParts
{
    /// <summary>The other side's rows that came from other nodes.</summary>
    public SideReplicas Replicas { get; } = new();

    /// <summary>Names a life of a participant; no two anywhere are alike.</summary>
    public Func<ulong> NewInstance { get; init; } = () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
