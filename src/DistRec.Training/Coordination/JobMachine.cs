namespace DistRec.Training.Coordination;

/// <summary>
/// The life of a training job as a state machine without actors, clocks or I/O: told that a round is complete, it says which
/// round is next.
/// </summary>
/// <remarks>
/// <para>Alternating models: Load, Initialize, then for every epoch SolveUsers, SolveItems, Validate, Keep.</para>
/// <para>Descending models: Load, Initialize, Keep, then for every epoch Descend, Reclaim, Validate, Keep; a diverging epoch is
/// answered by Restore and a smaller learning rate. Models that pull and push have one round Push in the place of Descend and
/// Reclaim.</para>
/// <para>Whoever cancels need not wait for the end of a long round: it is abandoned, and Revert or Restore undo its epoch.</para>
/// <para>A job that refits then begins again with all ratings, those kept aside included, for as many epochs as did best: the same rounds without Validate.</para>
/// <para>At the end the kept tables are published as the model. Validate and Keep are left out where nothing needs them.</para>
/// <para>Where the job has a store, it is told to take a snapshot between epochs: the item tables of an alternating model, from which
/// user tables follow; a copy of all tables, cut while nobody computes, of a model whose rows also follow from what they were before: a
/// descending one, or one that improves rows step by step.</para>
/// </remarks>
public sealed partial class JobMachine
{
    private readonly JobSpec _spec;
    private readonly bool _descends;
    private readonly bool _storesAll;
    private readonly List<JobEvent> _events = [];
    private EpochPolicy _policy;
    private TableVersions _tables = new();
    private Round _round;
    private long _firstVersion = 1;
    private int _epoch;
    private RoundSums _userHalf;
    private RoundSums _training;
    private double _trainingSeconds;
    private bool _stopping;
    private string _endReason = "";
    private JobState _endState = JobState.Completed;

    public JobMachine(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _descends = spec.Scheme != TrainingScheme.Alternating;
        _storesAll = spec.Options.RemembersRows;
        _policy = new EpochPolicy(spec);
    }

    public JobState State { get; private set; } = JobState.Submitted;

    /// <summary>Whether the job is over.</summary>
    public bool IsOver => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    private string EpochsDone =>
        (_epoch == 1 ? "1 epoch done" : $"{_epoch} epochs done") + (IsRefitting ? " on all ratings, as many as did best on those kept aside" : "");

    /// <summary>Begins.</summary>
    /// <param name="snapshot">Where to go on; null begins from the specification.</param>
    /// <param name="after">All rounds are numbered above; those of an earlier start of the job are not.</param>
    public JobStep Begin(Snapshot? snapshot = null, long after = 0)
    {
        _firstVersion = after + 1;
        _round = _round with { Number = Math.Max(after, snapshot?.Rounds ?? 0) };
        Enter(JobState.Loading);
        if (snapshot is not null)
        {
            _snapshot = snapshot;
            return GoBackToSnapshot(snapshot);
        }

        return BeginAnew();
    }

    /// <summary>Ends the job by name.</summary>
    /// <param name="reason">What failed, in words.</param>
    /// <param name="hasDiverged">Whether settings and data alone are to blame.</param>
    public JobStep Fail(string reason, bool hasDiverged = false)
    {
        if (IsOver)
        {
            return Wait();
        }

        Enter(JobState.Failed, reason, hasDiverged);
        return Wait();
    }

