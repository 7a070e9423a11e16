namespace DistRec.Cli.Jobs;

/// <summary>Reads the settings of <c>fm</c> and <c>poly-svm</c>; which there are hangs on how they learn.</summary>
internal static class FmSettingsReader
{
    private static readonly string[] OfDescent = ["learning-rate", "learning-rate-decay", "clocks", "consistency"];
    private static readonly string[] OfSampling = ["burn-in", "kept-samples"];
    private static readonly string[] OfRegularization = ["regularization", "weight-regularization"];

    public static FmOptions Read(GivenOptions given, string model, ulong seed)
    {
        FmTask task = given.OneOf(
            "task", "regression is the default", ("regression", FmTask.Regression), ("classification", FmTask.Classification), ("ranking", FmTask.Ranking));
        if (model == ModelKinds.PolySvm)
        {
            return ReadPolynomial(given, task, seed);
        }

        int order = given.AnyInteger("order", 2);
        FmLearner learner = ReadLearner(given, task, order);
        FmOptions defaults = FmOptions.For(task, learner);
        bool isSampled = learner == FmLearner.Mcmc;
        Refuse(given, OfDescent, defaults.Sweeps, $"--learner {SettingsCheck.NameOf(learner)} takes no steps");
        Refuse(given, OfSampling, !isSampled, $"--learner {SettingsCheck.NameOf(learner)} does not sample");
        Refuse(given, OfRegularization, isSampled, "--learner mcmc draws every lambda");
        Refuse(given, ["patience"], isSampled, "--learner mcmc averages its epochs");

        // An option of the other model is refused already, and not to be refused again for what it would lead to.
        return SettingsFill.Read(given, defaults, seed) with { Degree = defaults.Degree };
    }

    /// <summary>How a job learns where nothing else is said: by sampling, which needs no settings, wherever it can.</summary>
    private static FmLearner DefaultLearner(FmTask task, int order) =>
        task == FmTask.Ranking ? FmLearner.AdaGrad : order > 2 ? FmLearner.Sgd : FmLearner.Mcmc;

    private static FmLearner ReadLearner(GivenOptions given, FmTask task, int order)
    {
        FmLearner fallback = DefaultLearner(task, order);
        if (!given.Has("learner"))
        {
            return fallback;
        }

        FmLearner[] all = [fallback, .. Enum.GetValues<FmLearner>().Where(learner => learner != fallback)];
        return given.OneOf("learner", "mcmc needs no settings", [.. all.Select(learner => (SettingsCheck.NameOf(learner), learner))]);
    }

    private static FmOptions ReadPolynomial(GivenOptions given, FmTask task, ulong seed)
    {
        if (task == FmTask.Ranking)
        {
            given.Mistakes.Add(given.PlaceOf("task"), "regression or classification with poly-svm", "ranking", "train --model fm");
            task = FmTask.Regression;
        }

        FmOptions defaults = FmOptions.ForPolynomial(task);
        return SettingsFill.Read(given, defaults, seed) with { Rank = defaults.Rank, Order = defaults.Order };
    }

    private static void Refuse(GivenOptions given, IReadOnlyList<string> names, bool isRefused, string reason)
    {
        if (isRefused)
        {
            given.Refuse(names, $"nothing, since {reason}", "leave it out");
        }
    }
}
