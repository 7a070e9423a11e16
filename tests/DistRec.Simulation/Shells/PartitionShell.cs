using DistRec.Simulation.Hosting;
using DistRec.Training.Coordination;
using DistRec.Training.Protocol;
using DistRec.Training.Work;

namespace DistRec.Simulation.Shells;

/// <summary>A partition of a job: the state and the work of production, carried out as its actor does.</summary>
internal sealed class PartitionShell : Shell
{
    // As long as its actor waits.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(10);

    private readonly string _job;
    private readonly PartitionId _partition;
    private readonly PartitionWorkFactory _works;
    private readonly PartitionState _state;
    private Shell? _coordinator;
    private IPartitionWork? _work;
    private CancellationTokenSource? _running;
    private string? _task;

    internal PartitionShell(NodeLife life, string job, PartitionId partition, PartitionWorkFactory works)
        : base(life, $"{partition} of {job}")
    {
        _job = job;
        _partition = partition;
        _works = works;
        _state = new PartitionState(job, partition, life.Blocks.Endpoint, life.Resources.NewIncarnation);
    }

    internal override string? Describe() => _task;

    protected override void Handle(object message, Shell? sender)
    {
        if (message is not (ProgressDue or LeaveDue))
        {
            Remind(nameof(Abandoned), Abandoned.Instance, AbandonedAfter);
        }

        if (message is WorkEnded)
        {
            _task = null;
        }

        foreach (PartitionEffect effect in _state.Handle(message))
        {
            Do(effect, sender);
        }
    }

    protected override void OnStart()
    {
        Life.Resources.Enter(_job);
        Remind(nameof(Abandoned), Abandoned.Instance, AbandonedAfter);
    }

    protected override void OnStop()
    {
        _running?.Cancel();
        Life.Resources.Leave(_job);
    }

    private void Do(PartitionEffect effect, Shell? sender)
    {
        switch (effect)
        {
            case PartitionEffect.Reply reply:
                Tell(sender!, reply.Message);
                break;
            case PartitionEffect.Follow:
                _coordinator = sender;
                break;
            case PartitionEffect.Report report:
                Tell(_coordinator!, report.Message);
                break;
            case PartitionEffect.ReportProgress progress:
                progress.Message.Fraction = _work?.Fraction ?? 0;
                Tell(_coordinator!, progress.Message);
                break;
            case PartitionEffect.Create create:
                _work = _works(create.Spec, _partition, Life.Resources);
                break;
            case PartitionEffect.Clear:
                _work = null;
                break;
            case PartitionEffect.StartRound start:
                Begin(start.Work, start.Command, (work, token) => work.RunAsync(new RoundInput(start.Command), token));
                break;
            case PartitionEffect.StartVisit start:
                Begin(start.Work, start.Command, (work, token) => work.VisitAsync(new RoundInput(start.Command), start.Visit, token));
                break;
            case PartitionEffect.CancelWork:
                _running?.Cancel();
                break;
            case PartitionEffect.Remind remind:
                Remind(remind.Message.GetType().Name, remind.Message, remind.Due);
                break;
            case PartitionEffect.Drop drop:
                Life.Blocks.DropThrough(drop.Job, drop.ThroughRound);
                break;
            case PartitionEffect.Stop:
                Stop();
                break;
            default:
                throw new NotSupportedException($"{Name}: nobody carries out {effect}");
        }
    }

    private void Begin(long number, RunRound command, Func<IPartitionWork, CancellationToken, Task<RoundSums>> run)
    {
        _running?.Dispose();
        CancellationTokenSource running = _running = new CancellationTokenSource();
        IPartitionWork work = _work ?? throw new InvalidOperationException("a round came before the job was loaded");
        _task = $"works on round {command.Round}, {command.Kind}";
        Pipe(
            () => WorkRunner.RunAsync(number, () => run(work, running.Token)),
            ended => ended,
            exception => new WorkEnded(number, WorkOutcome.Failed, Error: exception.Message));
    }
}
