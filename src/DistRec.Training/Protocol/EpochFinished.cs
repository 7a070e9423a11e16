namespace DistRec.Training.Protocol;

/// <content>As results and answers have it.</content>
public sealed partial class EpochFinished
{
    /// <summary>The figures for people.</summary>
    public EpochFigures ToFigures() => new(
        Epoch,
        Measured(HasTrainRmse, TrainRmse),
        Measured(HasValidationRmse, ValidationRmse),
        Measured(HasValidationMae, ValidationMae),
        Measured(HasLoss, Loss),
        Measured(HasLearningRate, LearningRate),
        Seconds);

    private static double? Measured(bool has, double figure) => has && double.IsFinite(figure) ? figure : null;
}
