using DistRec.Training.Jobs;

namespace DistRec.Training.Coordination;

/// <summary>
/// Drives one job, without actors, clock or I/O: asks the state machine what is next, commands the round, gathers the reports, lends item
/// blocks, repairs what is lost, and tells what happens. <see cref="JobMachine"/> decides what a job does next,
/// <see cref="RoundTracker"/> when a round is over, <see cref="BlockSchedule"/> who visits which block.
/// </summary>
/// <param name="spec">The job.</param>
/// <param name="start">Where it goes on.</param>
/// <param name="endpoint">The block exchange of the coordinator's node, which has the job's data.</param>
internal sealed partial class CoordinatorState(JobSpec spec, JobStart start, string endpoint)
{
    /// <summary>How long after a command it is sent again to those who have not reported.</summary>
    public static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often partitions are asked whether they still know the job.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private const string LostWithItsNode = "its node was lost, or it moved";

    /// <summary>A partition that answers none of so many commands in a row is out of reach, and the job ends by name.</summary>
    private const int SilentCommands = 30;

    private readonly JobMachine _machine = new(spec);
    private readonly JobFeed _feed = new(start.Events);
    private readonly EndpointTable _endpoints = new(endpoint);
    private readonly Incarnations _incarnations = new();
    private readonly ulong _layout = JobSpecs.LayoutOf(spec);
    private readonly Dictionary<PartitionId, double> _fractions = [];
    private readonly List<CoordinatorEffect> _effects = [];
    private RoundTracker? _tracker;
    private BlockSchedule? _schedule;
    private RoundSums _visitSums;
    private RunRound _command = new();
    private TablesPublished? _taking;
    private TimeSpan _roundStarted;
    private TimeSpan _progressTold;
    private TimeSpan _now;

    // Those of an earlier start were all smaller.
    private long _sendings = start.Events;

    /// <summary>Begins, or goes on.</summary>
    /// <param name="now">Time on any clock that does not go back.</param>
    public IReadOnlyList<CoordinatorEffect> Begin(TimeSpan now) => Handling(now, () =>
    {
        _progressTold = now;
        Do(new CoordinatorEffect.Remind(ResendInterval, Resend.Instance));
        Do(new CoordinatorEffect.Remind(PingInterval, PingDue.Tick));
        Take(_machine.Begin(start.Snapshot, start.Events));
    });

    /// <summary>Handles a message.</summary>
    /// <param name="message">From a partition, from whoever watches or cancels, or what an effect led to.</param>
    /// <param name="now">Time on the same clock.</param>
    /// <returns>What is to be done, in order.</returns>
    public IReadOnlyList<CoordinatorEffect> Handle(object message, TimeSpan now) => Handling(now, () =>
    {
        switch (message)
        {
            case RoundReport report when IsOfThisJob(report.Job):
                OnReport(report);
                break;
            case BlockVisited visited when IsOfThisJob(visited.Job):
                OnVisited(visited);
                break;
            case RoundProgress progress when IsOfThisJob(progress.Job):
                OnProgress(progress);
                break;
            case PartitionStarted started when IsOfThisJob(started.Job):
                OnStarted(started);
                break;
            case PartitionLeaving leaving:
                OnLeaving(leaving);
                break;
            case CancelJob cancel when IsOfThisJob(cancel.Job):
                Take(_machine.Cancel());
                break;
            case TablesTaken taken when !_machine.IsOver:
                _taking = _taking?.Version == taken.Version ? null : _taking;
                Take(taken.Failure.Length > 0 ? _machine.TablesNotTaken(taken.Version, taken.Failure) : _machine.TablesTaken(taken.Version));
                break;
            case WatchEvents watch:
                _feed.Watch(new JobWatcher(watch.Watcher, watch.After, now + watch.Wait));
                break;
            case EventWritten written:
                OnWritten(written.Event);
                break;
            case Resend:
                OnResend();
                break;
            case PingDue due:
                OnPingDue(due);
                break;
        }
    });

