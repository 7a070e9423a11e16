using DistRec.Models.Settings;

namespace DistRec.Models.Neural;

/// <summary>Settings of <c>neumf-mf</c> and <c>mlp</c>: embeddings trained in mini-batches ([He17]).</summary>
public sealed record NeuralOptions : ModelOptions
{
    public override string Kind => Form == NeuralForm.Perceptron ? ModelKinds.Mlp : ModelKinds.NeuMf;

    public override TrainingScheme Scheme => TrainingScheme.ParameterServer;

    public override int FactorCount => Rank;

    public override int UsualEpochs => 60;

    public override int UsualPatience => Form == NeuralForm.Perceptron ? 10 : 5;

    public override double FirstLearningRate => LearningRate;

    public override double RateDecay => LearningRateDecay;

    public override double InitialSpread => InitialScale;

    /// <summary>Which of them.</summary>
    public NeuralForm Form { get; init; }

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumRank, Advice = "16 to 64 are usual")]
    public int Rank { get; init; } = 64;

    /// <summary>Widths of the hidden layers, such as 64-32.</summary>
    [Setting("Widths of the hidden layers, joined by dashes", Advice = "such as 64-32, or 2048-256")]
    public string Layers { get; init; } = "64-32";

    /// <summary>What hidden layers make of their sums.</summary>
    [Setting("What hidden layers make of their sums", Advice = "choose relu or linear")]
    public ActivationKind Activation { get; init; }

    /// <summary>How a step follows from a gradient.</summary>
    [Setting("How a step follows from a gradient", Advice = "choose adam or sgd")]
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Ratings that a step is taken for, at least 1.</summary>
    [Setting("Ratings that a step is taken for, about", Minimum = 1, Advice = "256 to 1024 are usual")]
    public int BatchSize { get; init; } = 512;

    /// <summary>γ of the first epoch, above 0.</summary>
    [Setting("Step of the first epoch", Above = 0)]
    public float LearningRate { get; init; } = 0.002f;

    /// <summary>What γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    [Setting("What the step is multiplied with after every epoch", Above = 0, Maximum = 1, Advice = "1 keeps the rate")]
    public float LearningRateDecay { get; init; } = 0.95f;

    /// <summary>λ of the factors, at least 0.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 0.1f;

    /// <summary>λ of the biases, at least 0.</summary>
    [Setting("Lambda of the biases", Minimum = 0)]
    public float BiasRegularization { get; init; } = 0.01f;

    /// <summary>λ of the layers' weights, at least 0; their own biases have none.</summary>
    [Setting("Lambda of the layers' weights", Minimum = 0)]
    public float LayerRegularization { get; init; } = 0.0003f;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>A gradient says how far to go, where Adam makes steps of the size of the rate.</summary>
    public override ModelOptions Suited(Func<string, bool> isGiven)
    {
        ArgumentNullException.ThrowIfNull(isGiven);
        return Optimizer == OptimizerKind.Sgd && !isGiven("learning-rate") ? this with { LearningRate = 50 * LearningRate } : this;
    }

    public override int WidthOf(Side side) => NeuralShape.WidthOf(Rank, Optimizer);

    public override int PublishedWidthOf(Side side) => side == Side.User ? Rank : WidthOf(side);

    public override string? WhyUnused(string name) => name switch
    {
        "layers" or "activation" or "layer-regularization" when Form == NeuralForm.MatrixFactorization => $"{Kind} has no layers",
        JobSettings.Clocks => "--batch-size says how often steps are taken",
        JobSettings.Consistency => "a step follows from the gradients of all workers",
        _ => base.WhyUnused(name),
    };

    /// <summary>Settings that suit each of them, found by validation within the training ratings of MovieLens 100K.</summary>
    public static NeuralOptions For(NeuralForm form) => form switch
    {
        NeuralForm.Perceptron => new()
        {
            Form = form, Rank = 16, Regularization = 10, BiasRegularization = 0.05f,
        },
        _ => new() { Form = form },
    };

    protected override void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (Form == NeuralForm.Perceptron)
        {
            bool isRead = NeuralShape.TryReadLayers(Layers, out int[] widths);
            long weights = isRead ? NeuralShape.WeightsOf(Rank, widths) : 0;
            check(
                isRead, "layers",
                $"up to {NeuralShape.MaximumLayers} widths of 1 to {NeuralShape.MaximumLayerWidth:#,0}, joined by dashes",
                $"\"{Layers}\"", "give widths such as 64-32");
            check(
                weights <= NeuralShape.MaximumWeights, "layers", $"at most {NeuralShape.MaximumWeights:#,0} weights between them",
                $"{weights:#,0}", "lower the widths");
        }
    }
}
