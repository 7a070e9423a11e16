namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// A trained factorization machine: what answers for rows of features. Answers for users and items rest on the factor model that it comes to
/// for them.
/// </summary>
/// <param name="Shape">Where parameters lie in a row of the tables.</param>
/// <param name="Link">What makes an answer of a score.</param>
/// <param name="Parameters">v and w, and w₀ in the row after the features'.</param>
/// <param name="Space">What the features are.</param>
public sealed record FmMachine(FmShape Shape, FmLink Link, FmParameters Parameters, FeatureSpace Space)
{
    /// <summary>What a score is in ratings; <see cref="RatingUnits.None"/> but for regression.</summary>
    public RatingUnits Units { get; init; } = RatingUnits.None;

    /// <summary>What is left of training tables: without what the learner remembers, and where samples were averaged the mean in their place.</summary>
    /// <param name="options">The model's settings.</param>
    /// <param name="trained">The tables.</param>
    /// <param name="space">What the features are.</param>
    /// <param name="units">What targets were to training.</param>
    public static FmMachine Of(FmOptions options, FmParameters trained, FeatureSpace space, RatingUnits units)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(space);
        FmShape shape = FmShape.Of(options);
        bool isMean = HasMean(shape, trained);
        FmShape kept = new(isMean ? shape.MeanRank : shape.Rank, shape.Order, FmLearner.Sgd, 0);
        int rows = space.Count + 1;
        FactorTable factors = new(rows, kept.Width);
        float[] weights = trained.Weights[..rows];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> from = trained.Factors.Row(row);
            from.Slice(isMean ? shape.StateStart : 0, kept.Width).CopyTo(factors.Row(row));
            weights[row] = isMean ? from[shape.MeanWeight] : weights[row];
        }

        return new FmMachine(kept, FmLinks.Of(options), new FmParameters(factors, weights, space.Count), space) { Units = units };
    }

    /// <summary>Whether tables hold a mean over samples yet: its w₀, drawn from a continuous distribution, is 0 only where there was none.</summary>
    public static bool HasMean(FmShape shape, FmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return shape.Learner == FmLearner.Mcmc && parameters.Factors.Row(parameters.Features)[shape.MeanWeight] != 0;
    }

    /// <summary>The answer for one row.</summary>
    public double Predict(FeatureRows rows, int row) => Units.RatingOf(FmPredictor.Predict(Shape, Parameters, rows, row, Link));
}
