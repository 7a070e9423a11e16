using DistRec.Training.Protocol;

namespace DistRec.Training.Coordination;

/// <summary>
/// The life of a training job as a state machine without actors, clocks or I/O: told that a round is complete, it says which
/// round is next.
/// </summary>
/// <remarks>
/// <para>Alternating models: Load, Initialize, then for every epoch SolveUsers, SolveItems, Validate, Keep.</para>
/// <para>Descending models: Load, Initialize, Keep, then for every epoch Descend, Reclaim, Validate, Keep; a diverging epoch is
/// answered by Restore and a smaller learning rate.</para>
/// <para>At the end the kept tables are published as the model. Validate and Keep are left out where nothing needs them.</para>
/// </remarks>
public sealed class JobMachine
{
    /// <summary>How often a job begins anew after losing a participant's state.</summary>
    public const int MaximumRestarts = 3;

    private readonly JobSpec _spec;
    private readonly bool _descends;
    private readonly bool _validates;
    private readonly List<JobEvent> _events = [];
    private EpochPolicy _policy;
    private Round _round;
    private int _epoch;
    private long _usersRound;
    private long _itemsRound;
    private RoundSums _userHalf;
    private RoundSums _training;
    private double _trainingSeconds;
    private bool _cancelRequested;
    private bool _stopping;
    private int _restarts;
    private string _endReason = "";
    private JobState _endState = JobState.Completed;

    public JobMachine(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _descends = spec.ModelCase == JobSpec.ModelOneofCase.Mf;
        _validates = spec.ValidationRatings > 0;
        _policy = new EpochPolicy(spec);
    }

    public JobState State { get; private set; } = JobState.Submitted;

    /// <summary>Whether the job is over.</summary>
    public bool IsOver => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    /// <summary>The oldest round whose published tables are still needed.</summary>
    public long OldestNeededRound => Math.Min(_usersRound, _itemsRound);

    private string EpochsDone => _epoch == 1 ? "1 epoch done" : $"{_epoch} epochs done";

    /// <summary>Begins.</summary>
    public JobStep Begin()
    {
        Enter(JobState.Loading);
        _epoch = _spec.Resume?.Epoch ?? 0;
        return Run(RoundKind.Load);
    }

    /// <summary>Stops the job at the end of the current round; what has been learned is published.</summary>
    public void RequestCancel() => _cancelRequested = true;

    /// <summary>A participant lost its state: begins anew, a few times.</summary>
    public JobStep ParticipantLost(string who, string why)
    {
        if (IsOver || State == JobState.Submitted)
        {
            return Wait();
        }

        if (_restarts == MaximumRestarts)
        {
            return Fail($"{who} lost its state for the {_restarts + 1}th time: {why}");
        }

        _restarts++;
        _policy = new EpochPolicy(_spec);
        Tell(new JobEvent { Note = new Note { Text = $"{who} was started afresh ({why}); the job begins again from its start" } });
        return Begin();
    }

    /// <summary>Ends the job by name.</summary>
    public JobStep Fail(string reason)
    {
        if (IsOver)
        {
            return Wait();
        }

        Enter(JobState.Failed, reason);
        return Wait();
    }

    /// <summary>The published tables were taken.</summary>
    public JobStep TablesTaken(long round)
    {
        if (round != _round.Number || State != JobState.Checkpointing)
        {
            return Wait();
        }

        if (_round.Kind == RoundKind.Publish && !_stopping)
        {
            return NextEpoch();
        }

        if (_round.Kind == RoundKind.Publish && _endState == JobState.Cancelled)
        {
            // The checkpoint is safe; the best tables make the model of a cancelled job.
            return PublishModel();
        }

        Enter(_endState, _endReason);
        return Wait();
    }

    /// <summary>All participants have done their part of the current round.</summary>
    /// <param name="sums">What they reported.</param>
    /// <param name="elapsed">How long the round took.</param>
    public JobStep Complete(RoundSums sums, TimeSpan elapsed)
    {
        switch (_round.Kind)
        {
            case RoundKind.Load:
                return Run(RoundKind.Initialize);
            case RoundKind.Initialize:
                _usersRound = _itemsRound = _round.Number;
                Enter(JobState.Training);
                return _descends && _spec.Resume is null ? Run(RoundKind.Keep) : NextEpoch();
            case RoundKind.SolveUsers:
                _usersRound = _round.Number;
                _userHalf = sums;
                _trainingSeconds = elapsed.TotalSeconds;
                return Run(RoundKind.SolveItems, _usersRound);
            case RoundKind.SolveItems:
                _itemsRound = _round.Number;
                _trainingSeconds += elapsed.TotalSeconds;
                return Trained(sums);
            case RoundKind.Descend:
                _training = sums;
                _trainingSeconds = elapsed.TotalSeconds;
                return Run(RoundKind.Reclaim);
            case RoundKind.Reclaim:
                _usersRound = _itemsRound = _round.Number;
                return Trained(_training);
            case RoundKind.Validate:
                return Judge(sums);
            case RoundKind.Keep:
                return _epoch == 0 ? NextEpoch() : AfterEpoch();
            case RoundKind.Restore:
                _usersRound = _itemsRound = _round.Number;
                _epoch--;
                return _cancelRequested ? EndEarly() : NextEpoch();
            case RoundKind.Publish:
                return Published(TablesPurpose.Checkpoint);
            case RoundKind.PublishKept:
                return Published(TablesPurpose.Model);
            default:
                return Fail($"the round {_round.Kind} is not one this version knows");
        }
    }

