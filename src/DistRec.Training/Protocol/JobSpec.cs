using DistRec.Models.Feedback;

namespace DistRec.Training.Protocol;

/// <content>What follows from the model's kind.</content>
public sealed partial class JobSpec
{
    /// <summary>Name of the model as typed.</summary>
    public string ModelName => ModelCase switch
    {
        ModelOneofCase.Als => ModelKinds.Als,
        ModelOneofCase.ImplicitAls => ModelKinds.ImplicitAls,
        ModelOneofCase.Mf => ModelKinds.Mf,
        ModelOneofCase.Nmf => ModelKinds.Nmf,
        ModelOneofCase.Bpmf => ModelKinds.Bpmf,
        ModelOneofCase.Feedback => FeedbackFactors.NameOf((Models.Feedback.FeedbackForm)Feedback.Form),
        ModelOneofCase.Fm => Fm.Degree > 0 ? ModelKinds.PolySvm : ModelKinds.Fm,
        _ => ModelKinds.Baseline,
    };

    /// <summary>How the partitions of the job train together.</summary>
    public TrainingScheme Scheme => ModelCase switch
    {
        ModelOneofCase.Mf => TrainingScheme.BlockSgd,
        ModelOneofCase.Feedback => TrainingScheme.ParameterServer,
        ModelOneofCase.Fm => Fm.Learner is FmSpecLearner.Als or FmSpecLearner.Mcmc ? TrainingScheme.AllReduce : TrainingScheme.ParameterServer,
        _ => TrainingScheme.Alternating,
    };

    /// <summary>Whether an epoch is one round of clocks.</summary>
    public bool HasClocks => Scheme is TrainingScheme.ParameterServer or TrainingScheme.AllReduce;

    /// <summary>γ of the first epoch; 0 for models without one.</summary>
    public double FirstLearningRate => ModelCase switch
    {
        ModelOneofCase.Mf => Mf.LearningRate,
        ModelOneofCase.Feedback => Feedback.LearningRate,
        ModelOneofCase.Fm when Scheme == TrainingScheme.ParameterServer => Fm.LearningRate,
        _ => 0,
    };

    /// <summary>What γ is multiplied with after every epoch.</summary>
    public double LearningRateDecay => ModelCase switch
    {
        ModelOneofCase.Mf => Mf.LearningRateDecay,
        ModelOneofCase.Feedback => Feedback.LearningRateDecay,
        ModelOneofCase.Fm when Scheme == TrainingScheme.ParameterServer => Fm.LearningRateDecay,
        _ => 1,
    };

    /// <summary>Standard deviation of the initial factors times √k; 0 for models that do not descend.</summary>
    public double InitialScale => ModelCase switch
    {
        ModelOneofCase.Mf => Mf.InitialScale,
        ModelOneofCase.Feedback => Feedback.InitialScale,
        ModelOneofCase.Fm => Fm.InitialScale * Math.Sqrt(Fm.Rank),
        _ => 0,
    };

    /// <summary>Whether rows follow from what they were before, and not from the other side alone: lost ones cannot be solved again from it.</summary>
    public bool RemembersRows => ModelCase switch
    {
        ModelOneofCase.Mf or ModelOneofCase.Feedback or ModelOneofCase.Nmf or ModelOneofCase.Bpmf or ModelOneofCase.Fm => true,
        ModelOneofCase.ImplicitAls => ImplicitAls.Method != ImplicitSolving.Exact,
        _ => false,
    };

    /// <summary>Whether the model is an average over epochs, so that no single epoch is the best one.</summary>
    public bool Averages => ModelCase == ModelOneofCase.Bpmf || (ModelCase == ModelOneofCase.Fm && Fm.Learner == FmSpecLearner.Mcmc);

    /// <summary>Whether the tables of the best epoch are kept beside the newest ones. A model that averages keeps its newest, to which an abandoned epoch returns.</summary>
    public bool SavesBest => Scheme != TrainingScheme.Alternating || (!Averages && ValidationRatings > 0);

    /// <summary>Whether the model learns from interactions, of which every one is a preference of 1, and not from ratings.</summary>
    public bool IsImplicit => ModelCase == ModelOneofCase.ImplicitAls || (ModelCase == ModelOneofCase.Fm && Fm.Task == FmSpecTask.Ranking);
}
