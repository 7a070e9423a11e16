using DistRec.Numerics.Linear;
using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Jobs;

/// <summary>Cuts a job's ratings and checkpoint tables into the blocks that its partitions load.</summary>
internal static class JobData
{
    /// <summary>How the ratings of every partition are made: those of items are transposed, which takes time and memory.</summary>
    public static IEnumerable<(string Region, int Partition, Func<IBlock> Make)> Ratings(JobSpec spec, TrainingData data)
    {
        int shards = spec.UserStarts.Count - 1;
        string users = JobLayout.RegionOf(Side.User, spec);
        if (data.Features is { } features && spec.Features is not null)
        {
            Lazy<int[]>? sharers = spec.Scheme == TrainingScheme.ParameterServer && shards > 1 ? new(() => FeatureUse.SharersOf(features, spec.Features.RowStarts)) : null;
            for (int shard = 0; shard < shards; shard++)
            {
                Range rows = spec.Features.RowStarts[shard]..spec.Features.RowStarts[shard + 1];
                Range heldOut = HeldOutStart(shard)..HeldOutStart(shard + 1);
                yield return (users, shard, () => FeatureBlock.Of(features, rows, heldOut, keepsBlocks: spec.Scheme == TrainingScheme.AllReduce) with { Sharers = sharers?.Value });
            }

            yield break;
        }

        for (int shard = 0; shard < shards; shard++)
        {
            int from = spec.UserStarts[shard];
            int to = spec.UserStarts[shard + 1];
            yield return (users, shard, () => new RatingBlock(data.Train.Rows(from, to), data.Validation?.Rows(from, to), spec.Scheme == TrainingScheme.ParameterServer ? data.Feedback?.Rows(from, to) : null));
        }

        if (spec.Options.NeighborLists is not null)
        {
            // Lists of like items hang on all ratings: the shards share one block.
            yield return (JobLayout.ParameterRegion, 0, () => new RatingBlock(data.Train, spec.Refit ? data.Validation : null));
        }

        if (spec.Scheme != TrainingScheme.Alternating)
        {
            yield break;
        }

        for (int shard = 0; shard < shards; shard++)
        {
            int from = spec.ItemStarts[shard];
            int to = spec.ItemStarts[shard + 1];
            yield return (JobLayout.ItemRegion, shard, () => new RatingBlock(data.Train.TransposeColumns(from, to), spec.Refit ? data.Validation?.TransposeColumns(from, to) : null));
        }

        int HeldOutStart(int shard) => (int)((long)(data.Features?.Validation?.Count ?? 0) * shard / shards);
    }

    /// <summary>The tables of every partition.</summary>
    public static IEnumerable<(string Region, int Block, FactorBlock Tables)> Tables(JobSpec spec, TrainedTables tables)
    {
        return Cut(Side.User, tables.Users).Concat(Cut(Side.Item, tables.Items));

        IEnumerable<(string, int, FactorBlock)> Cut(Side side, FactorBlock whole)
        {
            IReadOnlyList<int> starts = JobLayout.StartsOf(side, spec);
            for (int block = 0; block < starts.Count - 1; block++)
            {
                yield return (JobLayout.RegionOf(side, spec), block, JobTables.Cut(whole, starts[block], starts[block + 1]));
            }
        }
    }
}
