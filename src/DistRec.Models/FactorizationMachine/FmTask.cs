using DistRec.Models.Settings;

namespace DistRec.Models.FactorizationMachine;

/// <summary>What a factorization machine predicts.</summary>
public enum FmTask
{
    /// <summary>A number; squared loss.</summary>
    Regression,

    /// <summary>The probability of 1 against 0; logistic loss, with MCMC and ALS a probit ([R12], section 3.3).</summary>
    Classification,

    /// <summary>A score that orders items; −ln σ(ŷ − ŷ′) over pairs of an observed and a sampled row.</summary>
    Ranking,
}

/// <summary>How its parameters are learned.</summary>
public enum FmLearner
{
    /// <summary>Stochastic gradient descent at one learning rate.</summary>
    Sgd,

    /// <summary>Stochastic gradient descent; each parameter's rate is divided by the root of its squared gradients' sum.</summary>
    AdaGrad,

    /// <summary>Stochastic gradient descent whose regularization is learned from the validation rows ([R12], algorithm 2).</summary>
    [Word("sgda")]
    AdaptiveSgd,

    /// <summary>Coordinate-wise least squares ([R12], section 3.2).</summary>
    Als,

    /// <summary>Gibbs sampling, hyper-parameters included ([R12], algorithm 4): needs no tuning.</summary>
    Mcmc,
}
