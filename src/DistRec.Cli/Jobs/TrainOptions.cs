using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;

namespace DistRec.Cli.Jobs;

/// <summary>The options of <c>train</c>, and which models each applies to. Defaults of a model's own settings are those of its options class.</summary>
internal static class TrainOptions
{
    private static readonly AlsOptions Als = new();
    private static readonly MfOptions Mf = new();
    private static readonly ImplicitAlsOptions Implicit = new();
    private static readonly NmfOptions Nmf = new();
    private static readonly BpmfOptions Bpmf = new();
    private static readonly BaselineOptions Baseline = new();
    private static readonly FeedbackOptions SvdPlusPlus = FeedbackOptions.For(FeedbackForm.SvdPlusPlus);
    private static readonly FeedbackOptions Asymmetric = FeedbackOptions.For(FeedbackForm.Asymmetric);
    private static readonly FeedbackOptions Nsvd = FeedbackOptions.For(FeedbackForm.Nsvd);
    private static readonly string[] FeedbackModels = ["svd++", "asvd", "nsvd"];
    private static readonly string[] FeatureModels = ["fm", "poly-svm"];
    private static readonly string[] BiasModels = ["mf", .. FeedbackModels];
    private static readonly string[] PushingModels = [.. FeedbackModels, .. FeatureModels];
    private static readonly string[] DescendingModels = ["mf", .. PushingModels];
    private static readonly string[] FactorModels = ["als", "mf", "als-implicit", "nmf", "bpmf", .. FeedbackModels, "fm"];
    private static readonly string[] RegularizedModels = ["als", "mf", "als-implicit", "nmf", .. FeedbackModels, "fm"];
    private static readonly string[] RatingModels = ["als", "mf", "nmf", "bpmf", .. PushingModels, "baseline"];
    private static readonly string[] StoppingModels = ["als", "mf", "nmf", .. PushingModels, "baseline"];
    private static readonly FmOptions Sgd = FmOptions.For(FmTask.Regression, FmLearner.Sgd);
    private static readonly FmOptions Sampled = FmOptions.For(FmTask.Regression, FmLearner.Mcmc);
    private static readonly FmOptions Polynomial = FmOptions.ForPolynomial(FmTask.Regression);

