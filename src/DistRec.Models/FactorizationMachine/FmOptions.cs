using DistRec.Models.Settings;

namespace DistRec.Models.FactorizationMachine;

/// <summary>Settings of <c>fm</c>, <c>poly-svm</c> and <c>bpr</c>.</summary>
public sealed record FmOptions : ModelOptions
{
    public override string Kind => Degree != 0 ? ModelKinds.PolySvm : IsBpr ? ModelKinds.Bpr : ModelKinds.Fm;

    public override TrainingScheme Scheme => Sweeps ? TrainingScheme.AllReduce : TrainingScheme.ParameterServer;

    public override int FactorCount => Rank;

    public override int UsualEpochs => Learner == FmLearner.Mcmc ? 500 : 60;

    public override int UsualPatience => Averages || IsImplicit ? 0 : 5;

    public override bool IsImplicit => Task == FmTask.Ranking;

    public override bool HasFeatures => true;

    public override bool Averages => Learner == FmLearner.Mcmc;

    public override double FirstLearningRate => Sweeps ? 0 : LearningRate;

    public override double RateDecay => Sweeps ? 1 : LearningRateDecay;

    public override double InitialSpread => InitialScale * Math.Sqrt(Rank);

    /// <summary>Whether parameters are learned one after the other over cached errors, and not row by row.</summary>
    public bool Sweeps => Learner is FmLearner.Als or FmLearner.Mcmc;

    /// <summary>What is predicted.</summary>
    [Setting(
        "What is predicted: regression (the rating), classification (the probability of 1) or ranking (an order of items, from pairs)",
        Advice = "regression is the default")]
    public FmTask Task { get; init; }

    /// <summary>How parameters are learned.</summary>
    [Setting(
        "sgd, adagrad, sgda (which learns its lambdas from the validation rows), als, or mcmc, which needs no settings; adagrad for ranking, sgd for higher orders",
        Advice = "mcmc needs no settings")]
    public FmLearner Learner { get; init; }

    /// <summary>What a row costs; SGD alone, and the task's own for ranking.</summary>
    public FmLoss Loss { get; init; }

    /// <summary>ε of <see cref="FmLoss.EpsilonInsensitive"/>: errors up to it cost nothing, at least 0.</summary>
    [Setting("Errors up to it cost nothing in regression", Minimum = 0)]
    public float Insensitivity { get; init; } = 0.1f;

    /// <summary>0 for <c>fm</c>; of <c>poly-svm</c> the degree of its polynomial, 1 or 2: a linear model over features, and over observed pairs of them.</summary>
    [Setting("1: a weight for every feature; 2: also for every pair of features seen together")]
    public int Degree { get; init; }

    /// <summary>
    /// Whether it is <c>bpr</c>: b_i + q_iᵀp_u, fitted to −ln σ(ŝ_ui − ŝ_uj) over items i that users have and drawn ones j ([RFGS09]), which is what a machine of users and
    /// items for ranking comes to.
    /// </summary>
    public bool IsBpr { get; init; }

    /// <summary>Number of factors, k, 0 (a linear model) to 1,024.</summary>
    [Setting("Number of factors")]
    public int Rank { get; init; } = 32;

    /// <summary>d: interactions of up to that many features, 2 to 5; above 2 with SGD alone.</summary>
    [Setting("Interactions of up to so many features, 2 to 5", Minimum = 2, Maximum = 5, Advice = "2 is a good start")]
    public int Order { get; init; } = 2;

    /// <summary>γ of the first epoch, above 0; SGD alone.</summary>
    [Setting("Step of the first epoch", Above = 0)]
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>What γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    [Setting("What the step is multiplied with after every epoch", Above = 0, Maximum = 1, Advice = "1 keeps the rate")]
    public float LearningRateDecay { get; init; } = 1;

    /// <summary>λ of the factors v, at least 0; where SGDA begins; unused by MCMC.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 0.05f;

    /// <summary>λ of the weights w, at least 0; where SGDA begins; unused by MCMC.</summary>
    [Setting("Lambda of single features' weights", Minimum = 0)]
    public float WeightRegularization { get; init; } = 0.01f;

    /// <summary>Standard deviation of the initial v.</summary>
    [Setting("Standard deviation of the initial factors", Above = 0)]
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Epochs of MCMC that are not averaged, at least 0, fewer than the epochs; where nobody says, at most a third of them (<see cref="FittedTo"/>).</summary>
    [Setting("Epochs that are drawn but not averaged")]
    public int BurnIn { get; init; } = 20;

