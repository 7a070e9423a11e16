using System.Runtime.ExceptionServices;
using DistRec.Simulation.Hosting;
using DistRec.Training.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using DistRec.Training.Work;

namespace DistRec.Simulation.Shells;

/// <summary>
/// The coordinator of a job: the state and the keeper of production, carried out as its actor does. What it throws ends it, and its job by
/// name.
/// </summary>
internal sealed class CoordinatorShell(NodeLife life, JobSpec spec, IJobKeeper keeper, QueueShell queue)
    : Shell(life, $"coordinator of {spec.Job}")
{
    private readonly TableTaker _taker = new(keeper);
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<(object Message, Shell? Sender)> _early = [];
    private readonly Dictionary<PartitionId, Shell> _leaving = [];
    private CoordinatorState? _state;
    private string? _cause;
    private string? _task;

    private TimeSpan Now => Cluster.Now;

    internal override void OnNodeRemoved() => TellSelf(PingDue.Now);

    internal override string? Describe() => _task;

    protected override void OnStart()
    {
        Life.Resources.Enter(spec.Job);
        Pipe(() => keeper.PrepareAsync(_stopped.Token), start => start, Failed);
    }

    protected override void OnStop()
    {
        _stopped.Cancel();
        _taker.Dispose();
        Life.Resources.Leave(spec.Job);
        Life.Blocks.DropJob(spec.Job);
        Life.Blocks.DropJob(JobBlocks.DataOf(spec.Job));
        queue.Ended(spec.Job, _cause);
    }

    protected override bool OnFailure(Exception exception)
    {
        _cause = exception.Message;
        Stop();
        return true;
    }

    protected override void Handle(object message, Shell? sender)
    {
        switch (message)
        {
            case Failure failure:
                failure.Cause.Throw();
                break;
            case JobStart start:
                _state = new CoordinatorState(spec, start, Life.Blocks.Endpoint);
                Do(_state.Begin(Now));
                _early.ForEach(early => Handle(early.Message, early.Sender));
                break;
            case var _ when _state is null:
                _early.Add((message, sender));
                break;
            case PartitionLeaving leaving:
                _leaving[leaving.Partition.Id] = sender!;
                Do(_state.Handle(leaving, Now));
                break;
            default:
                Do(_state.Handle(message, Now));
                break;
        }
    }

    private static Failure Failed(Exception exception) => new(ExceptionDispatchInfo.Capture(exception));

    private void Do(IReadOnlyList<CoordinatorEffect> effects)
    {
        foreach (CoordinatorEffect effect in effects)
        {
            Do(effect);
        }
    }

    private void Do(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Send { IsLeaving: true } send:
                Tell(_leaving[send.To], PartitionRegions.EnvelopeOf(spec, send.To, send.Message));
                break;
            case CoordinatorEffect.Send send:
                Cluster.Placement.Tell(this, spec.Job, send.To, send.Message);
                break;
            case CoordinatorEffect.Write write:
                Pipe(
                    async () =>
                    {
                        await keeper.OnEventAsync(write.Event, _stopped.Token).ConfigureAwait(false);
                        return write.Event;
                    },
                    written => new EventWritten(written),
                    Failed);
                break;
            case CoordinatorEffect.Take take:
                Task<TablesTaken?> taking = _taker.TakeAsync(take.Tables, take.Endpoints);
                Pipe(() => taking, taken => taken is null ? Overtaken.Instance : taken, Failed);
                break;
            case CoordinatorEffect.Remind remind:
                Remind(remind.Message.GetType().Name, remind.Message, remind.Due);
                break;
            case CoordinatorEffect.Drop drop:
                Life.Blocks.DropThrough(spec.Job, drop.ThroughRound);
                break;
            case CoordinatorEffect.RoundBegan began:
                _task = $"has round {began.Round.Number}, {began.Round.Kind}, done";
                break;
            case CoordinatorEffect.End:
                queue.TellSelf(new CoordinatorEnded(spec.Job));
                Stop();
                break;
        }
    }

    private sealed record Failure(ExceptionDispatchInfo Cause);

    /// <summary>Tables that were to be taken are wanted no more; the state has no use for that.</summary>
    private sealed record Overtaken
    {
        internal static Overtaken Instance { get; } = new();
    }
}
