namespace DistRec.Cluster.Blocks;

/// <summary>What a node's block exchange has carried since the node started. Blocks handed over on the node are not in it.</summary>
/// <param name="ReceivedBytes">
/// Bytes that came from other nodes: blocks with their checksums, repeated and broken transfers too, and selections of other nodes' pulls
/// that came to a block. Headers are not counted.
/// </param>
/// <param name="SentBytes">Bytes that went to other nodes: the same, the other way.</param>
/// <param name="Retries">Requests of pulls that had to be repeated: broken or damaged transfers, nodes that were gone.</param>
public readonly record struct NodeTraffic(long ReceivedBytes, long SentBytes, long Retries);
