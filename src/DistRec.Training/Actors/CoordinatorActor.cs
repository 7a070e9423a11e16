using DistRec.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// Drives one job: asks the state machine what is next, commands the round, gathers the reports, lends item blocks, and tells
/// those who watch. What to do is decided in <see cref="JobMachine"/>, <see cref="RoundTracker"/> and <see cref="BlockSchedule"/>.
/// </summary>
internal sealed class CoordinatorActor : Actor
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly List<JobEvent> _events = [];
    private readonly Dictionary<(string Kind, int Shard), double> _fractions = [];
    private JobMachine? _machine;
    private JobSpec _spec = new();
    private ulong _layout;
    private RoundTracker? _tracker;
    private BlockSchedule? _schedule;
    private RoundSums _visitSums;
    private RunRound _command = new();
    private long _roundStarted;
    private long _progressTold;
    private (ReplyHandle Handle, long After)? _watcher;

    public override ValueTask OnReceiveAsync(IMessage message) => message switch
    {
        StartJob start => OnStart(start),
        RoundReport report => OnReport(report),
        BlockVisited visited => OnVisited(visited),
        RoundProgress progress => OnProgress(progress),
        WatchJob watch => OnWatch(watch),
        CancelJob cancel => OnCancel(cancel),
        TablesTaken taken => OnTaken(taken),
        ParticipantStarted started => OnParticipantStarted(started),
        ResendTick tick => OnResend(tick),
        _ => ValueTask.CompletedTask,
    };

    private async ValueTask OnStart(StartJob start)
    {
        if (_machine is { IsOver: false })
        {
            await Context.RefuseAsync($"the job {_spec.Job} is running; one coordinator runs one job at a time").ConfigureAwait(false);
            return;
        }

        _spec = start.Spec;
        _layout = JobSpecs.LayoutOf(_spec);
        _events.Clear();
        _machine = new JobMachine(_spec);
        await Context.ReplyAsync(new JobAccepted { Job = _spec.Job }).ConfigureAwait(false);
        await DoAsync(_machine.Begin()).ConfigureAwait(false);
    }

    private async ValueTask OnReport(RoundReport report)
    {
        if (_machine is null || _tracker is null || report.Job != _spec.Job || !_tracker.Apply(report))
        {
            return;
        }

        if (report.Failure.Length > 0)
        {
            await DoAsync(_machine.Fail($"{report.Kind}/{report.Shard}: {report.Failure}")).ConfigureAwait(false);
        }
        else if (_tracker.IsComplete)
        {
            await CompleteRoundAsync(_tracker.Sums).ConfigureAwait(false);
        }
    }

    private async ValueTask OnVisited(BlockVisited visited)
    {
        if (_machine is null || _schedule is null || visited.Job != _spec.Job || visited.Round != _command.Round
            || !_schedule.Finish(visited.Worker, visited.Block))
        {
            return;
        }

        _visitSums = _visitSums.Add(new RoundReport { SquaredError = visited.SquaredError, Count = visited.Count, Diverged = visited.Diverged });
        if (_schedule.IsDone)
        {
            await CompleteRoundAsync(_visitSums).ConfigureAwait(false);
            return;
        }

        await GrantVisitsAsync().ConfigureAwait(false);
        await TellProgressAsync(_schedule.Fraction).ConfigureAwait(false);
    }

    private async ValueTask OnProgress(RoundProgress progress)
    {
        if (_tracker is null || progress.Round != _tracker.Round.Number)
        {
            return;
        }

        _fractions[(progress.Kind, progress.Shard)] = progress.Fraction;
        double part = _fractions.Values.Sum() / ParticipantsOf(_command.Kind).Count();
        switch (_command.Kind)
        {
            case RoundKind.SolveUsers:
                await TellProgressAsync(part / 2).ConfigureAwait(false);
                break;
            case RoundKind.SolveItems:
                await TellProgressAsync((1 + part) / 2).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    private async ValueTask OnWatch(WatchJob watch)
    {
        if (watch.Job != _spec.Job || _machine is null)
        {
            await Context.RefuseAsync($"there is no job {watch.Job} here").ConfigureAwait(false);
            return;
        }

        _watcher = (Context.CaptureReply(), watch.After);
        await AnswerWatcherAsync().ConfigureAwait(false);
    }

    private ValueTask OnCancel(CancelJob cancel)
    {
        if (cancel.Job == _spec.Job)
        {
            _machine?.RequestCancel();
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnTaken(TablesTaken taken) =>
        _machine is not null && taken.Job == _spec.Job ? DoAsync(_machine.TablesTaken(taken.Round)) : ValueTask.CompletedTask;

    private ValueTask OnParticipantStarted(ParticipantStarted started) =>
        _machine is null
            ? ValueTask.CompletedTask
            : DoAsync(_machine.ParticipantLost($"{started.Kind}/{started.Shard}", "it failed or moved"));

    private async ValueTask OnResend(ResendTick tick)
    {
        if (_tracker is null || tick.Round != _tracker.Round.Number || _machine is not { IsOver: false })
        {
            return;
        }

        foreach ((string kind, int shard) in _tracker.Missing)
        {
            await Context.SendAsync(new ActorAddress(kind, shard), _command).ConfigureAwait(false);
        }

        Context.StartTimer(ResendInterval, tick);
    }

    private async ValueTask DoAsync(JobStep step)
    {
        await TellAsync(step.Events).ConfigureAwait(false);
        if (step.Next is { } round)
        {
            await RunAsync(round).ConfigureAwait(false);
        }
        else if (_machine is { IsOver: true })
        {
            _tracker = null;
            _schedule = null;
            Context.Blocks.DropThrough(_spec.Job, long.MaxValue);
        }
    }

    private ValueTask CompleteRoundAsync(RoundSums sums)
    {
        _tracker = null;
        return DoAsync(_machine!.Complete(sums, Context.Time.GetElapsedTime(_roundStarted)));
    }

    private async ValueTask RunAsync(Round round)
    {
        _fractions.Clear();
        _roundStarted = Context.Time.GetTimestamp();
        Context.Blocks.DropThrough(_spec.Job, _machine!.OldestNeededRound - 1);
        long descent = _command.Kind == RoundKind.Descend ? _command.Round : 0;
        _command = new RunRound
        {
            Job = _spec.Job,
            Round = round.Number,
            Kind = round.Kind,
            Epoch = round.Epoch,
            LearningRate = round.LearningRate,
            SourceRound = round.SourceRound,
            Layout = _layout,
            Spec = round.Kind == RoundKind.Load ? _spec : null,
        };
        if (round.Kind == RoundKind.Descend)
        {
            _tracker = null;
            _schedule ??= new BlockSchedule(_spec.UserStarts.Count - 1, _spec.BlockStarts.Count - 1, JobSpecs.ConsistencyOf(_spec));
            _schedule.Begin();
            _visitSums = default;
            await GrantVisitsAsync().ConfigureAwait(false);
            return;
        }

        if (round.Kind == RoundKind.Reclaim)
        {
            _command.SourceRound = descent;
            for (int block = 0; block < _schedule!.Blocks; block++)
            {
                _command.Holders.Add(_schedule.HolderOf(block));
                _command.Versions.Add(_schedule.VersionOf(block));
            }
        }

        _tracker = new RoundTracker(round, ParticipantsOf(round.Kind));
        foreach ((string kind, int shard) in ParticipantsOf(round.Kind))
        {
            await Context.SendAsync(new ActorAddress(kind, shard), _command).ConfigureAwait(false);
        }

        Context.StartTimer(ResendInterval, new ResendTick { Round = round.Number });
    }

    private async ValueTask GrantVisitsAsync()
    {
        foreach (BlockVisit visit in _schedule!.Grant())
        {
            VisitBlock message = new()
            {
                Job = _spec.Job,
                Round = _command.Round,
                Block = visit.Block,
                Holder = visit.Holder,
                HomeRound = _command.SourceRound,
                Version = visit.Version,
                LearningRate = _command.LearningRate,
            };
            await Context.SendAsync(new ActorAddress(Addresses.UserKind, visit.Worker), message).ConfigureAwait(false);
        }
    }

    private IEnumerable<(string Kind, int Shard)> ParticipantsOf(RoundKind kind)
    {
        bool descends = _spec.ModelCase == JobSpec.ModelOneofCase.Mf;
        string itemKind = descends ? Addresses.ParameterKind : Addresses.ItemKind;
        int shards = _spec.UserStarts.Count - 1;
        bool users = kind is not (RoundKind.SolveItems or RoundKind.Reclaim);
        bool items = kind is not (RoundKind.SolveUsers or RoundKind.Validate);
        for (int shard = 0; shard < shards; shard++)
        {
            if (users)
            {
                yield return (Addresses.UserKind, shard);
            }

            if (items)
            {
                yield return (itemKind, shard);
            }
        }
    }

    // Visits may end every few milliseconds; telling each of them would take the processor from those under way.
    private ValueTask TellProgressAsync(double fraction)
    {
        if (Context.Time.GetElapsedTime(_progressTold) < ProgressInterval)
        {
            return ValueTask.CompletedTask;
        }

        _progressTold = Context.Time.GetTimestamp();
        return TellAsync([new JobEvent { Progress = new Progress { Epoch = _command.Epoch, Fraction = fraction } }]);
    }

    private async ValueTask TellAsync(IReadOnlyList<JobEvent> events)
    {
        foreach (JobEvent happening in events)
        {
            // Progress that nobody has taken yet is replaced by newer progress.
            if (happening.Progress is not null && _events.Count > 0 && _events[^1].Progress is not null)
            {
                happening.Sequence = _events[^1].Sequence + 1;
                _events[^1] = happening;
            }
            else
            {
                happening.Sequence = _events.Count == 0 ? 1 : _events[^1].Sequence + 1;
                _events.Add(happening);
            }
        }

        await AnswerWatcherAsync().ConfigureAwait(false);
    }

    private async ValueTask AnswerWatcherAsync()
    {
        // A reply stays far below the message size limit: whoever lags asks again.
        const int MaximumEvents = 100;
        if (_watcher is { } watcher && _events.Count > 0 && _events[^1].Sequence > watcher.After)
        {
            _watcher = null;
            await watcher.Handle.ReplyAsync(
                new JobEvents { Events = { _events.Where(happening => happening.Sequence > watcher.After).Take(MaximumEvents) } }).ConfigureAwait(false);
        }
    }
}
