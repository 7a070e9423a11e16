namespace DistRec.Cli.Jobs;

/// <summary>The data set that a bare <c>distrec train</c> generates: large enough to learn from, small enough for seconds.</summary>
internal static class GeneratedDefaults
{
    public const long Ratings = 1_000_000;
    public const int Users = 2_000;
    public const int Items = 1_000;

    /// <summary>Planted factors: few enough to be found from so many ratings.</summary>
    public const int Rank = 4;
}

/// <summary>How much is kept aside where nothing else is said.</summary>
internal static class SplitDefaults
{
    public const double TestRatio = 0.1;
    public const double ValidationRatio = 0.05;

    /// <summary>Nothing for models that have no use for it: one predicts no ratings, the other averages all epochs.</summary>
    public static double ValidationRatioOf(TrainingSettings training) =>
        training.ImplicitAls is not null || training.Bpmf is not null || training.Fm is { Learner: FmLearner.Mcmc } or { Task: FmTask.Ranking } ? 0 : ValidationRatio;
}

/// <summary>How long a model trains where nothing else is said: exact solvers settle in few epochs, descent needs more and wavers more.</summary>
internal static class EpochDefaults
{
    private static readonly (string Model, int Epochs, int Patience)[] Models = [("baseline", 15, 3), ("als", 15, 3), ("mf", 60, 5), ("als-implicit", 15, 0), ("nmf", 60, 5), ("bpmf", 60, 0), ("svd++", 60, 5), ("asvd", 60, 5), ("nsvd", 60, 5), ("fm", 60, 5), (FmBySampling, 500, 0), ("poly-svm", 60, 5)];

    private const string FmBySampling = "fm by mcmc";

    /// <summary>Epochs at most.</summary>
    public static int Epochs(TrainingSettings training) => Of(training).Epochs;

    /// <summary>Epochs without a better validation RMSE before training stops.</summary>
    public static int Patience(TrainingSettings training) => Of(training).Patience;

    /// <summary>The epochs, as help shows them.</summary>
    public static string Describe() => string.Join(", ", Models.Select(entry => $"{entry.Model} {entry.Epochs}"));

    /// <summary>The patience, as help shows it.</summary>
    public static string DescribePatience() => string.Join(", ", Models.Where(entry => entry.Patience > 0).Select(entry => $"{entry.Model} {entry.Patience}"));

    private static (string Model, int Epochs, int Patience) Of(TrainingSettings training)
    {
        string name = training.Fm is { Learner: FmLearner.Mcmc } ? FmBySampling : training.ModelName;
        return Models.First(entry => entry.Model == name);
    }
}
