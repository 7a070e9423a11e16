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
internal class WorkerActor(int shard, NodeParts node) : Participant(Side.User, Addresses.WorkerKind, shard, node)
{
    private readonly Queue<VisitBlock> _visits = new();
    private readonly Dictionary<int, BlockVisited> _visited = [];
    private DescentPartition? _partition;
    private Lazy<RowSet[]>? _needs;
    private (long Round, int Block) _visiting;

    protected override bool IsLoaded => _partition is not null;

    private DescentPartition Partition => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    protected override bool IsOneWork(RunRound command) => command.Kind != RoundKind.Descend;

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                RatingBlock ratings = await PullRatingsAsync(cancellationToken).ConfigureAwait(false);
                DescentPartition partition = new(
                    JobSpecs.MfOf(Spec), ratings, [.. Spec.BlockStarts], Spec.UserStarts[Shard], Spec.GlobalMean, JobSpecs.ScaleOf(Spec));
                IReadOnlyList<int> starts = Spec.BlockStarts;
                _needs = Need(Side.Item, () => partition.ValidatedRowsOf(starts));
                _partition = partition;
                return default;
            case RoundKind.Initialize when Spec.Resume is null:
                Partition.Initialize();
                return default;
            case RoundKind.Initialize:
                Partition.Resume(
                    await FetchAsync(Kind, Addresses.Tables, 0, Shard, cancellationToken).ConfigureAwait(false),
                    await FetchAsync(Kind, Addresses.KeptTables, 0, Shard, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Fetch:
                FactorBlock current = await FetchAsync(Kind, Addresses.Tables, command.SourceVersion, Shard, cancellationToken).ConfigureAwait(false);
                Partition.Resume(current, command.KeptVersion == command.SourceVersion ? current
                    : await FetchAsync(Kind, Addresses.KeptTables, command.KeptVersion, Shard, cancellationToken).ConfigureAwait(false));
                return default;
            case RoundKind.Validate:
                ReplicaState items = await PullSideAsync(Side.Item, command.SourceVersion, _needs!, cancellationToken).ConfigureAwait(false);
                RoundSums sums = await Partition.ValidateAsync(items.Tables, Context.Compute, cancellationToken).ConfigureAwait(false);
                return sums with { ReceivedBytes = items.ReceivedBytes, NeededBytes = items.NeededBytes };
            case RoundKind.Keep:
                Partition.Keep();
                return default;
            case RoundKind.Restore:
                Partition.Restore();
                return default;
            case RoundKind.Cut:
                PublishTables(command.Version, Addresses.Tables, Shard, Partition.Current.Copy());
                PublishTables(command.Version, Addresses.KeptTables, Shard, Partition.Kept?.Copy() ?? Partition.Current.Copy());
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
        _visits.Clear();
        _visited.Clear();
    }

    protected override ValueTask OnOtherAsync(IMessage message) => message switch
    {
        VisitBlock visit => OnVisit(visit),
        BlockVisited visited => OnVisited(visited),
        _ => ValueTask.CompletedTask,
    };

    protected override void Continue()
    {
        base.Continue();
        BeginVisit();
    }

    private ValueTask OnVisit(VisitBlock visit)
    {
        if (visit.Round != Command.Round || visit.Job != Spec.Job || Command.Kind != RoundKind.Descend)
        {
            return ValueTask.CompletedTask;
        }

        if (_visited.TryGetValue(visit.Block, out BlockVisited? done) && done.Round == visit.Round)
        {
            return Context.SendAsync(Addresses.Coordinator, done);
        }

        bool isKnown = _visiting == (visit.Round, visit.Block) || _visits.Any(waiting => waiting.Block == visit.Block && waiting.Round == visit.Round);
        if (!isKnown)
        {
            _visits.Enqueue(visit);
            BeginVisit();
        }

        return isKnown ? SayProgressAsync() : ValueTask.CompletedTask;
    }

    private async ValueTask OnVisited(BlockVisited visited)
    {
        WorkIsOver();
        _visiting = default;
        if (visited.Round == 0 && Command.Kind == RoundKind.Descend && IsOvertakenInVain())
        {
            visited.Round = Command.Round;
            visited.Fault = OvertakenText;
        }

        if (visited.Round == Command.Round)
        {
            visited.Instance = visited.Fault.Length > 0 ? LoseState() : Instance;
            if (_visited.Values.FirstOrDefault()?.Round != visited.Round)
            {
                _visited.Clear();
            }

            _visited[visited.Block] = visited;
            await Context.SendAsync(Addresses.Coordinator, visited).ConfigureAwait(false);
        }

        Continue();
    }

    private void BeginVisit()
    {
        while (!IsWorking && _visits.TryDequeue(out VisitBlock? visit))
        {
            if (visit.Round == Command.Round)
            {
                _visiting = (visit.Round, visit.Block);
                Work(cancellationToken => VisitAsync(visit, cancellationToken));
            }
        }
    }

    private async Task<IMessage> VisitAsync(VisitBlock visit, CancellationToken cancellationToken)
    {
        BlockVisited visited = new() { Job = visit.Job, Round = visit.Round, Worker = Shard, Block = visit.Block };
        try
        {
            FactorBlock items = await PullBlockAsync(visit, cancellationToken).ConfigureAwait(false);
            double squaredError = await Context.Compute.RunAsync(
                () => Partition.Visit(visit.Block, items, visit.LearningRate), cancellationToken).ConfigureAwait(false);
            Context.Blocks.Publish(Addresses.LentKey(visit.Job, visit.Round, visit.Block, visit.Version + 1), items);

            // Squared errors beyond any rating scale are as good as infinite, and a reproducible sum is bounded.
            visited.Diverged = !(squaredError < 1e15);
            ReproducibleSum sum = default;
            sum.Add(visited.Diverged ? 0 : squaredError);
            visited.SquaredError = RoundSums.ToParts(sum);
            visited.Count = Partition.CountOf(visit.Block);
        }
        catch (Exception exception) when (exception is OperationCanceledException or BlockDroppedException)
        {
            // The job went back or began again while this visit waited: the coordinator has no use for it.
            visited.Round = 0;
        }
        catch (Exception exception)
        {
            visited.Fault = $"{exception.GetType().Name}: {exception.Message}";
        }

        return visited;
    }

    private async Task<FactorBlock> PullBlockAsync(VisitBlock visit, CancellationToken cancellationToken) =>
        visit.Holder < 0
            ? await Context.Blocks.PullAsync(
                Addresses.OwnerOf(Side.Item, Spec, visit.Block),
                Addresses.TablesKey(visit.Job, visit.HomeVersion, Addresses.ParameterKind, Addresses.Tables, visit.Block),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false)
            : await Context.Blocks.PullAsync(
                new ActorAddress(Addresses.WorkerKind, visit.Holder),
                Addresses.LentKey(visit.Job, visit.Round, visit.Block, visit.Version),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false);
}
