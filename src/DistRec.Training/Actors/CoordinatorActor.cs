using System.Diagnostics;
using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using DistRec.Training.Telemetry;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Actors;

/// <summary>
/// Drives one job: asks the state machine what is next, commands the round, gathers the reports, lends item blocks, and tells
/// those who watch. What to do is decided in <see cref="JobMachine"/>, <see cref="RoundTracker"/> and <see cref="BlockSchedule"/>.
/// </summary>
internal sealed partial class CoordinatorActor(ILogger? logger = null) : Actor, IDisposable
{
    private static readonly TimeSpan LookAfterInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>A participant that answers none of so many commands in a row is out of reach, and the job ends by name.</summary>
    private const int SilentCommands = 30;

    private readonly CoordinatorLog _log = new(logger ?? NullLogger.Instance);
    private readonly JobFeed _feed = new();
    private readonly Dictionary<(string Kind, int Shard), double> _fractions = [];
    private readonly Dictionary<PartitionId, ulong> _instances = [];
    private readonly HashSet<ulong> _pastInstances = [];
    private long _start = -1;
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
        LookAfterTick tick => OnLookAfter(tick),
        _ => ValueTask.CompletedTask,
    };

    public void Dispose() => _activity?.Dispose();

    private async ValueTask OnStart(StartJob start)
    {
        if (start.Spec.Job == _spec.Job && start.Events <= _start)
        {
            // Said twice, or overtaken by a later start.
            await Context.ReplyAsync(new JobAccepted { Job = _spec.Job }).ConfigureAwait(false);
            return;
        }

        // The one queue of jobs starts one when it has given up the one before, or knows nothing of it any more.
        _spec = start.Spec;
        _start = start.Events;
        _layout = JobSpecs.LayoutOf(_spec);
        _instances.Clear();
        _pastInstances.Clear();
        _tracker = null;
        _schedule = null;
        _feed.Begin(start.Events);
        _log.Begin(_spec, start.Snapshot);
        _machine = new JobMachine(_spec);
        await Context.ReplyAsync(new JobAccepted { Job = _spec.Job }).ConfigureAwait(false);
        Context.StartTimer(LookAfterInterval, new LookAfterTick { Start = _start });
        await DoAsync(_machine.Begin(start.Snapshot, _start)).ConfigureAwait(false);
    }

    private async ValueTask OnReport(RoundReport report)
    {
        PartitionId who = new(Addresses.SideOf(report.Kind), report.Shard);
        if (_machine is not { IsOver: false } || report.Job != _spec.Job)
        {
            return;
        }

        if (report.Fault.Length > 0)
        {
            await OnFault(who, report.Instance, report.Fault).ConfigureAwait(false);
        }
        else if (_tracker is not null && IsOfThisLife(who, report) && _tracker.Apply(report))
        {
            await CountAsync(report, _tracker).ConfigureAwait(false);
        }
    }

    private ValueTask CountAsync(RoundReport report, RoundTracker tracker) =>
        report.Failure.Length > 0 ? FailAsync(report.Kind, report.Shard, report.Failure)
        : tracker.IsComplete ? CompleteRoundAsync(tracker.Sums)
        : ValueTask.CompletedTask;

    private ValueTask FailAsync(string kind, int shard, string failure) => DoAsync(_machine!.Fail($"{kind}/{shard}: {failure}"));

    // Whatever it was at: with its state everything is gone that it did in this life.
    private ValueTask OnFault(PartitionId who, ulong instance, string fault) =>
        Renew(who, instance) ? LoseAsync(who, fault, failed: true) : ValueTask.CompletedTask;

    // What an earlier life of a participant did is lost with it, however late its report arrives.
    private bool IsOfThisLife(PartitionId who, RoundReport report)
    {
        if (_command.Kind == RoundKind.Load && report.Round == _command.Round)
        {
            Renew(who, report.Instance);
        }

        return _instances.GetValueOrDefault(who) == report.Instance;
    }

    /// <summary>Notes the life that a participant is in.</summary>
    /// <returns>Whether it is another than was known; word of an earlier one may come late.</returns>
    private bool Renew(PartitionId who, ulong instance)
    {
        bool isKnown = _instances.TryGetValue(who, out ulong known);
        if ((isKnown && known == instance) || _pastInstances.Contains(instance))
        {
            return false;
        }

        if (isKnown)
        {
            _pastInstances.Add(known);
        }

        _instances[who] = instance;
        return true;
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
            await OnFault(who, visited.Instance, visited.Fault).ConfigureAwait(false);
            return;
        }

        bool isOfThisLife = _instances.GetValueOrDefault(who) == visited.Instance;
        if (isOfThisLife && visited.Failure.Length > 0)
        {
            await FailAsync(UserKind, visited.Worker, visited.Failure).ConfigureAwait(false);
            return;
        }

        if (!isOfThisLife || !_schedule.Finish(visited.Worker, visited.Block))
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
        if (_machine is not { IsRepairing: false } || _command.Kind is not (RoundKind.SolveUsers or RoundKind.SolveItems or RoundKind.Push))
        {
            return;
        }

        _fractions[(progress.Kind, progress.Shard)] = progress.Fraction;
        double part = _fractions.Values.Sum() / Addresses.ParticipantsOf(_spec, _tracker.Round).Count();
        await TellProgressAsync(_command.Kind == RoundKind.Push ? part : (part + (_command.Kind == RoundKind.SolveItems ? 1 : 0)) / 2).ConfigureAwait(false);
    }

    private ValueTask OnWatch(WatchJob watch) =>
        watch.Job != _spec.Job || _machine is null
            ? Context.RefuseAsync($"there is no job {watch.Job} here")
            : _feed.WatchAsync(Context.CaptureReply(), watch.After);

    private ValueTask OnCancel(CancelJob cancel) =>
        _machine is { IsOver: false } && cancel.Job == _spec.Job ? DoAsync(_machine.Cancel()) : ValueTask.CompletedTask;

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
        PartitionId who = new(Addresses.SideOf(started.Kind), started.Shard);
        bool takesPart = _machine is { IsOver: false } && started.Shard < _spec.UserStarts.Count - 1
            && (started.Kind == UserKind || started.Kind == ItemKind);

        // One that has not loaded yet has nothing to lose; one that says it again is lost once.
        if (!takesPart || !_instances.ContainsKey(who) || !Renew(who, started.Instance))
        {
            return ValueTask.CompletedTask;
        }

        return started.Cause.Length > 0 ? LoseAsync(who, started.Cause, failed: true) : LoseAsync(who, "its node was lost, or it moved", failed: false);
    }

    private ValueTask LoseAsync(PartitionId who, string cause, bool failed)
    {
        TrainingTelemetry.PartitionLost(failed);
        _log.Lost(who, cause);
        return DoAsync(_machine!.Lost(who, cause, failed));
    }

    private async ValueTask OnLookAfter(LookAfterTick tick)
    {
        if (tick.Start != _start || _machine is not { IsOver: false })
        {
            return;
        }

        Context.StartTimer(LookAfterInterval, tick);

        // Whoever lost its state in silence is waited for by others, and by whoever takes its tables, also between two rounds.
        IEnumerable<(string, int)> idle = _instances.Keys.Select(who => (Addresses.KindOf(who.Side, _spec), who.Shard)).Except(_tracker?.Missing ?? []);
        await SendAllAsync([.. idle], new CheckLife { Job = _spec.Job }).ConfigureAwait(false);
        if (_tracker is null || Context.Time.GetElapsedTime(_roundStarted) < LookAfterInterval)
        {
            return;
        }

        if (_tracker.SilentAfter(SilentCommands) is [(string kind, int shard), ..])
        {
            await FailAsync(kind, shard, $"it has not answered for {SilentCommands * LookAfterInterval.TotalSeconds:0} seconds").ConfigureAwait(false);
            return;
        }

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

        _log.Told(step.Events, _machine is { IsRepairing: true });
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
            await SendAllAsync(Addresses.ParticipantsOf(_spec, new Round(0, RoundKind.Load, 0, 0, 0)), new EndJob { Job = _spec.Job }).ConfigureAwait(false);
        }
    }

    private ValueTask CompleteRoundAsync(RoundSums sums)
    {
        _tracker = null;
        TimeSpan elapsed = Context.Time.GetElapsedTime(_roundStarted);
        TrainingTelemetry.RoundDone(_command.Kind, elapsed);
        _log.RoundDone(_command.Kind, elapsed);
        return DoAsync(_machine!.Complete(sums, elapsed));
    }

    private async ValueTask RunAsync(Round round)
    {
        _fractions.Clear();
        _activity?.Dispose();
        _activity = TrainingTelemetry.Begin(_spec.Job, round);
        _log.RoundBegins(round);
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
            OwnVersion = round.OwnVersion,
            Version = round.Version,
            FromStore = round.FromStore,
            KeptVersion = round.KeptVersion,
            KeptIsCurrent = round.KeptIsCurrent,
            DropThrough = round.DropThrough,
            Layout = _layout,
            Undone = { round.Undone },
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

        _tracker = new RoundTracker(round, Addresses.ParticipantsOf(_spec, round));
        await CommandAsync(_tracker.Missing).ConfigureAwait(false);
        if (round.Kind == RoundKind.Descend)
        {
            await SendVisitsAsync(_schedule!.Grant()).ConfigureAwait(false);
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
        return _feed.TellAsync([new JobEvent { Progress = new Progress { Epoch = _command.Epoch, Fraction = fraction } }]);
    }
}
