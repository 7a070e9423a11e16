using DistRec.Models.FactorizationMachine;

namespace DistRec.Training.Jobs;

/// <summary>The ranges of all training settings, by the names a person types.</summary>
public static class SettingsCheck
{
    /// <summary>Most factors a model may have.</summary>
    public const int MaximumRank = 1024;

    /// <summary>Most factors of <c>bpmf</c>, whose rows carry averages as well.</summary>
    public const int MaximumSampledRank = 512;

    /// <summary>A learner as typed.</summary>
    public static string NameOf(FmLearner learner) => learner switch
    {
        FmLearner.AdaGrad => "adagrad",
        FmLearner.AdaptiveSgd => "sgda",
        FmLearner.Als => "als",
        FmLearner.Mcmc => "mcmc",
        _ => "sgd",
    };

    /// <summary>Every mistake in the settings, a line each; empty where there is none.</summary>
    public static IReadOnlyList<string> Errors(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        List<string> errors = [];
        int models = new object?[] { settings.Baseline, settings.Als, settings.Mf, settings.ImplicitAls, settings.Nmf, settings.Bpmf, settings.Feedback, settings.Fm }.Count(model => model is not null);
        Check(models == 1, "--model", $"exactly one of {string.Join(", ", ModelKinds.All)}", $"{models}", "name one");
        Check(settings.Epochs >= 1, "--epochs", "at least 1", settings.Epochs, "20 is a good start");
        Check(settings.Patience >= 0, "--patience", "at least 0", settings.Patience, "0 turns early stopping off");
        Check(settings.Partitions is >= 1 and <= 4096, "--partitions", "1 to 4096", settings.Partitions, "one a thread is a good start");
        Check(settings.Threads is >= 1 and <= 1024, "--threads", "1 to 1024", settings.Threads, "give the number of cores");
        Check(settings.CheckpointEvery >= 0, "--checkpoint-every", "at least 0", settings.CheckpointEvery, "0 checkpoints only when stopped");
        if (settings.Baseline is { } baseline)
        {
            CheckNonNegative("--user-regularization", baseline.UserRegularization);
            CheckNonNegative("--item-regularization", baseline.ItemRegularization);
        }

        if (settings.Als is { } als)
        {
            CheckRank(als.Rank);
            CheckNonNegative("--regularization", als.Regularization);
            CheckNonNegative("--bias-regularization", als.BiasRegularization);
            CheckExponent(als.RegularizationExponent);
            CheckPositive("--initial-scale", als.InitialScale);
        }

        if (settings.Mf is { } mf)
        {
            CheckRank(mf.Rank);
            CheckPositive("--learning-rate", mf.LearningRate);
            Check(mf.LearningRateDecay is > 0 and <= 1, "--learning-rate-decay", "above 0, at most 1", mf.LearningRateDecay, "1 keeps the rate");
            CheckNonNegative("--regularization", mf.Regularization);
            CheckNonNegative("--bias-regularization", mf.BiasRegularization);
            CheckPositive("--initial-scale", mf.InitialScale);
        }

        if (settings.Feedback is { } feedback)
        {
            CheckRank(feedback.Rank);
            CheckPositive("--learning-rate", feedback.LearningRate);
            CheckPositive("--bias-learning-rate", feedback.BiasLearningRate);
            CheckPositive("--feedback-learning-rate", feedback.FeedbackLearningRate);
            Check(feedback.LearningRateDecay is > 0 and <= 1, "--learning-rate-decay", "above 0, at most 1", feedback.LearningRateDecay, "1 keeps the rate");
            CheckNonNegative("--regularization", feedback.Regularization);
            CheckNonNegative("--bias-regularization", feedback.BiasRegularization);
            CheckNonNegative("--feedback-regularization", feedback.FeedbackRegularization);
            CheckPositive("--initial-scale", feedback.InitialScale);
            Check(settings.Clocks is >= 1 and <= 1024, "--clocks", "1 to 1024", settings.Clocks, "16 is a good start");
        }

        if (settings.Fm is { } fm)
        {
            CheckFm(fm);
        }

        if (settings.ImplicitAls is { } implicitAls)
        {
            CheckRank(implicitAls.Rank);
            CheckNonNegative("--regularization", implicitAls.Regularization);
            CheckExponent(implicitAls.RegularizationExponent);
            CheckPositive("--alpha", implicitAls.Alpha);
            Check(implicitAls.Steps is >= 1 and <= 100, "--steps", "1 to 100", implicitAls.Steps, "3 is what alternation needs");
            Check(implicitAls.BlockSize is >= 1 and <= MaximumRank, "--block-size", $"1 to {MaximumRank}", implicitAls.BlockSize, "32 is a good start");
            CheckPositive("--initial-scale", implicitAls.InitialScale);
        }

        if (settings.Nmf is { } nmf)
        {
            CheckRank(nmf.Rank);
            CheckNonNegative("--regularization", nmf.Regularization);
            CheckExponent(nmf.RegularizationExponent);
            Check(nmf.Sweeps is >= 1 and <= 1000, "--sweeps", "1 to 1000", nmf.Sweeps, "4 is what alternation needs");
            CheckPositive("--initial-scale", nmf.InitialScale);
        }

        if (settings.Bpmf is { } bpmf)
        {
            Check(bpmf.Rank is >= 1 and <= MaximumSampledRank, "--rank", $"1 to {MaximumSampledRank}", bpmf.Rank, "32 is a good start");
            CheckPositive("--precision", bpmf.Precision);
            Check(bpmf.BurnIn >= 0 && bpmf.BurnIn < settings.Epochs, "--burn-in", $"0 to {settings.Epochs - 1}, fewer than the epochs", bpmf.BurnIn, "a third of the epochs is plenty");
            CheckPositive("--prior-strength", bpmf.PriorStrength);
            CheckPositive("--initial-scale", bpmf.InitialScale);
        }

        return errors;

        void CheckFm(FmOptions fm)
        {
            bool isSampled = fm.Learner == FmLearner.Mcmc;
            int mostFactors = isSampled ? MaximumSampledRank : MaximumRank;
            Check(fm.Rank >= 0 && fm.Rank <= mostFactors, "--rank", $"0 to {mostFactors}", fm.Rank, "32 is a good start, 0 is a linear model");
            Check(fm.Order is >= 2 and <= 5, "--order", "2 to 5", fm.Order, "2 is a good start");
            Check(fm.Order == 2 || fm.Learner is FmLearner.Sgd or FmLearner.AdaGrad, "--order", $"2 with --learner {NameOf(fm.Learner)}", fm.Order, "orders above 2 are learned by sgd and adagrad");
            Check(fm.Task != FmTask.Ranking || fm.Learner is FmLearner.Sgd or FmLearner.AdaGrad, "--task", $"regression or classification with --learner {NameOf(fm.Learner)}", "ranking", "rank with sgd or adagrad");
            Check(fm.Loss == FmLoss.OfTask || fm.Learner == FmLearner.Sgd, "--learner", "sgd with a loss other than the task's own", NameOf(fm.Learner), "steps alone lower such a loss");
            Check(
                fm.Loss switch
                {
                    FmLoss.Squared or FmLoss.EpsilonInsensitive => fm.Task == FmTask.Regression,
                    FmLoss.Logistic or FmLoss.Hinge => fm.Task == FmTask.Classification,
                    _ => true,
                },
                "--task", $"one that has the loss {fm.Loss}", fm.Task, "the squared and the epsilon-insensitive loss are of regression, the logistic and the hinge loss of classification");
            CheckNonNegative("--insensitivity", fm.Insensitivity);
            CheckPolynomial(fm);
            CheckNonNegative("--regularization", fm.Regularization);
            CheckNonNegative("--weight-regularization", fm.WeightRegularization);
            CheckPositive("--initial-scale", fm.InitialScale);
            Check(!fm.Sweeps || settings.Consistency.IsFixedOrder, "--consistency", $"bsp with --learner {NameOf(fm.Learner)}", "another", "sums of all workers are needed before any goes on");
            if (!fm.Sweeps)
            {
                CheckPositive("--learning-rate", fm.LearningRate);
                Check(fm.LearningRateDecay is > 0 and <= 1, "--learning-rate-decay", "above 0, at most 1", fm.LearningRateDecay, "1 keeps the rate");
                Check(settings.Clocks is >= 1 and <= 1024, "--clocks", "1 to 1024", settings.Clocks, "16 is a good start");
            }

            if (isSampled)
            {
                Check(fm.BurnIn >= 0 && fm.BurnIn < settings.Epochs, "--burn-in", $"0 to {settings.Epochs - 1}, fewer than the epochs", fm.BurnIn, "a tenth of the epochs is plenty");
                Check(fm.KeptSamples is >= 1 and <= 256, "--kept-samples", "1 to 256", fm.KeptSamples, "8 is a good start");
            }
        }

        void CheckPolynomial(FmOptions fm)
        {
            Check(fm.Degree is >= 0 and <= 2, "--degree", "1 or 2", fm.Degree, "1 is linear, 2 has a weight for every pair of features seen together");
            if (fm.Degree > 0)
            {
                Check(fm.Learner == FmLearner.Sgd, "--learner", $"sgd with {ModelKinds.PolySvm}", NameOf(fm.Learner), "leave it out");
                Check(fm.Rank == 0 && fm.Order == 2, "--rank", $"0 with {ModelKinds.PolySvm}, and order 2", fm.Rank, "a polynomial has weights alone");
                Check(fm.Task != FmTask.Ranking, "--task", $"regression or classification with {ModelKinds.PolySvm}", "ranking", $"train --model {ModelKinds.Fm}");
            }
        }

        void CheckExponent(float exponent) =>
            Check(exponent is >= 0 and <= 1, "--regularization-exponent", "0 to 1", exponent, "1 is weighted-λ, 0 the same λ for every row");

        void CheckRank(int rank) => Check(rank is >= 1 and <= MaximumRank, "--rank", $"1 to {MaximumRank}", rank, "64 is a good start");

        void CheckNonNegative(string name, float value) =>
            Check(float.IsFinite(value) && value >= 0, name, "a finite number of at least 0", value, "leave it out for the default");

        void CheckPositive(string name, float value) =>
            Check(float.IsFinite(value) && value > 0, name, "a finite number above 0", value, "leave it out for the default");

        void Check(bool holds, string name, string expected, object found, string advice)
        {
            if (!holds)
            {
                errors.Add($"{name}: expected {expected}, found {found}; {advice}");
            }
        }
    }
}
