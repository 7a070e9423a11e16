namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// A trained factorization machine: what answers for rows of features. Answers for users and items rest on the factor model that it comes to
/// for them.
/// </summary>
/// <param name="Shape">Where parameters lie in a row of the tables.</param>
/// <param name="Link">What makes an answer of a score.</param>
/// <param name="Parameters">v and w, and w₀ in the row after the features'; or samples of them.</param>
/// <param name="Samples">Samples that the answer is the mean over; 0 where the parameters answer themselves.</param>
/// <param name="Space">What the features are.</param>
public sealed record FmMachine(FmShape Shape, FmLink Link, FmParameters Parameters, int Samples, FeatureSpace Space)
{
    /// <summary>What a score is in ratings; <see cref="RatingUnits.None"/> but for regression.</summary>
    public RatingUnits Units { get; init; } = RatingUnits.None;

    /// <summary>What is left of training tables: without what the learner remembers, and without the newest of sampled parameters.</summary>
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
        int samples = SamplesIn(shape, trained);
        FmShape kept = shape with { Learner = samples > 0 ? FmLearner.Mcmc : FmLearner.Sgd, KeptSamples = samples };
        int rows = space.Count + 1;
        FactorTable factors = new(rows, kept.Width);
        for (int row = 0; row < rows; row++)
        {
            trained.Factors.Row(row)[..kept.Width].CopyTo(factors.Row(row));
        }

        return new FmMachine(kept, FmLinks.Of(options), new FmParameters(factors, trained.Weights[..rows], space.Count), samples, space) { Units = units };
    }

    /// <summary>How many samples tables hold: their w₀, drawn from a continuous distribution, is 0 only where none was kept.</summary>
    public static int SamplesIn(FmShape shape, FmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int samples = 0;
        while (samples < shape.KeptSamples && parameters.Factors.Row(parameters.Features)[shape.SampleStart(samples) + shape.FactorWidth] != 0)
        {
            samples++;
        }

        return samples;
    }

    /// <summary>The answer for one row.</summary>
    public double Predict(FeatureRows rows, int row) => Units.RatingOf(FmPredictor.Predict(Shape, Parameters, rows, row, Link, Samples));
}
