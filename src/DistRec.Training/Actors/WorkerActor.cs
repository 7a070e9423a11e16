using DistRec.Actors;
using DistRec.Models;
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
internal class WorkerActor(int shard, NodeParts node) : DescendingWorker(Addresses.WorkerKind, shard, node)
{
    private readonly SortedDictionary<int, VisitBlock> _visits = [];
    private readonly Dictionary<int, BlockVisited> _visited = [];
    private DescentPartition? _partition;
    private (long Round, int Block) _visiting;

    protected override UserTables? Loaded => _partition?.Tables;

    private DescentPartition Partition => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    protected override bool IsOneWork(RunRound command) => command.Kind != RoundKind.Descend;

    protected override async Task<Func<RowSet[]>> LoadAsync(CancellationToken cancellationToken)
    {
        RatingBlock ratings = await PullRatingsAsync(cancellationToken).ConfigureAwait(false);
        DescentPartition partition = _partition = new(
            JobSpecs.MfOf(Spec), ratings, [.. Spec.BlockStarts], Spec.UserStarts[Shard], Spec.GlobalMean, JobSpecs.ScaleOf(Spec));
        IReadOnlyList<int> starts = Spec.BlockStarts;
        return () => partition.ValidatedRowsOf(starts);
    }

    protected override void Initialize() => Partition.Initialize();

    protected override Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken) =>
        Partition.ValidateAsync(items, Context.Compute, cancellationToken);

    protected override void Forget()
    {
        base.Forget();
        _partition = null;
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

    /// <summary>Visits every rating of one item block once; runs on a thread of the compute pool.</summary>
    /// <returns>Σ e².</returns>
    protected virtual double Descend(VisitBlock visit, FactorBlock items) => Partition.Visit(visit.Block, items, visit.LearningRate);

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

        if (_visiting == (visit.Round, visit.Block) || (_visits.TryGetValue(visit.Step, out VisitBlock? waiting) && waiting.Round == visit.Round))
        {
            return SayProgressAsync();
        }

        _visits[visit.Step] = visit;
        BeginVisit();
        return ValueTask.CompletedTask;
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

        if (visited.Round > 0 && visited.Round == Command.Round && visited.Job == Command.Job)
        {
            visited.Instance = visited.Fault.Length > 0 ? LoseState() : Instance;
            ForgetVisitsBefore(visited.Round);
            _visited[visited.Block] = visited;
            await Context.SendAsync(Addresses.Coordinator, visited).ConfigureAwait(false);
        }

        Continue();
    }

    // A visit whose word was lost comes again; those after it wait, or the order of visits would depend on what was lost.
    private void BeginVisit()
    {
        if (IsWorking || Command.Kind != RoundKind.Descend)
        {
            return;
        }

        ForgetVisitsBefore(Command.Round);
        if (_visits.Remove(_visited.Count, out VisitBlock? visit))
        {
            _visiting = (visit.Round, visit.Block);
            Work(cancellationToken => VisitAsync(visit, cancellationToken));
        }
    }

    private void ForgetVisitsBefore(long round)
    {
        if (_visited.Values.FirstOrDefault() is { } visited && visited.Round != round)
        {
            _visited.Clear();
        }

        if (_visits.Values.FirstOrDefault() is { } visit && visit.Round != round)
        {
            _visits.Clear();
        }
    }

    private async Task<IMessage> VisitAsync(VisitBlock visit, CancellationToken cancellationToken)
    {
        BlockVisited visited = new() { Job = visit.Job, Round = visit.Round, Worker = Shard, Block = visit.Block };
        try
        {
            FactorBlock items = await PullBlockAsync(visit, cancellationToken).ConfigureAwait(false);
            double squaredError = await Context.Compute.RunAsync(
                () => Descend(visit, items), cancellationToken).ConfigureAwait(false);
            Context.Blocks.Publish(Addresses.LentKey(visit.Job, visit.Round, visit.Block, visit.Version + 1), items);

            RoundSums sums = RoundSums.OfDescent(squaredError, Partition.CountOf(visit.Block));
            visited.Diverged = sums.Diverged;
            visited.SquaredError = RoundSums.ToParts(sums.Errors.Squared);
            visited.Count = sums.Errors.Count;
        }
        catch (Exception exception) when (exception is OperationCanceledException or BlockDroppedException)
        {
            // The job went back or began again while this visit waited: the coordinator has no use for it.
            visited.Round = 0;
        }
        catch (Exception exception) when (IsFinal(exception))
        {
            visited.Failure = exception.Message;
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
