using DistRec.Data;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;

namespace DistRec.Cluster.Client;

/// <summary>Fetches the blocks of a finished job's model, and joins them.</summary>
internal static class ModelDownload
{
    /// <exception cref="ClusterException">It is not there, or not what the job should have made.</exception>
    public static async Task<FactorModel> RunAsync(
        ClusterClient client, RetryPolicy retries, JobSpec spec, FeatureData? features, CancellationToken cancellationToken)
    {
        FactorBlock[] users = await SideAsync(Side.User).ConfigureAwait(false);
        FactorBlock[] items = await SideAsync(Side.Item).ConfigureAwait(false);
        return JobTables.ToModel(spec, users, items, features);

        async Task<FactorBlock[]> SideAsync(Side side)
        {
            string kind = JobLayout.RegionOf(side, spec);
            IReadOnlyList<int> starts = JobLayout.StartsOf(side, spec);
            int rank = spec.Options.PublishedWidthOf(side);
            FactorBlock[] blocks = new FactorBlock[starts.Count - 1];
            for (int block = 0; block < blocks.Length; block++)
            {
                int number = block;
                FactorBlock found = await retries.TryAsync(
                    token => client.ModelBlockAsync(spec.Job, kind, number, token), cancellationToken).ConfigureAwait(false);
                int rows = starts[block + 1] - starts[block];
                if (found.Biases.Length != rows || found.Factors.Rows != rows || found.Factors.Rank != rank)
                {
                    throw new ClusterAnswerException(
                        $"{client.Address}: model of job {spec.Job}, block {kind}-{block}: expected {rows} rows of rank {rank}, "
                        + $"found {found.Factors.Rows} of rank {found.Factors.Rank}; the job was submitted with other settings or data");
                }

                blocks[block] = found;
            }

            return blocks;
        }
    }
}
