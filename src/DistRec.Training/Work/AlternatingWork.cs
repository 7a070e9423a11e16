using DistRec.Numerics.Linear;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>One partition of one side of an alternating model: its rows are solved from the other side's.</summary>
internal class AlternatingWork(JobSpec spec, PartitionId partition, NodeResources node) : PartitionWork(spec, partition, node)
{
    private AlternatingPartition? _partition;
    private Lazy<RowSet[]>? _needs;

    public override double Fraction => _partition?.Fraction ?? 0;

    private AlternatingPartition Rows => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    private Side Other => Side == Side.User ? Side.Item : Side.User;

    public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        switch (command.Kind)
        {
            case RoundKind.Load:
                LetGo(Other);
                RatingBlock ratings = await PullRatingsAsync(round, cancellationToken).ConfigureAwait(false);
                int firstRow = (Side == Side.User ? Spec.UserStarts : Spec.ItemStarts)[Index];
                AlternatingPartition partition = new(Side, Spec.Options.CreateSolver(), ratings, firstRow, Spec.Units, JobSpecs.ScaleOf(Spec));
                IReadOnlyList<int> starts = JobLayout.StartsOf(Other, Spec);
                _needs = Need(Other, () => partition.NeededRowsOf(starts));
                _partition = partition;
                return default;
            case RoundKind.Initialize:
                await InitializeAsync(round, cancellationToken).ConfigureAwait(false);
                await PublishAsync(command, cancellationToken).ConfigureAwait(false);
                return default;
            case RoundKind.Fetch:
                await TakeStoredAsync(round, cancellationToken).ConfigureAwait(false);
                await PublishAsync(command, cancellationToken).ConfigureAwait(false);
                return default;
            case RoundKind.SolveUsers or RoundKind.SolveItems:
                RoundSums solved = Rows.SolvedFrom(command.SourceVersion) ?? await SolveAsync(round, cancellationToken).ConfigureAwait(false);
                await PublishAsync(command, cancellationToken).ConfigureAwait(false);
                return solved;
            case RoundKind.Validate:
                return await ValidateAsync(round, cancellationToken).ConfigureAwait(false);
            case RoundKind.SaveBest:
                Rows.SaveBest();
                return default;
            case RoundKind.Revert:
                Rows.Revert(command.Undone);
                return default;
            case RoundKind.Snapshot:
                PublishSnapshot(command, Index, Rows.Current, Rows.Best);
                return default;
            case RoundKind.Publish or RoundKind.PublishBest:
                PublishForKeeper(command, Index, Rows.Current, Rows.Best);
                return default;
            default:
                throw NoPartIn(command);
        }
    }

    private async Task<RoundSums> SolveAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        if (command.Version != command.Round)
        {
            Rows.LeaveOldTables();
        }

        if (command.FromStore)
        {
            PartitionedFactors stored = await FetchSideAsync(round, Other, command.SourceVersion, cancellationToken).ConfigureAwait(false);
            RowSources fromStore = new(stored) { Epoch = command.Epoch, OtherMoments = Asks(RoundNeeds.OtherMoments) ? SumsOf(stored) : null };
            return await Rows.SolveAsync(fromStore, command.SourceVersion, Compute, cancellationToken).ConfigureAwait(false);
        }

        using ReplicaState other = await PullSideAsync(round, Other, command.SourceVersion, _needs!, cancellationToken).ConfigureAwait(false);
        RowSources sources = new(other.Tables)
        {
            Epoch = command.Epoch,
            OtherMoments = Asks(RoundNeeds.OtherMoments)
                ? await PullMomentsAsync(round, Other, command.SourceVersion, cancellationToken).ConfigureAwait(false) : null,
            OwnMoments = Asks(RoundNeeds.OwnMoments)
                ? await PullMomentsAsync(round, Side, command.OwnVersion, cancellationToken).ConfigureAwait(false) : null,
        };
        return other.WithTraffic(await Rows.SolveAsync(sources, command.SourceVersion, Compute, cancellationToken).ConfigureAwait(false));
    }

    private bool Asks(RoundNeeds need) => Rows.Needs.HasFlag(need);

    private MomentSums SumsOf(PartitionedFactors side)
    {
        MomentSums sums = new(Rows.MomentRank);
        foreach (FactorTable table in side.Tables)
        {
            sums.Add(table, 0, table.Rows);
        }

        return sums;
    }

    // The sums of every partition first: whoever waits for tables waits for them as well.
    private async Task PublishAsync(RunRound command, CancellationToken cancellationToken)
    {
        await Rows.SumAsync(Compute, cancellationToken).ConfigureAwait(false);
        if (command.Version > 0 && Rows.Moments is { } moments)
        {
            Blocks.Publish(JobBlocks.TablesKey(Spec, command.Version, Side, JobBlocks.Moments, Index), new MomentBlock(moments));
        }

        PublishTables(command.Version, JobBlocks.Tables, Index, Rows.Current);
    }

    /// <summary>The sums over a whole side as its owners published them under a version: the same bits in whatever order they come.</summary>
    private async Task<MomentSums> PullMomentsAsync(RoundInput round, Side side, long version, CancellationToken cancellationToken)
    {
        MomentSums sums = new(Rows.MomentRank);
        MomentBlock[] parts = await Concurrently.RunAsync(
            JobLayout.StartsOf(side, Spec).Count - 1,
            (block, token) => Blocks.PullAsync(
                round.Endpoints.Of(JobLayout.OwnerOf(side, Spec, block)),
                JobBlocks.TablesKey(Spec, version, side, JobBlocks.Moments, block),
                new MomentBlock.Reader(sums.Rank),
                token).AsTask(),
            cancellationToken).ConfigureAwait(false);
        foreach (MomentBlock part in parts)
        {
            sums.Merge(part.Moments);
        }

        return sums;
    }

    private async Task TakeStoredAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        FactorBlock current = await FetchAsync(round, Side, JobBlocks.Tables, command.SourceVersion, Index, cancellationToken).ConfigureAwait(false);
        if (command.BestVersion == 0)
        {
            Rows.Take(current);
            return;
        }

        FactorBlock best = await FetchAsync(round, Side, BestNameOf(command), command.BestVersion, Index, cancellationToken).ConfigureAwait(false);
        Rows.Resume(current, Spec.SavesBest ? best : null);
    }

    private async Task<RoundSums> ValidateAsync(RoundInput round, CancellationToken cancellationToken)
    {
        using ReplicaState items = await PullSideAsync(round, Side.Item, round.Command.SourceVersion, _needs!, cancellationToken).ConfigureAwait(false);
        return items.WithTraffic(await Rows.ValidateAsync(items.Tables, Compute, cancellationToken).ConfigureAwait(false));
    }

    private async Task InitializeAsync(RoundInput round, CancellationToken cancellationToken)
    {
        Rows.Initialize();
        if (round.Command.FromStore)
        {
            FactorBlock current = await FetchAsync(round, Side, JobBlocks.Tables, 0, Index, cancellationToken).ConfigureAwait(false);
            FactorBlock best = await FetchAsync(round, Side, JobBlocks.BestTables, 0, Index, cancellationToken).ConfigureAwait(false);
            Rows.Resume(current, Spec.SavesBest ? best : null);
        }
    }
}
