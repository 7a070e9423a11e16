namespace DistRec.Training.Coordination;

/// <summary>What to do after an epoch.</summary>
public enum EpochAction
{
    /// <summary>Train on.</summary>
    Continue,

    /// <summary>The last epochs were no better: stop.</summary>
    Stop,

    /// <summary>The descent diverged: go back to the kept tables and take smaller steps.</summary>
    BackOff,

    /// <summary>The descent diverges whatever the steps: give up.</summary>
    Fail,
}

/// <summary>What the epochs' figures say about the next epoch.</summary>
/// <param name="Action">What to do.</param>
/// <param name="SaveBest">Whether the tables of this epoch are the best so far.</param>
/// <param name="Reason">In words, for <see cref="EpochAction.Stop"/>, <see cref="EpochAction.BackOff"/> and <see cref="EpochAction.Fail"/>.</param>
public readonly record struct EpochDecision(EpochAction Action, bool SaveBest, string Reason = "");

/// <summary>
/// Early stopping, the choice of the best epoch, and the learning rate's schedule with back-off: decides from figures alone.
/// </summary>
public sealed class EpochPolicy
{
    /// <summary>How often the learning rate is halved before the job fails.</summary>
    public const int MaximumBackOffs = 10;

    // A descent whose training error grows by this factor from one epoch to the next is leaving the data.
    private const double DivergingGrowth = 1.5;

    private readonly JobSpec _spec;

    /// <param name="spec">The job.</param>
    /// <param name="state">Where to go on; null begins as the specification says.</param>
    public EpochPolicy(JobSpec spec, PolicyState? state = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        State = (state ?? spec.Resume?.Policy)?.Clone() ?? new PolicyState { LearningRate = spec.Options.FirstLearningRate };
    }

    /// <summary>What decides while all ratings are fitted for as many epochs as did best, with the steps that did.</summary>
    public EpochPolicy ForRefit() => new(_spec, new PolicyState
    {
        RefitEpochs = State.RefitEpochs > 0 ? State.RefitEpochs : State.BestEpoch,
        BackOffs = State.BackOffs,
        LearningRate = _spec.Options.FirstLearningRate / Math.Pow(2, State.BackOffs),
    });

    /// <summary>What a checkpoint must hold to go on deciding alike.</summary>
    public PolicyState State { get; }

    /// <summary>γ of the coming epoch; 0 for models without one.</summary>
    public double LearningRate => State.LearningRate;

    // Errors of this size say nothing about the steps: a twentieth of the ratings' deviation, and what random first factors predict.
    private double Negligible => _spec.Units.Unit * (0.05 + (_spec.Options.InitialSpread * _spec.Options.InitialSpread));

    /// <summary>Whether a copy of the best tables is needed at all.</summary>
    public bool SavesBest => _spec.SavesBest;

    /// <summary>
    /// Judges the training half of an epoch, before anything is validated. Only a descent can diverge: an exact solver
    /// takes no step that could be too long.
    /// </summary>
    /// <returns>
    /// <see cref="EpochAction.Continue"/>; <see cref="EpochAction.BackOff"/>; and where smaller steps do not help <see cref="EpochAction.Stop"/> with
    /// the best epoch, or <see cref="EpochAction.Fail"/> where there is none.
    /// </returns>
    public EpochDecision JudgeDescent(double trainRmse, bool diverged)
    {
        if (_spec.Scheme == TrainingScheme.AllReduce)
        {
            State.LastTrainRmse = trainRmse;
            return diverged || !double.IsFinite(trainRmse)
                ? new EpochDecision(EpochAction.Fail, false, "the training error is no longer a number; look for extreme values in the ratings or features, or give a larger regularization")
                : new EpochDecision(EpochAction.Continue, false);
        }

        double reference = Math.Max(State.LastTrainRmse > 0 ? State.LastTrainRmse : _spec.RatingDeviation, Negligible);
        bool leaving = diverged || !double.IsFinite(trainRmse) || trainRmse > DivergingGrowth * reference;
        if (_spec.Scheme == TrainingScheme.Alternating || !leaving)
        {
            State.LastTrainRmse = trainRmse;
            return new EpochDecision(EpochAction.Continue, false);
        }

        string what = diverged || !double.IsFinite(trainRmse)
            ? "the training error is no longer a number"
            : $"the training RMSE rose from {reference:0.####} to {trainRmse:0.####}";
        if (State.BackOffs == MaximumBackOffs)
        {
            string where = $"{what} with a learning rate of {State.LearningRate:g3}, after {MaximumBackOffs} back-offs";
            const string Advice = "give a lower learning rate, or look for extreme values in the ratings";
            return State.BestEpoch > 0
                ? new EpochDecision(EpochAction.Stop, false, $"{where}: the model is that of epoch {State.BestEpoch}; {Advice}")
                : new EpochDecision(EpochAction.Fail, false, $"{where}; {Advice}");
        }

        // The tables are again those of the best epoch, and so is what the next error is compared with.
        State.LastTrainRmse = State.BestTrainRmse;
        State.BackOffs++;
        State.LearningRate /= 2;
        return new EpochDecision(EpochAction.BackOff, false, $"{what}; the epoch is done again with a learning rate of {State.LearningRate:g3}");
    }

    /// <summary>Judges a whole epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="validationRmse">Its validation RMSE; null without validation ratings.</param>
    /// <param name="isSettled">Whether more epochs would hardly change what the model averages.</param>
    public EpochDecision JudgeEpoch(int epoch, double? validationRmse, bool isSettled = false)
    {
        State.LearningRate *= _spec.Options.RateDecay;

        if (validationRmse is not { } rmse || _spec.Options.Averages)
        {
            State.BestEpoch = epoch;
            State.BestTrainRmse = State.LastTrainRmse;
            return isSettled
                ? new EpochDecision(EpochAction.Stop, SavesBest, $"{epoch} epochs done, and the mean over samples is as exact as asked for")
                : new EpochDecision(EpochAction.Continue, SavesBest);
        }

        bool better = State.BestEpoch == 0 || rmse < State.BestRmse;
        if (better)
        {
            State.BestEpoch = epoch;
            State.BestRmse = rmse;
            State.BestTrainRmse = State.LastTrainRmse;
        }

        bool patienceOver = _spec.Patience > 0 && epoch - State.BestEpoch >= _spec.Patience;
        return patienceOver
            ? new EpochDecision(EpochAction.Stop, false, $"{_spec.Patience} epochs without a better validation RMSE than {State.BestRmse:0.0000} of epoch {State.BestEpoch}")
            : new EpochDecision(EpochAction.Continue, better);
    }
}