    /// <summary>The published tables were taken.</summary>
    public JobStep TablesTaken(long version)
    {
        if (_takenBySnapshot?.Tables == version)
        {
            return SnapshotTaken();
        }

        if (IsHandedOver(version))
        {
            return MoveWithTables();
        }

        if (!IsAwaited(version))
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

    /// <summary>Published tables could not be taken: the job has failed, unless it went back since and nobody waits for them any more.</summary>
    public JobStep TablesNotTaken(long version, string reason) =>
        IsHandedOver(version) ? MoveWithoutTables(reason)
        : _takenBySnapshot?.Tables == version || IsAwaited(version) ? Fail(reason)
        : Wait();

    /// <summary>All participants have done their part of the current round.</summary>
    /// <param name="sums">What they reported.</param>
    /// <param name="elapsed">How long the round took.</param>
    public JobStep Complete(RoundSums sums, TimeSpan elapsed)
    {
        _sinceSnapshot += elapsed;
        if (IsRepairing)
        {
            return ContinueRepair();
        }

        if (_round.Kind == RoundKind.SolveUsers && _takenBySnapshot is not null && !_storesAll)
        {
            // Its successor overwrites what the store has not got yet.
            _held = (sums, elapsed);
            return Wait();
        }

        _lost.Clear();
        switch (_round.Kind)
        {
            case RoundKind.Load:
                return Run(RoundKind.Initialize);
            case RoundKind.Initialize:
                _tables = _tables.Drawn(_round.Version);
                if (Resumes)
                {
                    // Everyone also took remembered tables, which nothing but the checkpoint can give again.
                    _tables = _tables with { Best = new BestVersions(-1, -1, -1) };
                }

                Enter(JobState.Training);
                return _descends && !Resumes ? Run(RoundKind.SaveBest) : NextEpoch();
            case RoundKind.SolveUsers:
                _tables = _tables.SolvedUsers(_round.Version);
                _userHalf = sums;
                _trainingSeconds = elapsed.TotalSeconds;
                return Run(RoundKind.SolveItems, _tables.Users);
            case RoundKind.SolveItems:
                _tables = _tables.SolvedItems(_round.Version);
                _trainingSeconds += elapsed.TotalSeconds;
                return Trained(sums);
            case RoundKind.Descend:
                _training = sums;
                _trainingSeconds = elapsed.TotalSeconds;
                return Run(RoundKind.Reclaim);
            case RoundKind.Epoch:
                _tables = _tables.Drawn(_round.Version);
                _trainingSeconds = elapsed.TotalSeconds;
                return Trained(sums);
            case RoundKind.Reclaim:
                _tables = _tables.Drawn(_round.Version);
                return Trained(_training);
            case RoundKind.Validate:
                return Judge(sums);
            case RoundKind.SaveBest:
                _tables = _tables.SavedBest();
                return _epoch == 0 ? NextEpoch() : AfterEpoch();
            case RoundKind.Restore:
                _tables = _tables.Drawn(_round.Version);
                _epoch--;
                return _stopping ? PublishModel() : NextEpoch();
            case RoundKind.Revert:
                _epoch--;
                return EndEarly();
            case RoundKind.Snapshot:
                return _handingOver is null ? TellSnapshot(_round.Version, _tables.Items) : TellHandOver(_handingOver);
            case RoundKind.Publish:
                return Published(TablesPurpose.Checkpoint);
            case RoundKind.PublishBest:
                return Published(TablesPurpose.Model);
            default:
                return Fail($"the round {_round.Kind} is not one this version knows");
        }
    }

    private bool IsAwaited(long version) => !IsRepairing && version == _round.Version && State == JobState.Checkpointing;

    private JobStep Trained(RoundSums sums)
    {
        _training = sums;
        EpochDecision decision = _policy.JudgeDescent(InRatings(sums.Errors.Rmse), sums.Diverged);
        switch (decision.Action)
        {
            case EpochAction.BackOff:
                TellNote($"epoch {_epoch}: {decision.Reason}");
                return Run(RoundKind.Restore);
            case EpochAction.Stop:
                (_stopping, _endReason) = (true, decision.Reason);
                return Run(RoundKind.Restore);
            case EpochAction.Fail:
                return Fail(decision.Reason, hasDiverged: true);
            default:
                if (!Validates)
                {
                    return Judge(default);
                }

                Enter(JobState.Validating);
                return Run(RoundKind.Validate, _tables.Items);
        }
    }

    private JobStep Judge(RoundSums validation)
    {
        double rate = _policy.LearningRate;
        EpochIsDone();
        EpochDecision decision = _policy.JudgeEpoch(_epoch, Validates ? InRatings(validation.Errors.Rmse) : null, _training.IsSettled);
        bool best = _policy.State.BestEpoch == _epoch;
        EpochFinished figures = new()
        {
            Epoch = _epoch,
            Seconds = _trainingSeconds,
            SingularRows = _training.SingularRows + _userHalf.SingularRows,
            Best = best,
            Ratings = _training.Errors.Count,
            ReceivedBytes = _userHalf.ReceivedBytes + _training.ReceivedBytes + validation.ReceivedBytes,
            NeededBytes = _userHalf.NeededBytes + _training.NeededBytes + validation.NeededBytes,
        };
        if (_spec.Options.HasTrainRmse)
        {
            figures.TrainRmse = InRatings(_training.Errors.Rmse);
        }

        if (LossOfEpoch() is { } loss)
        {
            figures.Loss = loss;
        }

        if (Validates)
        {
            (figures.ValidationRmse, figures.ValidationMae) = (InRatings(validation.Errors.Rmse), InRatings(validation.Errors.Mae));
        }

        if (rate > 0)
        {
            figures.LearningRate = rate;
        }

        if (!IsRefitting)
        {
            // The curve is that of the search for the best epoch; ratings that are fitted judge nothing.
            Tell(new JobEvent { Epoch = figures });
        }

        _stopping = decision.Action == EpochAction.Stop || _epoch >= Epochs;
        _endReason = decision.Action == EpochAction.Stop ? decision.Reason : EpochsDone;
        Enter(JobState.Training);
        return decision.SaveBest && _policy.SavesBest ? Run(RoundKind.SaveBest) : AfterEpoch();
    }

    // What an exact solver minimizes, or what a ranking descends on; a descent on ratings and a mean of samples report none.
    private double? LossOfEpoch()
    {
        double errors = _training.Errors.Squared.ToDouble();
        if (_descends || _spec.Options.Averages)
        {
            return _spec.Options.IsImplicit ? errors : null;
        }

        // Squares of errors, and all that is added to them.
        return InRatings(InRatings(errors + _training.Penalty.ToDouble() + _userHalf.Penalty.ToDouble()));
    }

    // Partitions tell of errors in the units of training.
    private double InRatings(double error) => _spec.Units.Unit * error;

    private JobStep AfterEpoch()
    {
        if (_cancelRequested && !_stopping)
        {
            return EndEarly();
        }

        if (_stopping)
        {
            return EndOfEpochs();
        }

        if (_spec.CheckpointEvery > 0 && _epoch % _spec.CheckpointEvery == 0)
        {
            return Run(RoundKind.Publish);
        }

        return NextEpoch();
    }

    private JobStep PublishModel()
    {
        if (_storesAll)
        {
            // Whoever is lost from here on goes back to a snapshot or to the start: nobody asks for the tables of the epochs any more.
            _firstVersion = _round.Number + 1;
        }

        return Run(RoundKind.PublishBest);
    }

    private JobStep Published(TablesPurpose purpose)
    {
        Enter(JobState.Checkpointing);
        Tell(new JobEvent
        {
            Tables = new TablesPublished
            {
                Version = _round.Version,
                Purpose = purpose,
                Resume = new ResumePoint { Epoch = _epoch, Policy = _policy.State.Clone() },
            },
        });
        return Wait();
    }

    private JobStep NextEpoch()
    {
        if (_cancelRequested && !LacksUsers)
        {
            return EndEarly();
        }

        if (_epoch >= Epochs)
        {
            _stopping = true;
            _endReason = EpochsDone;
            return EndOfEpochs();
        }

        return _leaving.Count > 0 && _spec.Snapshots ? BeginHandOver() : SnapshotIsDue ? BeginSnapshot() : BeginEpoch();
    }

    private JobStep BeginEpoch()
    {
        _before = LacksUsers ? null : _tables;
        _epoch++;
        Enter(JobState.Training);
        return Run(_spec.Scheme is TrainingScheme.ParameterServer or TrainingScheme.AllReduce ? RoundKind.Epoch : _descends ? RoundKind.Descend : RoundKind.SolveUsers, _tables.Items);
    }

    private JobStep Run(RoundKind kind, long sourceVersion = 0) =>
        Run(new Round(_round.Number + 1, kind, _epoch, _policy.LearningRate, sourceVersion)
        {
            OwnVersion = kind == RoundKind.SolveUsers ? _tables.Users : kind == RoundKind.SolveItems ? _tables.Items : 0,
        });

    private JobStep Run(Round round)
    {
        // A snapshot is taken while training goes on: what it consists of stays until it is taken.
        long oldest = Math.Min(_tables.Oldest, _takenBySnapshot?.Tables ?? long.MaxValue);
        _round = round with { DropThrough = Math.Max(oldest, _firstVersion) - 1 };
        return new JobStep(_round, TakeEvents());
    }

    private JobStep Wait() => new(null, TakeEvents());

    private void Enter(JobState state, string reason = "", bool hasDiverged = false)
    {
        if (State != state)
        {
            State = state;
            bool isRefitted = IsRefitting && state == JobState.Completed;
            StateChanged changed = new() { State = state, Reason = reason, BestEpoch = _policy.State.BestEpoch, Refitted = isRefitted, Diverged = hasDiverged };
            Tell(new JobEvent { State = changed });
        }
    }

    private void Tell(JobEvent jobEvent) => _events.Add(jobEvent);

    private JobEvent[] TakeEvents()
    {
        JobEvent[] events = [.. _events];
        _events.Clear();
        return events;
    }
}
