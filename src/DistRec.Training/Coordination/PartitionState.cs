using Google.Protobuf;

namespace DistRec.Training.Coordination;

/// <summary>
/// The round protocol of a partition, without actors, clock or I/O: a round is commanded, worked on and reported; a repeated command is
/// answered by the finished report, a stale one is dropped, a newer one ends what is under way.
/// </summary>
/// <remarks>While work is under way the tables belong to it. One piece of work at a time.</remarks>
/// <param name="job">The job that it is a partition of.</param>
/// <param name="partition">Which partition.</param>
/// <param name="endpoint">The block exchange of its node.</param>
/// <param name="newIncarnation">Names an incarnation; no two anywhere are alike.</param>
internal sealed partial class PartitionState(string job, PartitionId partition, string endpoint, Func<ulong> newIncarnation)
{
    /// <summary>How often a partition that works gives a progress heartbeat.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a partition that is to leave says so.</summary>
    public static readonly TimeSpan LeaveInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A partition that is to leave, and has said so this often without a word from the coordinator, goes.</summary>
    private const int MaximumUnheard = 4;

    private const int MaximumOvertaken = 5;
    private const string OvertakenError = "the blocks that the round needs were dropped, and no newer round came";

    private readonly List<PartitionEffect> _effects = [];
    private ulong _incarnation = newIncarnation();
    private long _heard;

    // The layout of the job that this partition takes part in; null while it knows of none.
    private ulong? _layout;
    private bool? _hasAllRatings; // null before any were loaded
    private RunRound _command = new();
    private RunRound? _next;
    private RoundReport? _report;
    // Numbers of work are never used again, not even by a later state of the same partition.
    private long _works = unchecked((long)newIncarnation());
    private RunRound? _working;
    private bool _mustClear;
    private bool _isLeaving;
    private int _unheard;
    private bool _isStopping;
    private int _overtaken;

    private bool IsWorking => _working is not null;

