using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// One user partition of a model that descends. How an epoch's descent goes, and what validation needs of the item side, is left to those
/// who derive from it.
/// </summary>
internal abstract class DescentWork(JobSpec spec, PartitionId partition, NodeResources node) : PartitionWork(spec, partition, node)
{
    private Lazy<RowSet[]>? _needs;

    /// <summary>The users' tables; null until the ratings are loaded.</summary>
    protected abstract UserTables? Loaded { get; }

    private UserTables Tables => Loaded ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        switch (command.Kind)
        {
            case RoundKind.Load:
                _needs = Need(Side.Item, await LoadAsync(round, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Initialize when !command.FromStore:
                Initialize();
                return default;
            case RoundKind.Initialize:
                Tables.Resume(
                    await FetchAsync(round, Side, JobBlocks.Tables, 0, Index, cancellationToken).ConfigureAwait(false),
                    await FetchAsync(round, Side, JobBlocks.BestTables, 0, Index, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Fetch:
                Tables.Resume(
                    await FetchAsync(round, Side, JobBlocks.Tables, command.SourceVersion, Index, cancellationToken).ConfigureAwait(false),
                    await FetchAsync(round, Side, BestNameOf(command), command.BestVersion, Index, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Epoch:
                return await DescendAsync(round, cancellationToken).ConfigureAwait(false);
            case RoundKind.Validate:
                using (ReplicaState items = await PullItemsAsync(round, command.SourceVersion, cancellationToken).ConfigureAwait(false))
                {
                    return items.WithTraffic(await ValidateAsync(items.Tables, cancellationToken).ConfigureAwait(false));
                }

            case RoundKind.SaveBest:
                Tables.SaveBest();
                return default;
            case RoundKind.Restore:
                Tables.Restore();
                return default;
            case RoundKind.Snapshot:
                PublishSnapshot(command, Index, Tables.Current, Tables.Best);
                return default;
            case RoundKind.Publish:
                PublishForKeeper(command, Index, Tables.Current, Tables.Best);
                return default;
            case RoundKind.PublishBest:
                PublishTables(command.Version, JobBlocks.Tables, Index, await ModelAsync(round, cancellationToken).ConfigureAwait(false));
                return default;
            default:
                throw NoPartIn(command);
        }
    }

    /// <summary>Pulls the partition's data and makes its tables.</summary>
    /// <returns>The rows of the item side that predictions of this partition refer to.</returns>
    protected abstract Task<Func<RowSet[]>> LoadAsync(RoundInput round, CancellationToken cancellationToken);

    /// <summary>Pulls the partition's rows of features.</summary>
    /// <exception cref="InvalidDataException">They are not of this job.</exception>
    protected async Task<FeatureBlock> PullFeaturesAsync(RoundInput round, CancellationToken cancellationToken)
    {
        FeatureBlock rows = await PullDataAsync(round, FeatureBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);
        FeatureLayout layout = Spec.Features;
        return rows.Require(layout.GroupStarts[^1], layout.RowStarts[Index + 1] - layout.RowStarts[Index], Spec.Options.IsImplicit);
    }

    /// <summary>Draws the first factors.</summary>
    protected abstract void Initialize();

    /// <summary>Errors on the held-out ratings.</summary>
    protected abstract Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken);

    /// <summary>Visits every rating once, clock by clock.</summary>
    protected virtual Task<RoundSums> DescendAsync(RoundInput round, CancellationToken cancellationToken) => throw NoPartIn(round.Command);

    /// <summary>The users' side of the model.</summary>
    protected virtual Task<FactorBlock> ModelAsync(RoundInput round, CancellationToken cancellationToken) =>
        Task.FromResult(Tables.Best ?? Tables.Current);

    /// <summary>The item side as it was published under a version, with the rows that predictions refer to.</summary>
    protected Task<ReplicaState> PullItemsAsync(RoundInput round, long version, CancellationToken cancellationToken) =>
        PullSideAsync(round, Side.Item, version, _needs!, cancellationToken);
}
