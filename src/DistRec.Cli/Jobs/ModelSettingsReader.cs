using DistRec.Cli.Arguments;
using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Training.Jobs;

namespace DistRec.Cli.Jobs;

/// <summary>Reads the settings of one model; what is not given is as the model's options class has it.</summary>
internal static class ModelSettingsReader
{
    /// <summary>The seed where none is given.</summary>
    public static ulong DefaultSeed { get; } = new MfOptions().Seed;

    public static TrainingSettings Read(GivenOptions given, string model, ulong seed) => model switch
    {
        ModelKinds.Als => new TrainingSettings { Als = ReadAls(given, seed) },
        ModelKinds.ImplicitAls => new TrainingSettings { ImplicitAls = ReadImplicitAls(given, seed) },
        ModelKinds.Nmf => new TrainingSettings { Nmf = ReadNmf(given, seed) },
        ModelKinds.Bpmf => new TrainingSettings { Bpmf = ReadBpmf(given, seed) },
        ModelKinds.Mf => new TrainingSettings { Mf = ReadMf(given, seed) },
        ModelKinds.Fm or ModelKinds.PolySvm =>
            new TrainingSettings { Fm = FmSettingsReader.Read(given, model, seed), Clocks = given.AnyInteger("clocks", new TrainingSettings().Clocks) },
        _ when FeedbackFactors.ShapeOf(model, 0) is { } shape =>
            new TrainingSettings { Feedback = ReadFeedback(given, shape.Form, seed), Clocks = given.AnyInteger("clocks", new TrainingSettings().Clocks) },
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

    private static ImplicitAlsOptions ReadImplicitAls(GivenOptions given, ulong seed)
    {
        var defaults = new ImplicitAlsOptions();
        bool isConfidence = given.OneOf("confidence", "alpha is the default", ("alpha", false), ("given", true));
        ImplicitMethod method = given.OneOf(
            "method", "exact is the default", ("exact", ImplicitMethod.Exact), ("cg", ImplicitMethod.ConjugateGradient), ("blocks", ImplicitMethod.Blocks));
        RefuseWithout(given, "alpha", !isConfidence, "--confidence given says that ratings are confidences");
        RefuseWithout(given, "steps", method == ImplicitMethod.ConjugateGradient, "only --method cg takes steps");
        RefuseWithout(given, "block-size", method == ImplicitMethod.Blocks, "only --method blocks has blocks");
        return new ImplicitAlsOptions
        {
            Rank = given.AnyInteger("rank", defaults.Rank),
            Regularization = given.AnyNumber("regularization", defaults.Regularization),
            RegularizationExponent = given.AnyNumber("regularization-exponent", defaults.RegularizationExponent),
            Alpha = given.AnyNumber("alpha", defaults.Alpha),
            ConfidenceGiven = isConfidence,
            Method = method,
            Steps = given.AnyInteger("steps", defaults.Steps),
            BlockSize = given.AnyInteger("block-size", defaults.BlockSize),
            InitialScale = given.AnyNumber("initial-scale", defaults.InitialScale),
            Seed = seed,
        };
    }

    private static NmfOptions ReadNmf(GivenOptions given, ulong seed)
    {
        var defaults = new NmfOptions();
        return new NmfOptions
        {
            Rank = given.AnyInteger("rank", defaults.Rank),
            Regularization = given.AnyNumber("regularization", defaults.Regularization),
            RegularizationExponent = given.AnyNumber("regularization-exponent", defaults.RegularizationExponent),
            Sweeps = given.AnyInteger("sweeps", defaults.Sweeps),
            InitialScale = given.AnyNumber("initial-scale", defaults.InitialScale),
            Seed = seed,
        };
    }

    private static BpmfOptions ReadBpmf(GivenOptions given, ulong seed)
    {
        var defaults = new BpmfOptions();
        return new BpmfOptions
        {
            Rank = given.AnyInteger("rank", defaults.Rank),
            Precision = given.AnyNumber("precision", defaults.Precision),
            BurnIn = given.AnyInteger("burn-in", defaults.BurnIn),
            PriorStrength = given.AnyNumber("prior-strength", defaults.PriorStrength),
            InitialScale = given.AnyNumber("initial-scale", defaults.InitialScale),
            Seed = seed,
        };
    }

    // An option that has no effect is a mistake.
    private static void RefuseWithout(GivenOptions given, string name, bool applies, string reason)
    {
        if (!applies && given.Has(name))
        {
            given.Mistakes.Add(given.PlaceOf(name), $"nothing, since {reason}", GivenOptions.Quote(given.Text(name)!), "leave it out");
        }
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

    private static FeedbackOptions ReadFeedback(GivenOptions given, FeedbackForm form, ulong seed)
    {
        FeedbackOptions defaults = FeedbackOptions.For(form);
        return new FeedbackOptions
        {
            Form = form,
            Rank = given.AnyInteger("rank", defaults.Rank),
            LearningRate = given.AnyNumber("learning-rate", defaults.LearningRate),
            BiasLearningRate = given.AnyNumber("bias-learning-rate", defaults.BiasLearningRate),
            FeedbackLearningRate = given.AnyNumber("feedback-learning-rate", defaults.FeedbackLearningRate),
            LearningRateDecay = given.AnyNumber("learning-rate-decay", defaults.LearningRateDecay),
            Regularization = given.AnyNumber("regularization", defaults.Regularization),
            BiasRegularization = given.AnyNumber("bias-regularization", defaults.BiasRegularization),
            FeedbackRegularization = given.AnyNumber("feedback-regularization", defaults.FeedbackRegularization),
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