    /// <summary>Handles a message.</summary>
    /// <param name="message">From the coordinator, or what an effect led to.</param>
    /// <returns>What is to be done, in order.</returns>
    public IReadOnlyList<PartitionEffect> Handle(object message)
    {
        _unheard = message is IMessage ? 0 : _unheard;
        _heard = Math.Max(_heard, message switch { RunRound command => command.Sending, Ping ping => ping.Sending, _ => 0 });
        switch (message)
        {
            case WorkEnded ended when IsWorking && ended.Work == _works:
                OnWorkEnded(ended);
                break;
            case var _ when _isStopping:
                break;
            case HandOff when !_isLeaving:
                _isLeaving = true;
                Leave();
                break;
            case LeaveDue:
                Leave();
                break;
            case RunRound command when command.Job == job:
                OnRunRound(command);
                break;
            case VisitBlock visit when visit.Job == job:
                OnVisit(visit);
                break;
            case Ping ping when ping.Job == job && _layout is null:
                Do(new PartitionEffect.Reply(Started()));
                break;
            case ProgressDue due when IsWorking && due.Work == _works:
                Do(Progress(_command.Round));
                Do(new PartitionEffect.Remind(ProgressInterval, due));
                break;
            case PartitionReleased released when released.Job == job:
            case EndJob end when end.Job == job:
            case Abandoned:
                Stop();
                break;
        }

        PartitionEffect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private void Do(PartitionEffect effect) => _effects.Add(effect);

    private PartitionStarted Started() =>
        new() { Job = job, Partition = PartitionName.Of(partition), Incarnation = _incarnation, Heard = _heard };

    private PartitionEffect.ReportProgress Progress(long round) => new(new RoundProgress
    {
        Job = job, Round = round, Partition = PartitionName.Of(partition), Incarnation = _incarnation, Heard = _heard,
    });

    private void OnRunRound(RunRound command)
    {
        bool isKnown = command.Layout == _layout;
        if (!isKnown && command.Kind != RoundKind.Load)
        {
            Do(new PartitionEffect.Reply(Started()));
            return;
        }

        if (!isKnown)
        {
            if (_layout is not null)
            {
                BeginIncarnation();
            }

            _layout = command.Layout;
        }
        else if (command.Round < _command.Round)
        {
            return;
        }
        else if (command.Round == _command.Round && _report is not null)
        {
            _report = new RoundReport(_report) { Heard = _heard };
            Do(new PartitionEffect.Reply(_report));
            return;
        }
        else if (command.Round == _command.Round && (IsWorking || command.Kind == RoundKind.Descend))
        {
            Do(Progress(command.Round));
            return;
        }

        Do(new PartitionEffect.Follow());
        _overtaken = command.Round == _command.Round ? _overtaken : 0;
        _command = command;
        _report = null;
        Do(new PartitionEffect.Drop(job, command.DropThrough));
        if (!IsWorking)
        {
            Begin(command);
            return;
        }

        _next = command;
        Do(new PartitionEffect.CancelWork());
    }

    private void Begin(RunRound command)
    {
        if (command.Kind == RoundKind.Load && _hasAllRatings == command.AllRatings)
        {
            Report(new WorkEnded(0, WorkOutcome.Done));
            return;
        }

        if (command.Kind == RoundKind.Load)
        {
            _hasAllRatings = null;
            Do(new PartitionEffect.Create(command.Spec));
        }

        if (command.Kind != RoundKind.Descend)
        {
            Start(command, number => new PartitionEffect.StartRound(number, command));
            Do(new PartitionEffect.Remind(ProgressInterval, new ProgressDue(_works)));
        }
        else
        {
            BeginVisit();
        }
    }

    private void Start(RunRound command, Func<long, PartitionEffect> effect)
    {
        _working = command;
        Do(effect(++_works));
    }

    private void OnWorkEnded(WorkEnded ended)
    {
        RunRound worked = _working!;
        _working = null;
        if (_mustClear)
        {
            _mustClear = false;
            Do(new PartitionEffect.Clear());
        }

        if (_isStopping)
        {
            Do(new PartitionEffect.Stop());
            return;
        }

        if (_layout is not null && worked.Round == _command.Round)
        {
            bool isInVain = ended.Outcome == WorkOutcome.Overtaken && ++_overtaken >= MaximumOvertaken;
            WorkEnded known = isInVain ? ended with { Outcome = WorkOutcome.Failed, Error = OvertakenError } : ended;
            if (known.Outcome != WorkOutcome.Overtaken && worked.Kind == RoundKind.Descend)
            {
                ReportVisit(known);
            }
            else if (known.Outcome != WorkOutcome.Overtaken)
            {
                Report(known);
            }
        }

        EndVisit();
        Continue();
    }

    private void Report(WorkEnded ended)
    {
        RoundReport report = new()
        {
            Job = job, Round = _command.Round, Partition = PartitionName.Of(partition), Incarnation = _incarnation, Endpoint = endpoint, Heard = _heard,
        };
        switch (ended.Outcome)
        {
            case WorkOutcome.Done:
                _hasAllRatings = _command.Kind == RoundKind.Load ? _command.AllRatings : _hasAllRatings;
                RoundSums sums = ended.Sums;
                report.SquaredError = RoundSums.ToParts(sums.Errors.Squared);
                report.AbsoluteError = RoundSums.ToParts(sums.Errors.Absolute);
                report.Penalty = RoundSums.ToParts(sums.Penalty);
                report.Count = sums.Errors.Count;
                report.SingularRows = sums.SingularRows;
                report.Diverged = sums.Diverged;
                report.ReceivedBytes = sums.ReceivedBytes;
                report.NeededBytes = sums.NeededBytes;
                report.Settled = sums.IsSettled;
                break;
            case WorkOutcome.Fatal:
                report.FatalError = ended.Error;
                break;
            default:
                // What it had cannot be trusted any more.
                report.RetryableError = ended.Error;
                BeginIncarnation();
                report.Incarnation = _incarnation;
                Do(new PartitionEffect.Report(report));
                return;
        }

        _report = report;
        Do(new PartitionEffect.Report(report));
    }

    /// <summary>Forgets everything but the job's name.</summary>
    private void BeginIncarnation()
    {
        _incarnation = newIncarnation();
        _layout = null;
        _hasAllRatings = null;
        _command = new RunRound();
        _next = null;
        _report = null;
        ClearVisits();
        if (IsWorking)
        {
            _mustClear = true;
            Do(new PartitionEffect.CancelWork());
        }
        else
        {
            Do(new PartitionEffect.Clear());
        }
    }

    private void Continue()
    {
        if (_next is { } next)
        {
            _next = null;
            Begin(next);
        }
        else
        {
            BeginVisit();
        }
    }

    // What it has is worth waiting for: the coordinator has its tables put where its successor finds them, and lets it go. Until then it
    // takes part as ever.
    private void Leave()
    {
        if (_layout is null || _unheard++ == MaximumUnheard)
        {
            Stop();
            return;
        }

        Do(new PartitionEffect.Report(new PartitionLeaving { Job = job, Partition = PartitionName.Of(partition), Incarnation = _incarnation }));
        Do(new PartitionEffect.Remind(LeaveInterval, LeaveDue.Instance));
    }

    // Work that is under way still writes into tables and blocks of the node; whoever follows must not meet it.
    private void Stop()
    {
        _isStopping = true;
        if (IsWorking)
        {
            Do(new PartitionEffect.CancelWork());
        }
        else
        {
            Do(new PartitionEffect.Stop());
        }
    }
}
