namespace DistRec.Cluster.Blocks;

/// <summary>What a node's block exchange has carried since the node started; see <see cref="BlockTraffic"/> for what counts.</summary>
/// <param name="ReceivedBytes">Bytes that came from other nodes.</param>
/// <param name="SentBytes">Bytes that went to other nodes.</param>
public readonly record struct NodeTraffic(long ReceivedBytes, long SentBytes);
