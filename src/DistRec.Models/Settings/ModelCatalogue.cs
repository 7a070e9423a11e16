using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.ItemWeights;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Models.Nmf;
using DistRec.Models.Popularity;

namespace DistRec.Models.Settings;

/// <summary>Every model there is. A model more is a folder with its options and its formulas, and a line here.</summary>
public static class ModelCatalogue
{
    /// <summary>All of them; the first is trained where nobody says.</summary>
    public static IReadOnlyList<ModelDefinition> All { get; private set; } =
    [
        new("Bayesian matrix factorization, by Gibbs sampling", new BpmfOptions()),
        new("matrix factorization with biases, by stochastic gradient descent", new MfOptions())
        {
            Aliases = ["svd", "funksvd", "biased-mf"],
        },
        new("matrix factorization with biases, by exact alternating least squares", new AlsOptions())
        {
            Aliases = ["als-wr"],
        },
        new(ModelKinds.ImplicitAls, "preferences from interactions without ratings, by weighted alternating least squares", ImplicitAlsOptions.Variants)
        {
            Aliases = ["ials", "implicit-als", "wals", "wrmf"],
        },
        new("weights between items that predict best who has one by who has the others, in closed form", new EaseOptions())
        {
            Aliases = ["easer"],
        },
        new("random walks of three steps from a user's items, against popularity", new Rp3betaOptions())
        {
            Aliases = ["rp3b"],
        },
        new("items that the same users have as those of the user", new ItemKnnOptions())
        {
            Aliases = ["itemknn", "item-item-implicit"],
        },
        new("the items that most users have", new TopPopularOptions())
        {
            Aliases = ["toppop", "popular", "most-popular"],
        },
        new("factors that are nowhere negative, by coordinate descent", new NmfOptions())
        {
            Aliases = ["nnmf"],
        },
        new("mf with what each user has rated as implicit feedback", FeedbackOptions.For(FeedbackForm.SvdPlusPlus))
        {
            Aliases = ["svdpp", "svd-plus-plus", "svdplusplus"],
        },
        new("users described by the items that they rated alone", FeedbackOptions.For(FeedbackForm.Asymmetric))
        {
            Aliases = ["asymmetric-svd", "asysvd"],
        },
        new("users as sums over the items that they rated", FeedbackOptions.For(FeedbackForm.Nsvd)),
        new("weights of the items that are most like one, learned for all users together", FeedbackOptions.For(FeedbackForm.Neighborhood)),
        new("svd++ with what the items most like one add", FeedbackOptions.For(FeedbackForm.Integrated)),
        new("the user's ratings of the items that are most like one", new KnnOptions())
        {
            Aliases = ["item-item", "knn-baseline", "knnbaseline", "cor-ngbr"],
        },
        new("the same with weights that fit each user's rated items together", new KnnOptions { Form = NeighborForm.Interpolation })
        {
            Aliases = ["wgt-ngbr"],
        },
        new("matrix factorization in mini-batches, with all embeddings regularized", NeuralOptions.For(NeuralForm.MatrixFactorization))
        {
            Aliases = ["gmf"],
        },
        new("dense layers over embeddings of the user and the item", NeuralOptions.For(NeuralForm.Perceptron))
        {
            Aliases = ["neumf-mlp"],
        },
        new(ModelKinds.Fm, "factorization machine over features of users, items and ratings", FmOptions.Variants)
        {
            Aliases = ["libfm", "factorization-machine"],
        },
        new("factors of users and items that put what a user has before what it has not, by pairs", FmOptions.ForBpr())
        {
            Aliases = ["bpr-mf", "bprmf"],
        },
        new("linear model over features and pairs of them, with the loss of support vectors", FmOptions.ForPolynomial(FmTask.Regression)),
        new("the mean and a damped bias of each user and item", new BaselineOptions())
        {
            Aliases = ["bias", "biases", "baseline-only", "baselineonly"],
        },
    ];

    /// <summary>A model by its name as typed; null for none.</summary>
    public static ModelDefinition? Find(string name) => All.FirstOrDefault(model => model.Name == name);

    /// <summary>A model by what a person typed: its name or what others call it, in any case; null for none.</summary>
    public static ModelDefinition? FindTyped(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return All.FirstOrDefault(model => model.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? All.FirstOrDefault(model => model.Aliases.Contains(text, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>A model by its name as typed.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static ModelDefinition Get(string name) =>
        Find(name) ?? throw new ArgumentException($"expected one of {string.Join(", ", All.Select(model => model.Name))}, found {name}", nameof(name));

    /// <summary>Adds a model for the rest of the process, as tests do that show how one is made.</summary>
    internal static void Add(ModelDefinition model) => All = [.. All, model];
}