    private JobStep Trained(RoundSums sums)
    {
        _training = sums;
        EpochDecision decision = _policy.JudgeDescent(sums.Errors.Rmse, sums.Diverged);
        switch (decision.Action)
        {
            case EpochAction.BackOff:
                Tell(new JobEvent { Note = new Note { Text = $"epoch {_epoch}: {decision.Reason}" } });
                return Run(RoundKind.Restore);
            case EpochAction.Fail:
                return Fail(decision.Reason);
            default:
                if (!_validates)
                {
                    return Judge(default);
                }

                Enter(JobState.Validating);
                return Run(RoundKind.Validate, _itemsRound);
        }
    }

    private JobStep Judge(RoundSums validation)
    {
        double rate = _policy.LearningRate;
        EpochDecision decision = _policy.JudgeEpoch(_epoch, _validates ? validation.Errors.Rmse : null);
        bool best = _policy.State.BestEpoch == _epoch;
        Tell(new JobEvent
        {
            Epoch = new EpochFinished
            {
                Epoch = _epoch,
                TrainRmse = _training.Errors.Rmse,
                Loss = _descends ? 0 : _training.Errors.Squared.ToDouble() + _training.Penalty.ToDouble() + _userHalf.Penalty.ToDouble(),
                ValidationRmse = validation.Errors.Rmse,
                ValidationMae = validation.Errors.Mae,
                LearningRate = rate,
                Seconds = _trainingSeconds,
                SingularRows = _training.SingularRows + _userHalf.SingularRows,
                Best = best,
            },
        });
        _stopping = decision.Action == EpochAction.Stop || _epoch >= _spec.Epochs;
        _endReason = decision.Action == EpochAction.Stop ? decision.Reason : EpochsDone;
        Enter(JobState.Training);
        return decision.Keep && _policy.KeepsTables ? Run(RoundKind.Keep) : AfterEpoch();
    }

    private JobStep AfterEpoch()
    {
        if (_cancelRequested && !_stopping)
        {
            return EndEarly();
        }

        if (_stopping)
        {
            return PublishModel();
        }

        if (_spec.CheckpointEvery > 0 && _epoch % _spec.CheckpointEvery == 0)
        {
            return Run(RoundKind.Publish);
        }

        return NextEpoch();
    }

    private JobStep EndEarly()
    {
        _stopping = true;
        _endState = JobState.Cancelled;
        _endReason = $"cancelled after epoch {_epoch}";
        if (_epoch > 0)
        {
            return Run(RoundKind.Publish);
        }

        Enter(JobState.Cancelled, "cancelled before the first epoch was done");
        return Wait();
    }

    private JobStep PublishModel() => Run(RoundKind.PublishKept);

    private JobStep Published(TablesPurpose purpose)
    {
        Enter(JobState.Checkpointing);
        Tell(new JobEvent
        {
            Tables = new TablesPublished
            {
                Round = _round.Number,
                Purpose = purpose,
                Resume = new ResumePoint { Epoch = _epoch, Policy = _policy.State.Clone() },
            },
        });
        return Wait();
    }

    private JobStep NextEpoch()
    {
        if (_cancelRequested)
        {
            return EndEarly();
        }

        if (_epoch >= _spec.Epochs)
        {
            _stopping = true;
            _endReason = EpochsDone;
            return PublishModel();
        }

        _epoch++;
        Enter(JobState.Training);
        return _descends ? Run(RoundKind.Descend, _itemsRound) : Run(RoundKind.SolveUsers, _itemsRound);
    }

    private JobStep Run(RoundKind kind, long sourceRound = 0)
    {
        _round = new Round(_round.Number + 1, kind, _epoch, _policy.LearningRate, sourceRound);
        return new JobStep(_round, TakeEvents());
    }

    private JobStep Wait() => new(null, TakeEvents());

    private void Enter(JobState state, string reason = "")
    {
        if (State != state)
        {
            State = state;
            Tell(new JobEvent { State = new StateChanged { State = state, Reason = reason, BestEpoch = _policy.State.BestEpoch } });
        }
    }

    private void Tell(JobEvent happening) => _events.Add(happening);

    private JobEvent[] TakeEvents()
    {
        JobEvent[] events = [.. _events];
        _events.Clear();
        return events;
    }
}
