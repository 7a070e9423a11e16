using System.Text.Json;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.Nmf;
using DistRec.Models.Persistence;

namespace DistRec.Models.FoldIn;

/// <summary>The settings that a saved model was trained with, as far as answers depend on them; the defaults where its description has none.</summary>
/// <param name="description">What describes the model.</param>
internal sealed class TrainedOptions(ModelDescription description)
{
    private const int UsualEpochs = 30;
    private const int MaxEpochs = 10_000;

    /// <summary>Settings of <c>baseline</c>.</summary>
    public BaselineOptions Baseline()
    {
        BaselineOptions defaults = new();
        return new()
        {
            UserRegularization = Number("userRegularization", defaults.UserRegularization),
            ItemRegularization = Number("itemRegularization", defaults.ItemRegularization),
        };
    }

    /// <summary>Settings of <c>als</c>.</summary>
    public AlsOptions Als(int rank)
    {
        AlsOptions defaults = new();
        return new()
        {
            Rank = rank,
            Regularization = Number("regularization", defaults.Regularization),
            BiasRegularization = Number("biasRegularization", defaults.BiasRegularization),
            RegularizationExponent = Number("regularizationExponent", defaults.RegularizationExponent),
            Biases = Flag("biases", defaults.Biases),
        };
    }

    /// <summary>Settings of <c>als-implicit</c>, solved exactly.</summary>
    public ImplicitAlsOptions ImplicitAls(int rank)
    {
        ImplicitAlsOptions defaults = new();
        return new()
        {
            Rank = rank,
            Regularization = Number("regularization", defaults.Regularization),
            RegularizationExponent = Number("regularizationExponent", defaults.RegularizationExponent),
            Alpha = Number("alpha", defaults.Alpha),
            ConfidenceGiven = Flag("confidenceGiven", defaults.ConfidenceGiven),
            Method = ImplicitMethod.Exact,
        };
    }

    /// <summary>Settings of <c>nmf</c>.</summary>
    public NmfOptions Nmf(int rank)
    {
        NmfOptions defaults = new();
        return new()
        {
            Rank = rank,
            Regularization = Number("regularization", defaults.Regularization),
            RegularizationExponent = Number("regularizationExponent", defaults.RegularizationExponent),
            Sweeps = (int)Number("sweeps", defaults.Sweeps),
        };
    }

    /// <summary>Settings of <c>bpmf</c>.</summary>
    public BpmfOptions Bpmf(int rank)
    {
        BpmfOptions defaults = new();
        return new()
        {
            Rank = rank,
            Precision = Number("precision", defaults.Precision),
            PriorStrength = Number("priorStrength", defaults.PriorStrength),
        };
    }

    /// <summary>Settings of <c>svd++</c>, <c>asvd</c> and <c>nsvd</c>.</summary>
    public FeedbackOptions Feedback(FeedbackForm form, int rank)
    {
        FeedbackOptions defaults = FeedbackOptions.For(form);
        return defaults with
        {
            Rank = rank,
            LearningRate = Number("learningRate", defaults.LearningRate),
            BiasLearningRate = Number("biasLearningRate", defaults.BiasLearningRate),
            FeedbackLearningRate = Number("feedbackLearningRate", defaults.FeedbackLearningRate),
            LearningRateDecay = Number("learningRateDecay", defaults.LearningRateDecay),
            Regularization = Number("regularization", defaults.Regularization),
            BiasRegularization = Number("biasRegularization", defaults.BiasRegularization),
            FeedbackRegularization = Number("feedbackRegularization", defaults.FeedbackRegularization),
        };
    }

    /// <summary>The epoch whose tables the model has.</summary>
    public int Epochs() => description.Metrics.TryGetValue("bestEpoch", out double best) && best is >= 1 and <= MaxEpochs
        ? (int)best
        : (int)Math.Clamp(Number("epochs", UsualEpochs), 1, MaxEpochs);

    /// <summary>A number of at least 0.</summary>
    private float Number(string name, float otherwise) =>
        description.Options.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number)
        && number >= 0 && float.IsFinite(number) ? number : otherwise;

    private bool Flag(string name, bool otherwise) =>
        description.Options.TryGetValue(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : otherwise;
}
