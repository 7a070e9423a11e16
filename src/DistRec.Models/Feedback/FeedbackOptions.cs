using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;
using DistRec.Models.Settings;

namespace DistRec.Models.Feedback;

/// <summary>Settings of <c>svd++</c>, <c>asvd</c>, <c>nsvd</c>, <c>neighborhood</c> and <c>integrated</c>.</summary>
public sealed record FeedbackOptions : ModelOptions
{
    public override string Kind => FeedbackFactors.NameOf(Form);

    public override TrainingScheme Scheme => TrainingScheme.ParameterServer;

    public override int FactorCount => Form == FeedbackForm.Neighborhood ? 0 : Rank;

    public override int UsualEpochs => 60;

    public override int UsualPatience => 5;

    public override double FirstLearningRate => Form == FeedbackForm.Neighborhood ? NeighborLearningRate : LearningRate;

    public override double RateDecay => LearningRateDecay;

    public override double InitialSpread => InitialScale;

    /// <summary>Which of them.</summary>
    public FeedbackForm Form { get; init; }

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumRank, Advice = "64 is a good start")]
    public int Rank { get; init; } = 64;

    /// <summary>γ of p_u and q_i in the first epoch, above 0.</summary>
    [Setting("Step of the first epoch", Above = 0)]
    public float LearningRate { get; init; } = 0.015f;

    /// <summary>γ of the biases in the first epoch, above 0.</summary>
    [Setting("Step of the biases in the first epoch", Above = 0)]
    public float BiasLearningRate { get; init; } = 0.005f;

    /// <summary>γ of x_j and y_j in the first epoch, above 0.</summary>
    [Setting("Step of x and y in the first epoch", Above = 0)]
    public float FeedbackLearningRate { get; init; } = 0.002f;

    /// <summary>What every γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    [Setting("What the step is multiplied with after every epoch", Above = 0, Maximum = 1, Advice = "1 keeps the rate")]
    public float LearningRateDecay { get; init; } = 0.97f;

    /// <summary>λ of p_u and q_i, at least 0.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 0.05f;

    /// <summary>λ of the biases, at least 0.</summary>
    [Setting("Lambda of the biases", Minimum = 0)]
    public float BiasRegularization { get; init; } = 0.01f;

    /// <summary>λ of x_j and y_j, at least 0.</summary>
    [Setting("Lambda of x and y", Minimum = 0)]
    public float FeedbackRegularization { get; init; } = 0.001f;

    /// <summary>γ of w_ij and c_ij in the first epoch, above 0.</summary>
    [Setting("Step of the neighbours' weights in the first epoch", Above = 0)]
    public float NeighborLearningRate { get; init; } = 0.005f;

    /// <summary>λ of w_ij and c_ij, at least 0.</summary>
    [Setting("Lambda of the neighbours' weights", Minimum = 0)]
    public float NeighborRegularization { get; init; } = 0.01f;

    /// <summary>How many items most like one have a weight.</summary>
    [Setting("How many items most like one have a weight", Minimum = 1, Maximum = MaximumNeighbors, Advice = "100 to 300 are usual")]
    public int Neighbors { get; init; } = 100;

    /// <summary>λ₂ in what makes items alike, at least 0.</summary>
    [Setting("How many users in common count as much as that there are any", Minimum = 0, Advice = "100 is usual")]
    public float Shrinkage { get; init; } = 100;

    /// <summary>Standard deviation of the initial p_u and q_i times √k; x_j and y_j begin at 0.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    public override ModelOptions SuitedTo(double ratingsAUser)
    {
        // Found by validation: where users have fifty or more, more than this is worse.
        double scarcity = Math.Pow(6 / ratingsAUser, 1.5);
        return this with
        {
            Regularization = (float)(Regularization + (0.06 * scarcity)),
            FeedbackRegularization = (float)(FeedbackRegularization + (0.02 * scarcity)),
        };
    }

    public override int WidthOf(Side side) => side == Side.User ? FeedbackShape.Of(this).UserWidth : FeedbackShape.Of(this).ItemWidth;

    public override int PublishedWidthOf(Side side) => side == Side.User ? FactorCount : WidthOf(side);

    public override NeighborSettings? NeighborLists => Form is not (FeedbackForm.Neighborhood or FeedbackForm.Integrated) ? null : new(
        SimilarityKind.PearsonBaseline, Shrinkage, new NeighborShape(NeighborForm.Sum, Neighbors, Neighbors), new BaselineOptions());

    public override string? WhyUnused(string name) => name switch
    {
        "rank" or "learning-rate" or "regularization" or "initial-scale" when Form == FeedbackForm.Neighborhood => $"{Kind} has no factors",
        "feedback-learning-rate" or "feedback-regularization" when Form == FeedbackForm.Neighborhood => $"{Kind} has no factors",
        "neighbors" or "shrinkage" or "neighbor-learning-rate" or "neighbor-regularization" when NeighborLists is null => $"{Kind} has no lists of like items",
        _ => base.WhyUnused(name),
    };

    /// <summary>Settings that suit each of them, found by validation on MovieLens ratings.</summary>
    public static FeedbackOptions For(FeedbackForm form) => form switch
    {
        FeedbackForm.Asymmetric => new()
        {
            Form = form, LearningRate = 0.01f, Regularization = 0.02f, FeedbackLearningRate = 0.003f,
        },
        FeedbackForm.Neighborhood => new() { Form = form, BiasLearningRate = 0.01f },
        FeedbackForm.Integrated => new() { Form = form, NeighborLearningRate = 0.002f },
        FeedbackForm.Nsvd => new()
        {
            Form = form, LearningRate = 0.02f, LearningRateDecay = 0.95f, Regularization = 0.07f, FeedbackLearningRate = 0.02f, FeedbackRegularization = 0.005f,
        },
        _ => new() { Form = form },
    };
}
