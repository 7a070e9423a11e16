namespace DistRec.Numerics.Random;

/// <summary>What a stream of <see cref="EntityRandom"/> is for. Values are part of every model's bits: never renumber.</summary>
public enum RandomPurpose
{
    /// <summary>Initial user factors.</summary>
    UserFactors = 1,

    /// <summary>Initial item factors.</summary>
    ItemFactors = 2,

    /// <summary>Assignment of ratings to training, validation and test parts.</summary>
    Split = 3,

    /// <summary>The order in which stochastic gradient descent visits ratings.</summary>
    VisitOrder = 4,

    /// <summary>Planted user parameters of generated data.</summary>
    SyntheticUser = 5,

    /// <summary>Planted item parameters of generated data.</summary>
    SyntheticItem = 6,

    /// <summary>Which items a generated user rates, and the noise of the ratings.</summary>
    SyntheticRating = 7,

    /// <summary>The permutation that hides the popularity order of generated items.</summary>
    SyntheticPopularity = 8,

    /// <summary>Draws of user factors from their posterior.</summary>
    PosteriorUser = 9,

    /// <summary>Draws of item factors from their posterior.</summary>
    PosteriorItem = 10,

    /// <summary>Draws of the prior of user factors.</summary>
    UserPrior = 11,

    /// <summary>Draws of the prior of item factors.</summary>
    ItemPrior = 12,

    /// <summary>Initial factors of features.</summary>
    FeatureFactors = 13,

    /// <summary>Entities that stand for what was not observed, where ranking is learned.</summary>
    Negative = 14,

    /// <summary>The order in which a worker visits its rows.</summary>
    Order = 15,

    /// <summary>Draws of a factorization machine's parameters from their posterior.</summary>
    PosteriorFeature = 16,

    /// <summary>Draws of the priors of a factorization machine's parameters and of its noise.</summary>
    FeaturePrior = 17,

    /// <summary>Draws of the latent targets behind labels.</summary>
    LatentTarget = 18,

    /// <summary>Which arm of an experiment a user or request gets.</summary>
    ArmChoice = 19,

    /// <summary>Rewards of simulated arms.</summary>
    SimulatedReward = 20,

    /// <summary>Where the points of a map begin.</summary>
    MapPosition = 21,

    /// <summary>Rows of features that the mean over samples of a factorization machine is watched on.</summary>
    MeanProbe = 22,

    /// <summary>Users drawn again, to see how much a comparison of models hangs on which users there are.</summary>
    Resample = 23,

    /// <summary>Settings that a search tries.</summary>
    SearchTrial = 24,

    /// <summary>Items that a relevant one is ranked among.</summary>
    Candidate = 25,

    /// <summary>Which mini-batch of an epoch a rating is in.</summary>
    MiniBatch = 26,

    /// <summary>Initial weights of dense layers.</summary>
    LayerWeights = 27,
}
