using DistRec.Models.FactorizationMachine;

namespace DistRec;

/// <summary><c>bpr</c>: factors of users and items that put what a user has before what it has not, by pairs.</summary>
public sealed record Bpr() : Estimator("bpr")
{
    /// <summary>sgd, adagrad, sgda (which learns its lambdas from the validation rows), als, or mcmc, which needs no settings; adagrad for ranking, sgd for higher orders [AdaGrad].</summary>
    public FmLearner? Learner { get; init; }

    /// <summary>Number of factors [64].</summary>
    public int? Rank { get; init; }

    /// <summary>Step of the first epoch; a finite number above 0 [0.1].</summary>
    public float? LearningRate { get; init; }

    /// <summary>What the step is multiplied with after every epoch; above 0, at most 1 [1].</summary>
    public float? LearningRateDecay { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [0.01].</summary>
    public float? Regularization { get; init; }

    /// <summary>Lambda of single features' weights; a finite number of at least 0 [0.01].</summary>
    public float? WeightRegularization { get; init; }

    /// <summary>Standard deviation of the initial factors; a finite number above 0 [0.0125].</summary>
    public float? InitialScale { get; init; }
}
