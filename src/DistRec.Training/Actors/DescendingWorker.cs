using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>
/// Owns one user partition of a descending model. How an epoch's descent goes, and what validation needs of the item side, is
/// left to those who derive from it.
/// </summary>
internal abstract class DescendingWorker(string kind, int shard, NodeParts node) : Participant(Side.User, kind, shard, node)
{
    private Lazy<RowSet[]>? _needs;

    protected sealed override bool IsLoaded => Loaded is not null;

    /// <summary>The users' tables; null until the ratings are loaded.</summary>
    protected abstract UserTables? Loaded { get; }

    private UserTables Tables => Loaded ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    /// <summary>Pulls the worker's data and makes the partition.</summary>
    /// <returns>The rows of the item side that predictions of this partition refer to.</returns>
    protected abstract Task<Func<RowSet[]>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Pulls the worker's rows of features.</summary>
    /// <exception cref="InvalidDataException">They are not of this job.</exception>
    protected async Task<FeatureBlock> PullFeaturesAsync(CancellationToken cancellationToken)
    {
        FeatureBlock rows = await PullDataAsync(FeatureBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);
        FmSpec fm = Spec.Fm;
        return rows.Require(fm.GroupStarts[^1], fm.RowStarts[Shard + 1] - fm.RowStarts[Shard], fm.Task == FmSpecTask.Ranking);
    }

    /// <summary>Draws the first factors.</summary>
    protected abstract void Initialize();

    /// <summary>Errors on the held-out ratings.</summary>
    protected abstract Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken);

    /// <summary>Visits every rating once.</summary>
    protected virtual Task<RoundSums> DescendAsync(RunRound command, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");

    /// <summary>The users' side of the model.</summary>
    protected virtual Task<FactorBlock> ModelAsync(RunRound command, CancellationToken cancellationToken) =>
        Task.FromResult(Tables.Kept ?? Tables.Current);

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                _needs = Need(Side.Item, await LoadAsync(cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Initialize when Spec.Resume is null:
                Initialize();
                return default;
            case RoundKind.Initialize:
                Tables.Resume(
                    await FetchAsync(Kind, Addresses.Tables, 0, Shard, cancellationToken).ConfigureAwait(false),
                    await FetchAsync(Kind, Addresses.KeptTables, 0, Shard, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Fetch:
                FactorBlock current = await FetchAsync(Kind, Addresses.Tables, command.SourceVersion, Shard, cancellationToken).ConfigureAwait(false);
                Tables.Resume(current, await FetchAsync(Kind, KeptNameOf(command), command.KeptVersion, Shard, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Push:
                return await DescendAsync(command, cancellationToken).ConfigureAwait(false);
            case RoundKind.Validate:
                using (ReplicaState items = await PullItemsAsync(command.SourceVersion, cancellationToken).ConfigureAwait(false))
                {
                    return items.Charge(await ValidateAsync(items.Tables, cancellationToken).ConfigureAwait(false));
                }

            case RoundKind.Keep:
                Tables.Keep();
                return default;
            case RoundKind.Restore:
                Tables.Restore();
                return default;
            case RoundKind.Cut:
                PublishTables(command.Version, Addresses.Tables, Shard, Tables.Current.Copy());
                PublishTables(command.Version, Addresses.KeptTables, Shard, (Tables.Kept ?? Tables.Current).Copy());
                return default;
            case RoundKind.Publish:
                PublishForClient(command, Shard, Tables.Current, Tables.Kept);
                return default;
            case RoundKind.PublishKept:
                PublishTables(command.Version, Addresses.Tables, Shard, await ModelAsync(command, cancellationToken).ConfigureAwait(false));
                return default;
            default:
                throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");
        }
    }

    /// <summary>The item side as it was published under a version, with the rows that predictions refer to.</summary>
    protected Task<ReplicaState> PullItemsAsync(long version, CancellationToken cancellationToken) =>
        PullSideAsync(Side.Item, version, _needs!, cancellationToken);

    protected override void Forget() => _needs = null;
}
