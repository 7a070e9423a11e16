namespace DistRec.Training.Protocol;

/// <content>What follows from the model.</content>
public sealed partial class JobSpec
{
    /// <summary>The settings of its model.</summary>
    public ModelOptions Options => Model?.ToOptions() ?? throw new InvalidOperationException("the specification names no model");

    /// <summary>Name of the model as typed.</summary>
    public string ModelName => Model?.Kind ?? "";

    /// <summary>What ratings are to training.</summary>
    public RatingUnits Units => new(GlobalMean, RatingUnit);

    /// <summary>How the partitions of the job train together.</summary>
    public TrainingScheme Scheme => Options.Scheme;

    /// <summary>Whether an epoch is one round of clocks.</summary>
    public bool HasClocks => Scheme is TrainingScheme.ParameterServer or TrainingScheme.AllReduce;

    /// <summary>Whether the tables of the best epoch are kept beside the newest ones. A model that averages keeps its newest, to which an abandoned epoch returns.</summary>
    public bool SavesBest => Scheme != TrainingScheme.Alternating || (!Options.Averages && ValidationRatings > 0);
}