    /// <summary>Options that a job file cannot have.</summary>
    private static readonly string[] CommandLineOnly = ["job", "json", "quiet", "serve", .. ActivationOptions.All.Select(option => option.Name)];

    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("data", "PATH|NAME", "Ratings: a file or folder, or a data set's name as \"distrec data download\" lists them"),
        new("events", "PLACE", "Ratings that users gave a server since: its --data-dir or --database, or a file of events; they follow those of --data [none]"),
        new("events-until", "N", "Number of the last event that counts, so that a job can be repeated [the newest]"),
        new("train", "PATH", "Training ratings, where the test ratings are a file of their own"),
        new("test", "PATH", "Test ratings, together with --train"),
        new("ratings", "N", $"Without --data and --train: how many ratings to generate [{GeneratedDefaults.Ratings}]"),
        new("users", "N", $"Users to generate [{GeneratedDefaults.Users}]"),
        new("items", "N", $"Items to generate [{GeneratedDefaults.Items}]"),
        new("model", "MODEL", "baseline, als, als-implicit, nmf, bpmf, mf, svd++, asvd, nsvd, fm or poly-svm [mf]"),
        new("rank", "N", $"Number of factors [als {Als.Rank}, mf {Mf.Rank}, als-implicit {Implicit.Rank}, nmf {Nmf.Rank}, bpmf {Bpmf.Rank}, {Feedbacks(options => options.Rank)}, fm {Sgd.Rank}]") { Models = FactorModels },
        new("epochs", "N", $"Epochs at most [{EpochDefaults.Describe()}]"),
        new("regularization", "X", $"Lambda of the factors [als {Als.Regularization}, mf {Mf.Regularization}, als-implicit {Implicit.Regularization}, nmf {Nmf.Regularization}, {Feedbacks(options => options.Regularization)}, fm {Sgd.Regularization}]") { Models = RegularizedModels },
        new("task", "TASK", "What is predicted: regression (the rating), classification (the probability of 1) or ranking (an order of items, from pairs) [regression]") { Models = FeatureModels },
        new("learner", "HOW", "sgd, adagrad, sgda (which learns its lambdas from the validation rows), als, or mcmc, which needs no settings [mcmc; adagrad for ranking, sgd for higher orders]") { Models = ["fm"] },
        new("order", "N", "Interactions of up to so many features, 2 to 5 [2]") { Models = ["fm"] },
        new("degree", "N", "1: a weight for every feature; 2: also for every pair of features seen together [2]") { Models = ["poly-svm"] },
        new("insensitivity", "X", $"Errors up to it cost nothing in regression [poly-svm {Polynomial.Insensitivity}]") { Models = ["poly-svm"] },
        new("features", "NAMES", "What a rating is described by: user, item, other-items, implicit-items, time, last-item, gender, age, occupation, zip1, zip2, genre, year, and columns of the files [user,item]") { Models = FeatureModels },
        new("user-features", "FILE", "What is said of users, a line each [what lies beside the ratings]") { Models = FeatureModels },
        new("item-features", "FILE", "What is said of items, a line each [what lies beside the ratings]") { Models = FeatureModels },
        new("hash-bits", "N", "Hash features into 2^N buckets, 10 to 28 [an index a feature]") { Models = FeatureModels },
        new("positive-from", "X", "Least rating that counts as 1 in classification") { Models = FeatureModels },
        new("weight-regularization", "X", $"Lambda of single features' weights [fm {Sgd.WeightRegularization}, poly-svm {Polynomial.WeightRegularization}]") { Models = FeatureModels },
        new("kept-samples", "N", $"How many samples mcmc keeps: predictions are the mean over them [fm {Sampled.KeptSamples}]") { Models = ["fm"] },
        new("bias-regularization", "X", $"Lambda of the biases [als {Als.BiasRegularization}, mf {Mf.BiasRegularization}, {Feedbacks(options => options.BiasRegularization)}]") { Models = ["als", .. BiasModels] },
        new("regularization-exponent", "X", $"How a row's lambda grows with its ratings: 1 weighted-lambda, 0 the same for all [als {Als.RegularizationExponent}, als-implicit {Implicit.RegularizationExponent}, nmf {Nmf.RegularizationExponent}]") { Models = ["als", "als-implicit", "nmf"] },
        new("confidence", "HOW", "alpha: an interaction's confidence is 1 + alpha x rating; given: it is the rating [alpha]") { Models = ["als-implicit"] },
        new("alpha", "X", $"How much a rating adds to the confidence of 1 that no interaction has [als-implicit {Implicit.Alpha}]") { Models = ["als-implicit"] },
        new("method", "HOW", "How a row is solved: exact, cg (conjugate gradients) or blocks (of factors) [exact]") { Models = ["als-implicit"] },
        new("steps", "N", $"Steps of conjugate gradients for a row [als-implicit {Implicit.Steps}]") { Models = ["als-implicit"] },
        new("sweeps", "N", $"Passes of coordinate descent over a row's factors [nmf {Nmf.Sweeps}]") { Models = ["nmf"] },
        new("precision", "X", $"1 over the variance of a rating around its prediction [bpmf {Bpmf.Precision}]") { Models = ["bpmf"] },
        new("burn-in", "N", $"Epochs that are drawn but not averaged [bpmf {Bpmf.BurnIn}, fm {Sampled.BurnIn}]") { Models = ["bpmf", "fm"] },
        new("prior-strength", "X", $"How many rows at zero the prior of a side's mean counts as [bpmf {Bpmf.PriorStrength}]") { Models = ["bpmf"] },
        new("block-size", "N", $"Factors in a block [als-implicit {Implicit.BlockSize}]") { Models = ["als-implicit"] },
        new("no-biases", null, "Factors alone, without user and item biases") { Models = ["als", "mf"] },
        new("learning-rate", "X", $"Step of the first epoch [mf {Mf.LearningRate}, {Feedbacks(options => options.LearningRate)}, fm {Sgd.LearningRate}, poly-svm {Polynomial.LearningRate}]") { Models = DescendingModels },
        new("bias-learning-rate", "X", $"Step of the biases in the first epoch [{Feedbacks(options => options.BiasLearningRate)}]") { Models = FeedbackModels },
        new("feedback-learning-rate", "X", $"Step of x and y in the first epoch [{Feedbacks(options => options.FeedbackLearningRate)}]") { Models = FeedbackModels },
        new("feedback-regularization", "X", $"Lambda of x and y [{Feedbacks(options => options.FeedbackRegularization)}]") { Models = FeedbackModels },
        new("implicit", "WHAT", "What counts as feedback: the pairs of train alone, or all, those of validation and test too, without their ratings [train]") { Models = ["svd++", "asvd"] },
        new("implicit-file", "FILE", "Count as feedback the user,item pairs of this file too, ratings or none") { Models = ["svd++", "asvd"] },
        new("clocks", "N", $"How often in an epoch workers pull tables and push changes [{new DistRec.Training.Jobs.TrainingSettings().Clocks}]") { Models = PushingModels },
        new("learning-rate-decay", "X", $"What the step is multiplied with after every epoch [mf {Mf.LearningRateDecay}, {Feedbacks(options => options.LearningRateDecay)}, fm {Sgd.LearningRateDecay}, poly-svm {Polynomial.LearningRateDecay}]") { Models = DescendingModels },
        new("initial-scale", "X", $"Standard deviation of the initial factors times the root of the rank [als {Als.InitialScale}, mf {Mf.InitialScale}, als-implicit {Implicit.InitialScale}, nmf {Nmf.InitialScale}, bpmf {Bpmf.InitialScale}, {Feedbacks(options => options.InitialScale)}; fm, not times it, {Sgd.InitialScale}]") { Models = FactorModels },
        new("user-regularization", "X", $"Lambda of user biases [baseline {Baseline.UserRegularization}]") { Models = ["baseline"] },
        new("item-regularization", "X", $"Lambda of item biases [baseline {Baseline.ItemRegularization}]") { Models = ["baseline"] },
        new("test-ratio", "X", $"Share of the ratings kept for the test [{SplitDefaults.TestRatio}]"),
        new("validation-ratio", "X", $"Share of the other ratings that epochs are judged by; 0 for none [{SplitDefaults.ValidationRatio}, 0 for bpmf, for fm by mcmc and for ranking]") { Models = RatingModels },
        new("split", "HOW", "random, per-user-last (each user's last rating is the test) or time (the latest are) [random]"),
        new("fold", "F/K", "Test on part F of K random parts, 1/5 to 5/5 for instance, instead of --split"),
        new("columns", "NAMES", "What the columns are, such as user,item,rating,timestamp; - skips one [found out]"),
        new("duplicates", "HOW", "Of several ratings of a pair take the last, first or mean, or treat them as an error [last]"),
        new("min-rating", "X", "Refuse ratings below"),
        new("max-rating", "X", "Refuse ratings above"),
        new("seed", "N", $"Keys every random draw, of the split and of the model [{Mf.Seed}]"),
        new("partitions", "N", "Partitions of each side [as many as threads]"),
        new("threads", "N", "Threads for arithmetic [as many as cores]"),
        new("consistency", "HOW", "How far workers may drift apart within an epoch: bsp, ssp:s or asp [bsp]") { Models = DescendingModels },
        new("patience", "N", $"Epochs without a better validation RMSE before training stops; 0 never stops early [{EpochDefaults.DescribePatience()}]") { Models = StoppingModels },
        new("checkpoint-every", "N", "Epochs between checkpoints; 0 only when stopped [0]"),
        new("out", "DIR", "Folder of the model; journal and checkpoints go to DIR.work [runs/MODEL-DATA]"),
        new("resume", null, "Go on from the newest checkpoint"),
        new("job", "FILE", "Read options from a YAML file, its keys named as here; options given here win"),
        new("serve", null, "Then answer with the model over HTTP until stopped, as distrec serve does"),
        .. ActivationOptions.All,
        new("json", null, "Print exactly one JSON object"),
        new("quiet", null, "No progress"),
    ];

    private static string Feedbacks(Func<FeedbackOptions, float> of) =>
        $"svd++ {of(SvdPlusPlus)}, asvd {of(Asymmetric)}, nsvd {of(Nsvd)}";

    /// <summary>Options that name files, relative to the folder in which they are typed.</summary>
    private static readonly string[] Paths = ["data", "train", "test", "events", "implicit-file", "user-features", "item-features"];

    /// <summary>The options of a job as they are kept to be read again elsewhere, without those of the command that gave them.</summary>
    public static IReadOnlyDictionary<string, string> Kept(GivenOptions given) => given.Values
        .Where(option => option.Key != "resume" && !SubmitOptions.OfTheCommand.Contains(option.Key))
        .ToDictionary(
            option => option.Key,
            option => given.Root is null && Paths.Contains(option.Key) && Path.Exists(option.Value.Text) ? Path.GetFullPath(option.Value.Text) : option.Value.Text,
            StringComparer.Ordinal);

    /// <summary>What a job file's keys may be.</summary>
    public static IReadOnlyList<string> JobFileKeys { get; } = [.. All.Select(option => option.Name).Except(CommandLineOnly)];
}
