using DistRec.Models.FactorizationMachine;

namespace DistRec;

/// <summary><c>fm</c>: factorization machine over features of users, items and ratings.</summary>
public sealed record Fm() : FeatureEstimator("fm")
{
    /// <summary>What is predicted: regression (the rating), classification (the probability of 1) or ranking (an order of items, from pairs) [Regression].</summary>
    public FmTask? Task { get; init; }

    /// <summary>sgd, adagrad, sgda (which learns its lambdas from the validation rows), als, or mcmc, which needs no settings; adagrad for ranking, sgd for higher orders [Mcmc].</summary>
    public FmLearner? Learner { get; init; }

    /// <summary>Number of factors [32].</summary>
    public int? Rank { get; init; }

    /// <summary>Interactions of up to so many features, 2 to 5; 2 to 5 [2].</summary>
    public int? Order { get; init; }

    /// <summary>Step of the first epoch; a finite number above 0 [0.025].</summary>
    public float? LearningRate { get; init; }

    /// <summary>What the step is multiplied with after every epoch; above 0, at most 1 [0.95].</summary>
    public float? LearningRateDecay { get; init; }

    /// <summary>Lambda of the factors; a finite number of at least 0 [0.07].</summary>
    public float? Regularization { get; init; }

    /// <summary>Lambda of single features' weights; a finite number of at least 0 [0.01].</summary>
    public float? WeightRegularization { get; init; }

    /// <summary>Standard deviation of the initial factors; a finite number above 0 [0.1].</summary>
    public float? InitialScale { get; init; }

    /// <summary>Epochs that are drawn but not averaged [20].</summary>
    public int? BurnIn { get; init; }

    /// <summary>Most samples that mcmc averages, evenly spread over the epochs after the burn-in; 0 for all; at least 0 [0].</summary>
    public int? KeptSamples { get; init; }

    /// <summary>Factors that mcmc keeps the mean over its samples in; 1 to 512 [48].</summary>
    public int? MeanRank { get; init; }

    /// <summary>mcmc ends when the standard error of its mean is below so many standard deviations of a rating around its prediction; 0 for all epochs; a finite number of at least 0 [0.05].</summary>
    public float? MeanError { get; init; }

    /// <summary>Power of the likelihood in mcmc: how much of a row each training row counts as; above 0, at most 1 [0.9].</summary>
    public float? LikelihoodPower { get; init; }
}
