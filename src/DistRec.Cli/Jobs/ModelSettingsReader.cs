using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;

namespace DistRec.Cli.Jobs;

/// <summary>Reads the settings of one model; what is not given is as the model's options class has it.</summary>
internal static class ModelSettingsReader
{
    /// <summary>The seed where none is given.</summary>
    public static ulong DefaultSeed { get; } = new MfOptions().Seed;

    public static TrainingSettings Read(GivenOptions given, string model, ulong seed) => model switch
    {
        ModelKinds.Als => new TrainingSettings { Als = SettingsFill.Read(given, new AlsOptions(), seed) with { Biases = !given.Flag("no-biases") } },
        ModelKinds.ImplicitAls => new TrainingSettings { ImplicitAls = ReadImplicitAls(given, seed) },
        ModelKinds.Nmf => new TrainingSettings { Nmf = SettingsFill.Read(given, new NmfOptions(), seed) },
        ModelKinds.Bpmf => new TrainingSettings { Bpmf = SettingsFill.Read(given, new BpmfOptions(), seed) },
        ModelKinds.Mf => new TrainingSettings { Mf = SettingsFill.Read(given, new MfOptions(), seed) with { Biases = !given.Flag("no-biases") } },
        ModelKinds.Fm or ModelKinds.PolySvm =>
            new TrainingSettings { Fm = FmSettingsReader.Read(given, model, seed), Clocks = given.AnyInteger("clocks", new TrainingSettings().Clocks) },
        _ when FeedbackFactors.ShapeOf(model, 0) is { } shape =>
            new TrainingSettings { Feedback = SettingsFill.Read(given, FeedbackOptions.For(shape.Form), seed), Clocks = given.AnyInteger("clocks", new TrainingSettings().Clocks) },
        _ => new TrainingSettings { Baseline = SettingsFill.Read(given, new BaselineOptions()) },
    };

    private static ImplicitAlsOptions ReadImplicitAls(GivenOptions given, ulong seed)
    {
        bool isConfidence = given.OneOf("confidence", "alpha is the default", ("alpha", false), ("given", true));
        ImplicitMethod method = given.OneOf(
            "method", "exact is the default", ("exact", ImplicitMethod.Exact), ("cg", ImplicitMethod.ConjugateGradient), ("blocks", ImplicitMethod.Blocks));
        RefuseWithout(given, "alpha", !isConfidence, "--confidence given says that ratings are confidences");
        RefuseWithout(given, "steps", method == ImplicitMethod.ConjugateGradient, "only --method cg takes steps");
        RefuseWithout(given, "block-size", method == ImplicitMethod.Blocks, "only --method blocks has blocks");
        return SettingsFill.Read(given, new ImplicitAlsOptions(), seed) with { ConfidenceGiven = isConfidence, Method = method };
    }

    // An option that has no effect is a mistake.
    private static void RefuseWithout(GivenOptions given, string name, bool applies, string reason)
    {
        if (!applies)
        {
            given.Refuse([name], $"nothing, since {reason}", "leave it out");
        }
    }
}