    /// <summary>How many samples MCMC averages at most, 0 for no limit: draws of epochs after the burn-in, evenly spread (<see cref="Sampling.SampleSchedule"/>).</summary>
    [Setting("Most samples that mcmc averages, evenly spread over the epochs after the burn-in; 0 for all", Minimum = 0, Advice = "leave it out: more samples cost no memory")]
    public int KeptSamples { get; init; }

    /// <summary>Factors in which MCMC keeps the mean over samples (<see cref="Sampling.PosteriorMean"/>), 1 to 512.</summary>
    [Setting("Factors that mcmc keeps the mean over its samples in", Minimum = 1, Maximum = MaximumSampledRank, Advice = "48 is a good start")]
    public int MeanRank { get; init; } = 48;

    /// <summary>
    /// MCMC ends where the standard error of its mean is below so many standard deviations of a target around its prediction (<see cref="Sampling.MeanProbes"/>), at
    /// least 0; 0 has it do all epochs.
    /// </summary>
    [Setting("mcmc ends when the standard error of its mean is below so many standard deviations of a rating around its prediction; 0 for all epochs", Minimum = 0)]
    public float MeanError { get; init; } = 0.05f;

    /// <summary>
    /// ρ, above 0 and at most 1: MCMC for regression raises the likelihood to it, so that a row counts as ρ rows. Ratings that are not as independent as a model has
    /// it are overfitted with 1 (Grünwald, van Ommen, "Inconsistency of Bayesian inference for misspecified linear models", 2017).
    /// </summary>
    [Setting("Power of the likelihood in mcmc: how much of a row each training row counts as", Above = 0, Maximum = 1, Advice = "1 is Bayes' rule, 0.9 is a good start")]
    public float LikelihoodPower { get; init; } = 0.9f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Settings that suit a task and a learner, found by validation on MovieLens ratings and, for classification, on a9a.</summary>
    public static FmOptions For(FmTask task, FmLearner learner)
    {
        FmOptions options = learner switch
        {
            FmLearner.Sgd when task == FmTask.Ranking => new() { Rank = 64, LearningRate = 0.05f, Regularization = 0.01f, InitialScale = 0.0125f },
            FmLearner.AdaGrad when task == FmTask.Ranking => new() { Rank = 64, LearningRate = 0.1f, Regularization = 0.01f, InitialScale = 0.0125f },
            FmLearner.Sgd when task == FmTask.Classification => new() { Rank = 8, Regularization = 0.01f, WeightRegularization = 1e-4f, InitialScale = 0.05f },
            FmLearner.Sgd => new() { Rank = 64, LearningRate = 0.025f, LearningRateDecay = 0.95f, Regularization = 0.07f, InitialScale = 0.0125f },
            FmLearner.AdaGrad => new() { Rank = 64, LearningRate = 0.03f, Regularization = 0.1f, InitialScale = 0.0125f },
            FmLearner.AdaptiveSgd => new() { Rank = 64, LearningRate = 0.01f, LearningRateDecay = 0.97f, InitialScale = 0.0125f },
            FmLearner.Als => new() { Regularization = 12, WeightRegularization = 2, InitialScale = 0.02f },
            _ => new(),
        };
        return options with { Task = task, Learner = learner };
    }

    /// <summary>Settings that suit <c>poly-svm</c>: a linear model of the losses of support vector machines.</summary>
    public static FmOptions ForPolynomial(FmTask task) => new()
    {
        Task = task, Degree = 2, Rank = 0, Loss = task == FmTask.Classification ? FmLoss.Hinge : FmLoss.EpsilonInsensitive,
        LearningRate = task == FmTask.Classification ? 5e-4f : 0.01f,
    };

    /// <summary>Settings that suit <c>bpr</c>.</summary>
    public static FmOptions ForBpr(FmLearner learner = FmLearner.AdaGrad) => For(FmTask.Ranking, learner) with { IsBpr = true };

    /// <summary>The ways to train <c>fm</c>, each by what it is called.</summary>
    public static IReadOnlyList<(string Label, ModelOptions Options)> Variants =>
    [
        (ModelKinds.Fm, For(FmTask.Regression, FmLearner.Mcmc)),
        ("fm by sgd", For(FmTask.Regression, FmLearner.Sgd)),
    ];

    public override int WidthOf(Side side) => side == Side.User ? 0 : FmShape.Of(this).Width;

