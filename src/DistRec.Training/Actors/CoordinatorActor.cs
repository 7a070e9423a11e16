using System.Diagnostics;
using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using DistRec.Training.Telemetry;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// Drives one job: asks the state machine what is next, commands the round, gathers the reports, lends item blocks, and tells
/// those who watch. What to do is decided in <see cref="JobMachine"/>, <see cref="RoundTracker"/> and <see cref="BlockSchedule"/>.
/// </summary>
internal sealed class CoordinatorActor : Actor, IDisposable
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>A participant that answers none of so many commands in a row is out of reach, and the job ends by name.</summary>
    private const int SilentCommands = 30;

    private readonly JobFeed _feed = new();
    private readonly Dictionary<(string Kind, int Shard), double> _fractions = [];
    private readonly Dictionary<PartitionId, ulong> _instances = [];
    private JobMachine? _machine;
    private JobSpec _spec = new();
    private ulong _layout;
    private RoundTracker? _tracker;
    private BlockSchedule? _schedule;
    private RoundSums _visitSums;
    private RunRound _command = new();
    private long _roundStarted;
    private Activity? _activity;
    private long _progressTold;

    private string UserKind => Addresses.KindOf(Side.User, _spec);

    private string ItemKind => Addresses.KindOf(Side.Item, _spec);

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

    public void Dispose() => _activity?.Dispose();

    private async ValueTask OnStart(StartJob start)
    {
        if (_machine is { IsOver: false })
        {
            await Context.RefuseAsync($"the job {_spec.Job} is running; one coordinator runs one job at a time").ConfigureAwait(false);
            return;
        }

        _spec = start.Spec;
        _layout = JobSpecs.LayoutOf(_spec);
        _instances.Clear();
        _schedule = null;
        _feed.Begin(start.Events);
        _machine = new JobMachine(_spec);
        await Context.ReplyAsync(new JobAccepted { Job = _spec.Job }).ConfigureAwait(false);
        await DoAsync(_machine.Begin(start.Snapshot, start.Rounds)).ConfigureAwait(false);
    }

    private async ValueTask OnReport(RoundReport report)
    {
        PartitionId who = new(SideOf(report.Kind), report.Shard);
        if (_machine is null || _tracker is null || report.Job != _spec.Job || !IsOfThisLife(who, report))
        {
            return;
        }

        if (report.Fault.Length > 0)
        {
            if (report.Round == _command.Round)
            {
                _instances[who] = report.Instance;
                await LoseAsync(who, report.Fault, failed: true).ConfigureAwait(false);
            }
        }
        else if (!_tracker.Apply(report))
        {
            return;
        }
        else if (report.Failure.Length > 0)
        {
            await DoAsync(_machine.Fail($"{report.Kind}/{report.Shard}: {report.Failure}")).ConfigureAwait(false);
        }
        else if (_tracker.IsComplete)
        {
            await CompleteRoundAsync(_tracker.Sums).ConfigureAwait(false);
        }
    }

    // What an earlier life of a participant did is lost with it, however late its report arrives.
    private bool IsOfThisLife(PartitionId who, RoundReport report)
    {
        if (_command.Kind == RoundKind.Load && report.Round == _command.Round && report.Fault.Length == 0)
        {
            _instances[who] = report.Instance;
            return true;
        }

        return report.Fault.Length > 0 || _instances.GetValueOrDefault(who) == report.Instance;
    }

    private async ValueTask OnVisited(BlockVisited visited)
    {
        if (_machine is null || _schedule is null || _command.Kind != RoundKind.Descend || visited.Job != _spec.Job || visited.Round != _command.Round)
        {
            return;
        }

        PartitionId who = new(Side.User, visited.Worker);
        if (visited.Fault.Length > 0)
        {
            _instances[who] = visited.Instance;
            await LoseAsync(who, visited.Fault, failed: true).ConfigureAwait(false);
            return;
        }

        if (_instances.GetValueOrDefault(who) != visited.Instance || !_schedule.Finish(visited.Worker, visited.Block))
        {
            return;
        }

        _tracker?.Heard(UserKind, visited.Worker);
        TrainingTelemetry.VisitDone(_schedule.Lead);
        _visitSums = _visitSums.Add(new RoundReport { SquaredError = visited.SquaredError, Count = visited.Count, Diverged = visited.Diverged });
        if (_schedule.IsDone)
        {
            await CompleteRoundAsync(_visitSums).ConfigureAwait(false);
            return;
        }

        await SendVisitsAsync(_schedule.Grant()).ConfigureAwait(false);
        await TellProgressAsync(_schedule.Fraction).ConfigureAwait(false);
    }

    private async ValueTask OnProgress(RoundProgress progress)
    {
        if (_tracker is null || progress.Round != _tracker.Round.Number || progress.Job != _spec.Job)
        {
            return;
        }

        _tracker.Heard(progress.Kind, progress.Shard);
        if (_machine is not { IsRepairing: false } || _command.Kind is not (RoundKind.SolveUsers or RoundKind.SolveItems))
        {
            return;
        }

        _fractions[(progress.Kind, progress.Shard)] = progress.Fraction;
        double part = _fractions.Values.Sum() / ParticipantsOf(_tracker.Round).Count();
        await TellProgressAsync((part + (_command.Kind == RoundKind.SolveItems ? 1 : 0)) / 2).ConfigureAwait(false);
    }

    private ValueTask OnWatch(WatchJob watch) =>
        watch.Job != _spec.Job || _machine is null
            ? Context.RefuseAsync($"there is no job {watch.Job} here")
            : _feed.WatchAsync(Context.CaptureReply(), watch.After);

    private ValueTask OnCancel(CancelJob cancel)
    {
        if (cancel.Job == _spec.Job)
        {
            _machine?.RequestCancel();
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnTaken(TablesTaken taken)
    {
        if (_machine is null || taken.Job != _spec.Job)
        {
            return ValueTask.CompletedTask;
        }

        return DoAsync(taken.Failure.Length > 0 ? _machine.Fail(taken.Failure) : _machine.TablesTaken(taken.Version));
    }

    private ValueTask OnParticipantStarted(ParticipantStarted started)
    {
        PartitionId who = new(SideOf(started.Kind), started.Shard);
        bool takesPart = _machine is { IsOver: false } && started.Shard < _spec.UserStarts.Count - 1
            && (started.Kind == UserKind || started.Kind == ItemKind);

        // One that has not loaded yet has nothing to lose; one that says it again is lost once.
        if (!takesPart || !_instances.TryGetValue(who, out ulong known) || known == started.Instance)
        {
            return ValueTask.CompletedTask;
        }

        _instances[who] = started.Instance;
        bool failed = started.Cause.Length > 0;
        return LoseAsync(who, failed ? started.Cause : "its node was lost, or it moved", failed);
    }

    private ValueTask LoseAsync(PartitionId who, string cause, bool failed)
    {
        TrainingTelemetry.PartitionLost(failed);
        return DoAsync(_machine!.Lost(who, cause, failed));
    }

    private async ValueTask OnResend(ResendTick tick)
    {
        if (_tracker is null || tick.Round != _tracker.Round.Number || _machine is not { IsOver: false })
        {
            return;
        }

        if (_tracker.SilentAfter(SilentCommands) is [(string kind, int shard), ..])
        {
            await DoAsync(_machine.Fail($"{kind}/{shard} has not answered for {SilentCommands * ResendInterval.TotalSeconds:0} seconds")).ConfigureAwait(false);
            return;
        }

        Context.StartTimer(ResendInterval, tick);
        await CommandAsync(_tracker.Missing).ConfigureAwait(false);
        if (_command.Kind == RoundKind.Descend)
        {
            await SendVisitsAsync(_schedule!.Outstanding).ConfigureAwait(false);
        }
    }

    private async ValueTask DoAsync(JobStep step)
    {
        foreach (JobEvent done in step.Events.Where(happening => happening.Epoch is not null))
        {
            TrainingTelemetry.EpochDone(done.Epoch);
        }

        await _feed.TellAsync(step.Events).ConfigureAwait(false);
        if (step.Next is { } round)
        {
            await RunAsync(round).ConfigureAwait(false);
        }
        else if (_machine is { IsOver: true })
        {
            _tracker = null;
            _schedule = null;
            _activity?.Dispose();
            _activity = null;

            // Whoever still waits for tables of this job waits in vain.
            Context.Blocks.DropThrough(_spec.Job, long.MaxValue);
            EndJob end = new() { Job = _spec.Job };
            await SendAllAsync(ParticipantsOf(new Round(0, RoundKind.Load, 0, 0, 0)), end).ConfigureAwait(false);
        }
    }

    private ValueTask CompleteRoundAsync(RoundSums sums)
    {
        _tracker = null;
        TimeSpan elapsed = Context.Time.GetElapsedTime(_roundStarted);
        TrainingTelemetry.RoundDone(_command.Kind, elapsed);
        return DoAsync(_machine!.Complete(sums, elapsed));
    }

    private async ValueTask RunAsync(Round round)
    {
        _fractions.Clear();
        _activity?.Dispose();
        _activity = TrainingTelemetry.Begin(_spec.Job, round);
        _roundStarted = Context.Time.GetTimestamp();
        Context.Blocks.DropThrough(_spec.Job, round.DropThrough);
        long descent = _command.Kind == RoundKind.Descend ? _command.Round : 0;
        _command = new RunRound
        {
            Job = _spec.Job,
            Round = round.Number,
            Kind = round.Kind,
            Epoch = round.Epoch,
            LearningRate = round.LearningRate,
            SourceVersion = round.SourceVersion,
            Version = round.Version,
            FromStore = round.FromStore,
            KeptVersion = round.KeptVersion,
            DropThrough = round.DropThrough,
            Layout = _layout,
            Spec = round.Kind == RoundKind.Load ? _spec : null,
        };
        if (round.Kind == RoundKind.Descend)
        {
            _schedule ??= new BlockSchedule(_spec.UserStarts.Count - 1, _spec.BlockStarts.Count - 1, JobSpecs.ConsistencyOf(_spec));
            _schedule.Begin();
            _visitSums = default;
        }
        else if (round.Kind == RoundKind.Reclaim)
        {
            _command.SourceVersion = descent;
            for (int block = 0; block < _schedule!.Blocks; block++)
            {
                _command.Holders.Add(_schedule.HolderOf(block));
                _command.Versions.Add(_schedule.VersionOf(block));
            }
        }

        _tracker = new RoundTracker(round, ParticipantsOf(round));
        await CommandAsync(_tracker.Missing).ConfigureAwait(false);
        if (round.Kind == RoundKind.Descend)
        {
            await SendVisitsAsync(_schedule!.Grant()).ConfigureAwait(false);
        }

        Context.StartTimer(ResendInterval, new ResendTick { Round = round.Number });
    }

    private Task CommandAsync(IEnumerable<(string Kind, int Shard)> participants) => SendAllAsync([.. participants], _command);

    private Task SendVisitsAsync(IReadOnlyList<BlockVisit> visits) =>
        Task.WhenAll(visits.Select(visit => SendAsync(
            new ActorAddress(UserKind, visit.Worker),
            new VisitBlock
            {
                Job = _spec.Job,
                Round = _command.Round,
                Block = visit.Block,
                Holder = visit.Holder,
                HomeVersion = _command.SourceVersion,
                Version = visit.Version,
                LearningRate = _command.LearningRate,
            })));

    private Task SendAllAsync(IEnumerable<(string Kind, int Shard)> participants, IMessage message) =>
        Task.WhenAll(participants.Select(participant => SendAsync(new ActorAddress(participant.Kind, participant.Shard), message)));

    // What cannot be delivered now is sent again with the next tick; whoever lost its state says so itself.
    private async Task SendAsync(ActorAddress to, IMessage message)
    {
        try
        {
            await Context.SendAsync(to, message).ConfigureAwait(false);
        }
        catch (ActorException exception) when (exception is ActorFailedException or SendTimeoutException)
        {
        }
    }

    private IEnumerable<(string Kind, int Shard)> ParticipantsOf(Round round)
    {
        int shards = _spec.UserStarts.Count - 1;
        bool users = round.Kind is not (RoundKind.SolveItems or RoundKind.Reclaim);
        bool items = round.Kind is not (RoundKind.SolveUsers or RoundKind.Validate or RoundKind.Descend);
        for (int shard = 0; shard < shards; shard++)
        {
            if (users && round.Only?.Contains(new PartitionId(Side.User, shard)) != false)
            {
                yield return (UserKind, shard);
            }

            if (items && round.Only?.Contains(new PartitionId(Side.Item, shard)) != false)
            {
                yield return (ItemKind, shard);
            }
        }
    }

    private static Side SideOf(string kind) => kind is Addresses.UserKind or Addresses.WorkerKind ? Side.User : Side.Item;

    // Visits may end every few milliseconds; telling each of them would take the processor from those under way.
    private ValueTask TellProgressAsync(double fraction)
    {
        if (Context.Time.GetElapsedTime(_progressTold) < ProgressInterval)
        {
            return ValueTask.CompletedTask;
        }

        _progressTold = Context.Time.GetTimestamp();
        return _feed.TellAsync([new JobEvent { Progress = new Progress { Epoch = _command.Epoch, Fraction = fraction } }]);
    }
}
