using DistRec.Training.Jobs;
using Google.Protobuf;

namespace DistRec.Training.Coordination;

/// <content>Rounds: what is commanded, and sent again until it is answered.</content>
internal sealed partial class CoordinatorState
{
    private void Take(JobStep step)
    {
        Do(new CoordinatorEffect.Told(step.Events, _machine.IsRepairing));
        _feed.Add(step.Events);
        foreach (PartitionId who in step.Released)
        {
            LetGo(who, _incarnations.Of(who));
        }

        if (step.Next is { } round)
        {
            Run(round);
        }
        else if (_machine.IsOver && _command.Job.Length > 0)
        {
            _tracker = null;
            _schedule = null;
            _command = new RunRound();

            // Whoever still waits for tables of this job waits in vain.
            Do(new CoordinatorEffect.Drop(long.MaxValue));
            SendAll(JobLayout.AllOf(spec), new EndJob { Job = spec.Job });
        }
    }

    private void CompleteRound(RoundSums sums)
    {
        _tracker = null;
        TimeSpan elapsed = _now - _roundStarted;
        Do(new CoordinatorEffect.RoundEnded(_command.Kind, elapsed));
        Take(_machine.Complete(sums, elapsed));
    }

    private void Run(Round round)
    {
        _fractions.Clear();
        Do(new CoordinatorEffect.RoundBegan(round));
        _roundStarted = _now;
        Do(new CoordinatorEffect.Drop(round.DropThrough));
        long descent = _command.Kind == RoundKind.Descend ? _command.Round : 0;
        _command = new RunRound
        {
            Job = spec.Job,
            Round = round.Number,
            Kind = round.Kind,
            Epoch = round.Epoch,
            LearningRate = round.LearningRate,
            SourceVersion = round.SourceVersion,
            OwnVersion = round.OwnVersion,
            Version = round.Version,
            FromStore = round.FromStore || (round.Kind == RoundKind.Initialize && _machine.Resumes),
            AllRatings = round.Kind == RoundKind.Load && _machine.IsRefitting,
            BestVersion = round.BestVersion,
            BestIsCurrent = round.BestIsCurrent,
            DropThrough = round.DropThrough,
            Layout = _layout,
            Undone = { round.Undone },
            Spec = round.Kind == RoundKind.Load ? spec : null,
            Endpoints = _endpoints.ToMessage(JobLayout.PartitionsOf(spec)),
            Sending = ++_sendings,
        };
        if (round.Kind == RoundKind.Descend)
        {
            _schedule ??= new BlockSchedule(JobLayout.PartitionsOf(spec), spec.BlockStarts.Count - 1, JobSpecs.ConsistencyOf(spec));
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

        _tracker = new RoundTracker(round, JobLayout.ParticipantsOf(spec, round));
        SendAll(_tracker.Missing, _command);
        if (round.Kind == RoundKind.Descend)
        {
            SendVisits(_schedule!.Grant());
        }
    }

    private void OnResend()
    {
        if (_machine.IsOver)
        {
            return;
        }

        Do(new CoordinatorEffect.Remind(ResendInterval, Resend.Instance));
        if (_tracker is null || _now - _roundStarted < ResendInterval)
        {
            return;
        }

        if (_tracker.SilentAfter(SilentCommands) is [PartitionId silent, ..])
        {
            Fail(silent, $"it has not answered for {SilentCommands * ResendInterval.TotalSeconds:0} seconds");
            return;
        }

        SendAgain(_ => true);
    }

    // What is not answered yet.
    private void SendAgain(Func<PartitionId, bool> to)
    {
        if (_tracker is null)
        {
            return;
        }

        _command = new RunRound(_command) { Sending = ++_sendings };
        SendAll(_tracker.Missing.Where(to), _command);
        if (_command.Kind == RoundKind.Descend)
        {
            SendVisits(_schedule!.Outstanding.Where(visit => to(new PartitionId(Side.User, visit.Worker))));
        }
    }

    // Whoever lost its state in silence is waited for by others, and by whoever takes its tables, also between two rounds.
    private void OnPingDue(PingDue due)
    {
        if (due.Repeats)
        {
            // Also when the job is over and its end is being written: the tick answers those whose wait for events is over.
            Do(new CoordinatorEffect.Remind(PingInterval, due));
        }

        if (!_machine.IsOver)
        {
            Ping ping = new() { Job = spec.Job, Sending = ++_sendings };
            SendAll(_incarnations.Known, ping);

            // One that is leaving may be gone with its node: its successor hears this and says that it knows nothing.
            foreach (PartitionId who in _incarnations.Known.Where(_machine.IsLeaving))
            {
                Do(new CoordinatorEffect.Send(who, ping));
            }
        }
    }

    private void SendVisits(IEnumerable<BlockVisit> visits)
    {
        foreach (BlockVisit visit in visits)
        {
            Send(
                new PartitionId(Side.User, visit.Worker),
                new VisitBlock
                {
                    Job = spec.Job,
                    Round = _command.Round,
                    Block = visit.Block,
                    Holder = visit.Holder,
                    HomeVersion = _command.SourceVersion,
                    Version = visit.Version,
                    Step = visit.Step,
                    LearningRate = _command.LearningRate,
                });
        }
    }

    private void SendAll(IEnumerable<PartitionId> partitions, IMessage message)
    {
        foreach (PartitionId partition in partitions)
        {
            Send(partition, message);
        }
    }

    private void Send(PartitionId to, IMessage message) => Do(new CoordinatorEffect.Send(to, message, _machine.IsLeaving(to)));
}
