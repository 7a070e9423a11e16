namespace DistRec.Cluster.Blocks;

/// <summary>
/// What one node's block exchange carried for the blocks of one name in one job. Blocks handed over on the node are not in it.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Name">The blocks' name.</param>
/// <param name="ReceivedBytes">
/// Bytes that came: blocks with their checksums, repeated and broken transfers too, and selections of other nodes' pulls that came to
/// a block. Headers are not counted.
/// </param>
/// <param name="SentBytes">Bytes that went: the same, the other way.</param>
/// <param name="Pulls">Blocks pulled from other nodes to the end.</param>
/// <param name="Retries">Requests of pulls that had to be repeated: broken or damaged transfers, nodes that were gone.</param>
/// <param name="TransferSeconds">
/// Time from the first byte of an answer to the checksum, over all those pulls; the wait for a block to be published is not in it.
/// </param>
public sealed record BlockTraffic(
    string Job, string Name, long ReceivedBytes, long SentBytes, long Pulls, long Retries, double TransferSeconds);
