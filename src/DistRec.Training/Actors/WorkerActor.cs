using DistRec.Actors;
using DistRec.Models;
using DistRec.Numerics.Linear;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// Owns one user partition of a descending model and visits the item blocks that are lent to it. A block travels from the
/// worker that visited it last straight to the next one; in one process that is a reference.
/// </summary>
internal class WorkerActor(int shard) : Participant(Addresses.UserKind, shard)
{
    private DescentPartition? _partition;
    private readonly Queue<VisitBlock> _visits = new();
    private (long Round, int Block, int Version) _lastVisit;
    private bool _isVisiting;

    private DescentPartition Partition => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                RatingBlock ratings = await PullRatingsAsync(cancellationToken).ConfigureAwait(false);
                _partition = new DescentPartition(
                    JobSpecs.MfOf(Spec), ratings, [.. Spec.BlockStarts], Spec.UserStarts[Shard], Spec.GlobalMean, JobSpecs.ScaleOf(Spec));
                return default;
            case RoundKind.Initialize when Spec.Resume is null:
                Partition.Initialize();
                return default;
            case RoundKind.Initialize:
                Partition.Resume(
                    await PullResumeAsync(Addresses.Tables, cancellationToken).ConfigureAwait(false),
                    await PullResumeAsync(Addresses.KeptTables, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Validate:
                PartitionedFactors items = await PullSideAsync(
                    Addresses.ParameterKind, Spec.BlockStarts, command.SourceRound, cancellationToken, block => ParameterShardActor.ShardOf(block, Spec)).ConfigureAwait(false);
                return await Partition.ValidateAsync(items, Context.Compute, cancellationToken).ConfigureAwait(false);
            case RoundKind.Keep:
                Partition.Keep();
                return default;
            case RoundKind.Restore:
                Partition.Restore();
                return default;
            case RoundKind.Publish or RoundKind.PublishKept:
                PublishForClient(command, Partition.Current, Partition.Kept);
                return default;
            default:
                throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");
        }
    }

    protected override ValueTask OnOtherAsync(IMessage message) => message switch
    {
        VisitBlock visit => OnVisit(visit),
        BlockVisited visited => OnVisited(visited),
        _ => ValueTask.CompletedTask,
    };

    private ValueTask OnVisit(VisitBlock visit)
    {
        (long, int, int) key = (visit.Round, visit.Block, visit.Version);
        if (visit.Job != Spec.Job || key == _lastVisit || visit.Round < _lastVisit.Round)
        {
            return ValueTask.CompletedTask;
        }

        _lastVisit = key;
        _visits.Enqueue(visit);
        BeginVisit();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnVisited(BlockVisited visited)
    {
        _isVisiting = false;
        BeginVisit();
        return Context.SendAsync(Addresses.Coordinator, visited);
    }

    private void BeginVisit()
    {
        if (!_isVisiting && _visits.TryDequeue(out VisitBlock? visit))
        {
            _isVisiting = true;
            Context.RunOutside(async cancellationToken => await VisitAsync(visit, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<BlockVisited> VisitAsync(VisitBlock visit, CancellationToken cancellationToken)
    {
        FactorBlock items;
        try
        {
            items = await PullBlockAsync(visit, cancellationToken).ConfigureAwait(false);
        }
        catch (BlockDroppedException)
        {
            // The job began again while this visit waited: the coordinator has no use for it, nor for its report.
            return new BlockVisited { Job = visit.Job, Round = visit.Round, Worker = Shard, Block = visit.Block };
        }

        double squaredError = await Context.Compute.RunAsync(
            () => Partition.Visit(visit.Block, items, visit.LearningRate), cancellationToken).ConfigureAwait(false);
        Context.Blocks.Publish(Addresses.LentKey(visit.Job, visit.Round, visit.Block, visit.Version + 1), items);

        // Squared errors beyond any rating scale are as good as infinite, and a reproducible sum is bounded.
        bool diverged = !(squaredError < 1e15);
        ReproducibleSum sum = default;
        sum.Add(diverged ? 0 : squaredError);
        return new BlockVisited
        {
            Job = visit.Job,
            Round = visit.Round,
            Worker = Shard,
            Block = visit.Block,
            SquaredError = RoundSums.ToParts(sum),
            Count = Partition.CountOf(visit.Block),
            Diverged = diverged,
        };
    }

    private async Task<FactorBlock> PullBlockAsync(VisitBlock visit, CancellationToken cancellationToken) =>
        visit.Holder < 0
            ? await Context.Blocks.PullAsync(
                new ActorAddress(Addresses.ParameterKind, ParameterShardActor.ShardOf(visit.Block, Spec)),
                Addresses.TablesKey(visit.Job, visit.HomeRound, Addresses.ParameterKind, Addresses.Tables, visit.Block),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false)
            : await Context.Blocks.PullAsync(
                new ActorAddress(Addresses.UserKind, visit.Holder),
                Addresses.LentKey(visit.Job, visit.Round, visit.Block, visit.Version),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false);
}
