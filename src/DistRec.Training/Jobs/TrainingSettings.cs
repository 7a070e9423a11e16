using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Training.Coordination;

namespace DistRec.Training.Jobs;

/// <summary>What a person decides about a training job; the data comes beside it.</summary>
public sealed record TrainingSettings
{
    /// <summary>The model and its own settings: exactly one.</summary>
    public BaselineOptions? Baseline { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public AlsOptions? Als { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public MfOptions? Mf { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public ImplicitAlsOptions? ImplicitAls { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public NmfOptions? Nmf { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public BpmfOptions? Bpmf { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public FeedbackOptions? Feedback { get; init; }

    /// <inheritdoc cref="Baseline"/>
    public FmOptions? Fm { get; init; }

    /// <summary>Epochs at most, at least 1.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Epochs without a better validation RMSE before training stops; 0 for never.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Partitions of each side, at least 1.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Threads for arithmetic, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How often in an epoch workers pull and push, 1 to 1,024; for models that pull and push rows.</summary>
    public int Clocks { get; init; } = 16;

    /// <summary>How far the workers of a descending model may drift apart within an epoch.</summary>
    public ConsistencyModel Consistency { get; init; } = ConsistencyModel.Bsp;

    /// <summary>Epochs between checkpoints; 0 for a checkpoint only when the job is stopped.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Name of the model as typed.</summary>
    public string ModelName => this switch
    {
        { Baseline: not null } => ModelKinds.Baseline,
        { Als: not null } => ModelKinds.Als,
        { ImplicitAls: not null } => ModelKinds.ImplicitAls,
        { Nmf: not null } => ModelKinds.Nmf,
        { Bpmf: not null } => ModelKinds.Bpmf,
        { Feedback: { } feedback } => FeedbackFactors.NameOf(feedback.Form),
        { Fm: { } fm } => fm.Degree > 0 ? ModelKinds.PolySvm : ModelKinds.Fm,
        _ => ModelKinds.Mf,
    };

    /// <summary>Number of factors, 0 for the baseline.</summary>
    public int Rank => Als?.Rank ?? Mf?.Rank ?? ImplicitAls?.Rank ?? Nmf?.Rank ?? Bpmf?.Rank ?? Feedback?.Rank ?? Fm?.Rank ?? 0;

    /// <summary>The model's own settings.</summary>
    public object ModelOptions => (object?)Als ?? (object?)Mf ?? (object?)ImplicitAls ?? (object?)Nmf ?? (object?)Bpmf ?? (object?)Feedback ?? (object?)Fm ?? Baseline!;

    /// <summary>Checks all settings and reports all mistakes at once.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public void Validate()
    {
        IReadOnlyList<string> errors = SettingsCheck.Errors(this);
        if (errors.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, errors));
        }
    }
}
