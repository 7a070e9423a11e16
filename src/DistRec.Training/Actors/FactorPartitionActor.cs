using DistRec.Actors;
using DistRec.Models;
using DistRec.Numerics.Linear;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>Owns one partition of one side of an alternating model: <c>user-factors/p</c> or <c>item-factors/q</c>.</summary>
internal class FactorPartitionActor(Side side, int shard, NodeParts node)
    : Participant(side, side == Side.User ? Addresses.UserKind : Addresses.ItemKind, shard, node)
{
    private RowPartition? _partition;
    private Lazy<RowSet[]>? _needs;

    protected override double Fraction => _partition?.Fraction ?? 0;

    protected override bool IsLoaded => _partition is not null;

    private RowPartition Partition => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    private Side Other => Side == Side.User ? Side.Item : Side.User;

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                RatingBlock ratings = await PullRatingsAsync(cancellationToken).ConfigureAwait(false);
                int firstRow = (Side == Side.User ? Spec.UserStarts : Spec.ItemStarts)[Shard];
                RowPartition partition = new(Side, JobSpecs.SolverOf(Spec), ratings, firstRow, Spec.GlobalMean, JobSpecs.ScaleOf(Spec));
                IReadOnlyList<int> starts = Addresses.StartsOf(Other, Spec);
                _needs = Need(Other, () => partition.NeededRowsOf(starts));
                _partition = partition;
                return default;
            case RoundKind.Initialize:
                await InitializeAsync(cancellationToken).ConfigureAwait(false);
                await PublishAsync(command, cancellationToken).ConfigureAwait(false);
                return default;
            case RoundKind.Fetch:
                await TakeStoredAsync(command, cancellationToken).ConfigureAwait(false);
                await PublishAsync(command, cancellationToken).ConfigureAwait(false);
                return default;
            case RoundKind.SolveUsers or RoundKind.SolveItems:
                RoundSums solved = Partition.SolvedFrom(command.SourceVersion) ?? await SolveAsync(command, cancellationToken).ConfigureAwait(false);
                await PublishAsync(command, cancellationToken).ConfigureAwait(false);
                return solved;
            case RoundKind.Validate:
                return await ValidateAsync(command, cancellationToken).ConfigureAwait(false);
            case RoundKind.Keep:
                Partition.Keep();
                return default;
            case RoundKind.Revert:
                Partition.Revert(command.Undone);
                return default;
            case RoundKind.Cut:
                PublishTables(command.Version, Addresses.Tables, Shard, Partition.Current.Copy());
                PublishTables(command.Version, Addresses.KeptTables, Shard, (Partition.Kept ?? Partition.Current).Copy());
                return default;
            case RoundKind.Publish or RoundKind.PublishKept:
                PublishForClient(command, Shard, Partition.Current, Partition.Kept);
                return default;
            default:
                throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");
        }
    }

    protected override void Forget()
    {
        _partition = null;
        _needs = null;
    }

    private async Task<RoundSums> SolveAsync(RunRound command, CancellationToken cancellationToken)
    {
        if (command.Version != command.Round)
        {
            Partition.LeaveOldTables();
        }

        if (command.FromStore)
        {
            PartitionedFactors stored = await FetchSideAsync(Other, command.SourceVersion, cancellationToken).ConfigureAwait(false);
            RowSources fromStore = new(stored) { Epoch = command.Epoch, OtherMoments = Asks(RoundNeeds.OtherMoments) ? SumsOf(stored) : null };
            return await Partition.SolveAsync(fromStore, command.SourceVersion, Context.Compute, cancellationToken).ConfigureAwait(false);
        }

        using ReplicaState other = await PullSideAsync(Other, command.SourceVersion, _needs!, cancellationToken).ConfigureAwait(false);
        RowSources sources = new(other.Tables)
        {
            Epoch = command.Epoch,
            OtherMoments = Asks(RoundNeeds.OtherMoments) ? await PullMomentsAsync(Other, command.SourceVersion, cancellationToken).ConfigureAwait(false) : null,
            OwnMoments = Asks(RoundNeeds.OwnMoments) ? await PullMomentsAsync(Side, command.OwnVersion, cancellationToken).ConfigureAwait(false) : null,
        };
        return other.Charge(await Partition.SolveAsync(sources, command.SourceVersion, Context.Compute, cancellationToken).ConfigureAwait(false));
    }

    private bool Asks(RoundNeeds need) => Partition.Needs.HasFlag(need);

    private MomentSums SumsOf(PartitionedFactors side)
    {
        MomentSums sums = new(JobSpecs.FactorsOf(Spec));
        foreach (FactorTable table in side.Tables)
        {
            sums.Add(table, 0, table.Rows);
        }

        return sums;
    }

    // The sums of every partition first: whoever waits for tables waits for them as well.
    private async Task PublishAsync(RunRound command, CancellationToken cancellationToken)
    {
        await Partition.SumAsync(Context.Compute, cancellationToken).ConfigureAwait(false);
        PublishMoments(command.Version, Partition.Moments);
        PublishTables(command.Version, Addresses.Tables, Shard, Partition.Current);
    }

    /// <summary>Publishes this shard's part of sums over its side.</summary>
    private void PublishMoments(long version, MomentSums? moments)
    {
        if (version > 0 && moments is not null)
        {
            Context.Blocks.Publish(Addresses.TablesKey(Spec.Job, version, Kind, Addresses.Moments, Shard), new MomentBlock(moments));
        }
    }

    /// <summary>The sums over a whole side as its owners published them under a version: the same bits in whatever order they come.</summary>
    private async Task<MomentSums> PullMomentsAsync(Side side, long version, CancellationToken cancellationToken)
    {
        string kind = Addresses.KindOf(side, Spec);
        MomentSums sums = new(JobSpecs.FactorsOf(Spec));
        MomentBlock[] parts = await Task.WhenAll(Enumerable.Range(0, Addresses.StartsOf(side, Spec).Count - 1).Select(shard => Context.Blocks.PullAsync(
            Addresses.OwnerOf(side, Spec, shard),
            Addresses.TablesKey(Spec.Job, version, kind, Addresses.Moments, shard),
            new MomentBlock.Reader(sums.Rank),
            cancellationToken).AsTask())).ConfigureAwait(false);
        foreach (MomentBlock part in parts)
        {
            sums.Merge(part.Moments);
        }

        return sums;
    }

    private async Task TakeStoredAsync(RunRound command, CancellationToken cancellationToken)
    {
        FactorBlock current = await FetchAsync(Kind, Addresses.Tables, command.SourceVersion, Shard, cancellationToken).ConfigureAwait(false);
        if (command.KeptVersion == 0)
        {
            Partition.Take(current);
            return;
        }

        FactorBlock kept = await FetchAsync(Kind, KeptNameOf(command), command.KeptVersion, Shard, cancellationToken).ConfigureAwait(false);
        Partition.Resume(current, Spec.KeepsBest ? kept : null);
    }

    private async Task<RoundSums> ValidateAsync(RunRound command, CancellationToken cancellationToken)
    {
        using ReplicaState items = await PullSideAsync(Side.Item, command.SourceVersion, _needs!, cancellationToken).ConfigureAwait(false);
        return items.Charge(await Partition.ValidateAsync(items.Tables, Context.Compute, cancellationToken).ConfigureAwait(false));
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        Partition.Initialize();
        if (Spec.Resume is not null)
        {
            FactorBlock current = await FetchAsync(Kind, Addresses.Tables, 0, Shard, cancellationToken).ConfigureAwait(false);
            FactorBlock kept = await FetchAsync(Kind, Addresses.KeptTables, 0, Shard, cancellationToken).ConfigureAwait(false);
            Partition.Resume(current, Spec.KeepsBest ? kept : null);
        }
    }
}
