namespace DistRec.Models;

/// <summary>
/// What one epoch of training came to: the same record in results, reports and answers. A figure that was not measured, or is no finite number, is null.
/// </summary>
/// <param name="Epoch">Which one, from 1.</param>
/// <param name="TrainRmse">Root mean squared error on the training ratings, of the descent or solve itself, before clipping; null where a model has none.</param>
/// <param name="ValidationRmse">Root mean squared error on ratings kept aside; null where there are none.</param>
/// <param name="ValidationMae">Mean absolute error on ratings kept aside; null where there are none.</param>
/// <param name="Loss">The regularized loss, where the model minimizes one exactly.</param>
/// <param name="LearningRate">γ of the epoch; null for models without one.</param>
/// <param name="Seconds">How long it trained, without validation.</param>
public sealed record EpochFigures(
    int Epoch,
    double? TrainRmse,
    double? ValidationRmse,
    double? ValidationMae,
    double? Loss,
    double? LearningRate,
    double Seconds);
