using DistRec.Cli.Arguments;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.MatrixFactorization;
using DistRec.Training.Jobs;

namespace DistRec.Cli.Jobs;

/// <summary>Reads the settings of one model; what is not given is as the model's options class has it.</summary>
internal static class ModelSettingsReader
{
    /// <summary>The seed where none is given.</summary>
    public static ulong DefaultSeed { get; } = new MfOptions().Seed;

    public static TrainingSettings Read(GivenOptions given, string model, ulong seed) => model switch
    {
        "als" => new TrainingSettings { Als = ReadAls(given, seed) },
        "mf" => new TrainingSettings { Mf = ReadMf(given, seed) },
        _ => new TrainingSettings { Baseline = ReadBaseline(given) },
    };

    private static AlsOptions ReadAls(GivenOptions given, ulong seed)
    {
        var defaults = new AlsOptions();
        return new AlsOptions
        {
            Rank = given.AnyInteger("rank", defaults.Rank),
            Regularization = given.AnyNumber("regularization", defaults.Regularization),
            BiasRegularization = given.AnyNumber("bias-regularization", defaults.BiasRegularization),
            RegularizationExponent = given.AnyNumber("regularization-exponent", defaults.RegularizationExponent),
            Biases = !given.Flag("no-biases"),
            InitialScale = given.AnyNumber("initial-scale", defaults.InitialScale),
            Seed = seed,
        };
    }

    private static MfOptions ReadMf(GivenOptions given, ulong seed)
    {
        var defaults = new MfOptions();
        return new MfOptions
        {
            Rank = given.AnyInteger("rank", defaults.Rank),
            LearningRate = given.AnyNumber("learning-rate", defaults.LearningRate),
            LearningRateDecay = given.AnyNumber("learning-rate-decay", defaults.LearningRateDecay),
            Regularization = given.AnyNumber("regularization", defaults.Regularization),
            BiasRegularization = given.AnyNumber("bias-regularization", defaults.BiasRegularization),
            Biases = !given.Flag("no-biases"),
            InitialScale = given.AnyNumber("initial-scale", defaults.InitialScale),
            Seed = seed,
        };
    }

    private static BaselineOptions ReadBaseline(GivenOptions given)
    {
        var defaults = new BaselineOptions();
        return new BaselineOptions
        {
            UserRegularization = given.AnyNumber("user-regularization", defaults.UserRegularization),
            ItemRegularization = given.AnyNumber("item-regularization", defaults.ItemRegularization),
        };
    }
}