    /// <summary>Where nothing is said a machine learns by sampling, which needs no settings, wherever it can; the rest suits how it learns.</summary>
    public override ModelOptions Suited(Func<string, bool> isGiven)
    {
        ArgumentNullException.ThrowIfNull(isGiven);
        if (Degree != 0)
        {
            return ForPolynomial(Task) with { Degree = Degree };
        }

        if (IsBpr)
        {
            return ForBpr(isGiven("learner") ? Learner : FmLearner.AdaGrad);
        }

        FmLearner usual = Task == FmTask.Ranking ? FmLearner.AdaGrad : Order > 2 ? FmLearner.Sgd : FmLearner.Mcmc;
        return For(Task, isGiven("learner") ? Learner : usual);
    }

    public override ModelOptions FittedTo(int epochs, Func<string, bool> isGiven)
    {
        ArgumentNullException.ThrowIfNull(isGiven);
        return Learner != FmLearner.Mcmc || isGiven("burn-in") ? this : this with { BurnIn = MostBurnIn(BurnIn, epochs) };
    }

    public override string? WhyUnused(string name) => name switch
    {
        "learner" or "rank" or "order" or "regularization" or "initial-scale" when Degree != 0 => "a polynomial has weights alone, which plain steps learn",
        "task" or "order" or "degree" or "loss" or "insensitivity" or "burn-in" or "kept-samples" or "mean-rank" or "mean-error" or "likelihood-power" when IsBpr =>
            "it orders items by factors of users and items, by steps",
        "degree" or "loss" when Degree == 0 => "a polynomial has a degree of 1 or 2, and a machine has none",
        "insensitivity" when FmLosses.Of(this) != FmLoss.EpsilonInsensitive => "only poly-svm has such a loss, for regression",
        "learning-rate" or "learning-rate-decay" or JobSettings.Clocks or JobSettings.Consistency when Sweeps => $"--learner {LearnerName} takes no steps",
        "burn-in" or "kept-samples" or "mean-rank" or "mean-error" when Learner != FmLearner.Mcmc => $"--learner {LearnerName} does not sample",
        "likelihood-power" when Learner != FmLearner.Mcmc || Task != FmTask.Regression => "only mcmc for regression tempers its likelihood",
        "regularization" or "weight-regularization" when Learner == FmLearner.Mcmc => "--learner mcmc draws every lambda",
        JobSettings.Patience when Averages => "--learner mcmc averages its epochs",
        _ => base.WhyUnused(name),
    };

    protected override void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        bool isPolynomial = Degree != 0, isSampled = Learner == FmLearner.Mcmc;
        int mostFactors = isSampled ? MaximumSampledRank : MaximumRank;
        bool isPlain = Learner is FmLearner.Sgd or FmLearner.AdaGrad;
        check(Rank >= 0 && Rank <= mostFactors, "rank", $"0 to {mostFactors}", Rank, "32 is a good start, 0 is a linear model");
        check(Order == 2 || isPlain, "order", $"2 with --learner {LearnerName}", Order, "orders above 2 are learned by sgd and adagrad");
        check(
            Task != FmTask.Ranking || isPolynomial || isPlain,
            "task", $"regression or classification with --learner {LearnerName}", "ranking", "rank with sgd or adagrad");
        check(
            Loss == FmLoss.OfTask || Learner == FmLearner.Sgd,
            "learner", "sgd with a loss other than the task's own", LearnerName, "steps alone lower such a loss");
        check(
            Loss switch
            {
                FmLoss.Squared or FmLoss.EpsilonInsensitive => Task == FmTask.Regression || (isPolynomial && Task == FmTask.Ranking),
                FmLoss.Logistic or FmLoss.Hinge => Task == FmTask.Classification,
                _ => true,
            },
            "task", $"one that has the loss {Loss}", Task,
            "the squared and the epsilon-insensitive loss are of regression, the logistic and the hinge loss of classification");
        if (isSampled)
        {
            check(BurnIn >= 0 && BurnIn < epochs, "burn-in", $"0 to {epochs - 1}, fewer than the epochs", BurnIn, "a tenth of the epochs is plenty");
        }

        if (isPolynomial)
        {
            check(Degree is 1 or 2, "degree", "1 or 2", Degree, "1 is linear, 2 has a weight for every pair of features seen together");
            check(Learner == FmLearner.Sgd, "learner", $"sgd with {ModelKinds.PolySvm}", LearnerName, "leave it out");
            check(Rank == 0 && Order == 2, "rank", $"0 with {ModelKinds.PolySvm}, and order 2", Rank, "a polynomial has weights alone");
            check(Task != FmTask.Ranking, "task", $"regression or classification with {ModelKinds.PolySvm}", "ranking", $"train --model {ModelKinds.Fm}");
        }
    }

    /// <summary>The learner as typed.</summary>
    private string LearnerName => ModelDefinition.SettingsOf(typeof(FmOptions)).Single(setting => setting.Name == "learner").TextOf(this);
}