    private CoordinatorEffect[] Handling(TimeSpan now, Action handle)
    {
        _now = now;
        handle();
        if (_feed.Next() is { } next)
        {
            Do(new CoordinatorEffect.Write(next));
        }

        foreach ((object watcher, JobEvents events) in _feed.Answers(now))
        {
            Do(new CoordinatorEffect.Answer(watcher, events));
        }

        CoordinatorEffect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private void Do(CoordinatorEffect effect) => _effects.Add(effect);

    private bool IsOfThisJob(string job) => !_machine.IsOver && job == spec.Job;

    private void OnWritten(JobEvent written)
    {
        _feed.Written(written);
        if (written.Tables is { } tables)
        {
            // Only now, so that whoever wants to stop at an event before it has had the chance: the next epoch begins when they are taken.
            _taking = tables;
            Do(new CoordinatorEffect.Take(tables, _endpoints.Copy()));
        }

        if (written.State is { State: JobState.Completed or JobState.Failed or JobState.Cancelled } end)
        {
            Do(new CoordinatorEffect.End(end));
        }
    }

    private void OnReport(RoundReport report)
    {
        PartitionId who = report.Partition.Id;
        bool hasLoaded = _command.Kind == RoundKind.Load && report.Round == _command.Round && report.RetryableError.Length == 0;
        if (!Speaks(who, report.Incarnation, report.Heard, report.RetryableError, hasLoaded))
        {
            return;
        }

        if (_endpoints.Set(who, report.Endpoint) && _taking is not null)
        {
            // What has not been taken yet is published anew where the partition lives now, once it is repaired.
            Do(new CoordinatorEffect.Take(_taking, _endpoints.Copy()));
        }

        if (_tracker is null || !_tracker.Apply(report))
        {
            return;
        }

        if (report.FatalError.Length > 0)
        {
            Fail(who, report.FatalError);
        }
        else if (_tracker.IsComplete)
        {
            CompleteRound(_tracker.Sums);
        }
    }

    // What another incarnation than the present one says does not count. Where that says what only a living one can, or has failed, with its
    // state everything is gone that the partition did before.
    private bool Speaks(PartitionId who, ulong incarnation, long heard, string error = "", bool hasLoaded = false)
    {
        if ((hasLoaded || error.Length > 0 || _incarnations.Knows(who)) && _incarnations.Renew(who, incarnation, heard) && !hasLoaded)
        {
            Lose(who, error.Length > 0 ? error : LostWithItsNode, failed: error.Length > 0);
            return false;
        }

        return error.Length == 0 && _incarnations.IsCurrent(who, incarnation);
    }

    private void OnVisited(BlockVisited visited)
    {
        PartitionId who = new(Side.User, visited.Worker);
        if (!Speaks(who, visited.Incarnation, visited.Heard, visited.RetryableError)
            || visited.Round != _command.Round || _command.Kind != RoundKind.Descend)
        {
            return;
        }

        if (visited.FatalError.Length > 0)
        {
            Fail(who, visited.FatalError);
            return;
        }

        if (_schedule is null || !_schedule.Finish(visited.Worker, visited.Block))
        {
            return;
        }

        _tracker?.Heard(who);
        Do(new CoordinatorEffect.Visited(_schedule.Lead));
        _visitSums = _visitSums.Add(new RoundReport { SquaredError = visited.SquaredError, Count = visited.Count, Diverged = visited.Diverged });
        if (_schedule.IsDone)
        {
            CompleteRound(_visitSums);
            return;
        }

        SendVisits(_schedule.Grant());
        TellProgress(_schedule.Fraction);
    }

    private void OnProgress(RoundProgress progress)
    {
        PartitionId who = progress.Partition.Id;
        bool isLoading = !_incarnations.Knows(who);
        if ((!isLoading && !Speaks(who, progress.Incarnation, progress.Heard)) || progress.Round != _tracker?.Round.Number)
        {
            return;
        }

        _tracker.Heard(who);
        if (_machine.IsRepairing || _command.Kind is not (RoundKind.SolveUsers or RoundKind.SolveItems or RoundKind.Epoch))
        {
            return;
        }

        _fractions[who] = progress.Fraction;
        double part = _fractions.Values.Sum() / JobLayout.ParticipantsOf(spec, _tracker.Round).Count();
        TellProgress(_command.Kind == RoundKind.Epoch ? part : (part + (_command.Kind == RoundKind.SolveItems ? 1 : 0)) / 2);
    }

    private void OnStarted(PartitionStarted started)
    {
        // One that has not loaded yet has nothing to lose; one that says it again is lost once.
        PartitionId who = started.Partition.Id;
        if (_incarnations.Knows(who) && _incarnations.Renew(who, started.Incarnation, started.Heard))
        {
            Lose(who, LostWithItsNode, failed: false);
        }
    }

    // It takes part as before until the job has no use for it any more.
    private void OnLeaving(PartitionLeaving leaving)
    {
        PartitionId who = leaving.Partition.Id;
        if (!IsOfThisJob(leaving.Job) || !_incarnations.IsCurrent(who, leaving.Incarnation))
        {
            LetGo(who, leaving.Incarnation);
        }
        else if (!_machine.IsLeaving(who))
        {
            Take(_machine.Leave(who));
        }

        // What was sent to it last may have missed it, and what is sent to its successor waits there.
        SendAgain(to => to == who);
    }

    private void LetGo(PartitionId who, ulong incarnation)
    {
        _incarnations.LetGo(who, incarnation);
        Do(new CoordinatorEffect.Send(who, new PartitionReleased { Job = spec.Job }, IsLeaving: true));
    }

    private void Lose(PartitionId who, string cause, bool failed)
    {
        Do(new CoordinatorEffect.Lost(who, cause, failed));
        Take(_machine.Lost(who, cause, failed));
    }

    private void Fail(PartitionId who, string error) => Take(_machine.Fail($"{JobLayout.RegionOf(who.Side, spec)}/{who.Index}: {error}"));

    // Visits may end every few milliseconds; telling each of them would take the processor from those under way.
    private void TellProgress(double fraction)
    {
        if (_now - _progressTold >= ProgressInterval)
        {
            _progressTold = _now;
            _feed.Add([new JobEvent { Progress = new Progress { Epoch = _command.Epoch, Fraction = fraction } }]);
        }
    }
}
