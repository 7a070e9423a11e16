using DistRec.Models.Settings;

namespace DistRec.Models;

/// <summary>Names of the models as typed, and as <c>model.json</c> has them: never rename.</summary>
public static class ModelKinds
{
    public const string Baseline = "baseline";

    public const string Als = "als";

    public const string ImplicitAls = "als-implicit";

    public const string TopPopular = "top-popular";

    public const string ItemKnn = "item-knn";

    public const string Rp3beta = "rp3beta";

    public const string Ease = "ease";

    public const string Mf = "mf";

    public const string Nmf = "nmf";

    public const string Bpmf = "bpmf";

    public const string SvdPlusPlus = "svd++";

    public const string AsymmetricSvd = "asvd";

    public const string Nsvd = "nsvd";

    public const string Knn = "knn";

    public const string KnnInterpolated = "knn-interpolated";

    public const string Neighborhood = "neighborhood";

    public const string Integrated = "integrated";

    public const string NeuMf = "neumf-mf";

    public const string Mlp = "mlp";

    public const string Fm = "fm";

    public const string PolySvm = "poly-svm";

    public const string Bpr = "bpr";

    /// <summary>Whether a model learns from rows of features.</summary>
    public static bool HasFeatures(string kind) => ModelCatalogue.Find(kind)?.Defaults.HasFeatures ?? false;

    /// <summary>Whether a model learns preferences from interactions: its scores are preferences, of which 1 is an interaction's, and no ratings.</summary>
    public static bool IsImplicit(string kind) => ModelCatalogue.Find(kind)?.Defaults.IsImplicit ?? false;
}
