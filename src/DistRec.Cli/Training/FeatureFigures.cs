using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;

namespace DistRec.Cli.Training;

/// <summary>How well a factorization machine answers for rows of features.</summary>
/// <param name="Train">Errors on the training rows; null for a model that predicts no numbers.</param>
/// <param name="Validation">The same on the validation rows; null without such rows.</param>
/// <param name="Test">The same on the test rows.</param>
/// <param name="Classes">How well it classifies the test rows; null for other models.</param>
internal sealed record FeatureFigures(EvaluationResult? Train, EvaluationResult? Validation, EvaluationResult? Test, ClassificationResult? Classes)
{
    public static FeatureFigures Of(FactorModel model, FeatureData features, RatingSplit split, InteractionCounts counts, int threads)
    {
        FmMachine machine = model.Machine ?? throw new InvalidOperationException("a model of features came without its features' parameters");
        if (model.IsImplicit)
        {
            return new FeatureFigures(null, null, null, null);
        }

        if (machine.Link != FmLink.Identity)
        {
            return new FeatureFigures(
                null, null, null,
                features.Test is { Count: > 0 } test ? ClassificationResult.Of(FeatureEvaluator.Predict(machine, model.Scale, test, threads), test.Targets) : null);
        }

        return new FeatureFigures(Rate(features.Train, split.Train), Rate(features.Validation, split.Validation), Rate(features.Test, split.Test), null);

        EvaluationResult? Rate(FeatureRows? rows, RatingMatrix? ratings)
        {
            if (rows is not { Count: > 0 })
            {
                return null;
            }

            double[] answers = FeatureEvaluator.Predict(machine, model.Scale, rows, threads);
            return ratings?.Count == rows.Count
                ? FeatureEvaluator.Rate(answers, model.Scale, counts, ratings)
                : FeatureEvaluator.Rate(answers, model.Scale, rows.Targets);
        }
    }
}
