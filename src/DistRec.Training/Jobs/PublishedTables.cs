using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;
using DistRec.Training.Work;

namespace DistRec.Training.Jobs;

/// <summary>Pulls what the partitions of a job published.</summary>
internal static class PublishedTables
{
    /// <summary>Both sides of a version.</summary>
    public static async Task<TrainedTables> PullAsync(
        IBlockExchange blocks, JobSpec spec, EndpointTable endpoints, long version, string name, CancellationToken cancellationToken)
    {
        FactorBlock[] users = await PullSideAsync(blocks, spec, endpoints, Side.User, version, name, cancellationToken).ConfigureAwait(false);
        FactorBlock[] items = await PullSideAsync(blocks, spec, endpoints, Side.Item, version, name, cancellationToken).ConfigureAwait(false);
        return new TrainedTables(JobTables.Join(users), JobTables.Join(items));
    }

    /// <summary>One published block.</summary>
    public static async Task<FactorBlock> PullAsync(
        IBlockExchange blocks, JobSpec spec, EndpointTable endpoints, Side side, long version, string name, int block, CancellationToken cancellationToken) =>
        await blocks.PullAsync(
            endpoints.Of(JobLayout.OwnerOf(side, spec, block)),
            JobBlocks.TablesKey(spec, version, side, name, block),
            FactorBlock.Reader.Instance,
            cancellationToken).ConfigureAwait(false);

    /// <summary>All blocks of one side.</summary>
    public static async Task<FactorBlock[]> PullSideAsync(
        IBlockExchange blocks, JobSpec spec, EndpointTable endpoints, Side side, long version, string name, CancellationToken cancellationToken)
    {
        FactorBlock[] parts = new FactorBlock[JobLayout.StartsOf(side, spec).Count - 1];
        for (int block = 0; block < parts.Length; block++)
        {
            parts[block] = await PullAsync(blocks, spec, endpoints, side, version, name, block, cancellationToken).ConfigureAwait(false);
        }

        return parts;
    }
}
