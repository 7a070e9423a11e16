namespace DistRec.Models;

/// <summary>Names of the models as typed, and as <c>model.json</c> has them: never rename.</summary>
public static class ModelKinds
{
    public const string Baseline = "baseline";

    public const string Als = "als";

    public const string ImplicitAls = "als-implicit";

    public const string Mf = "mf";

    public const string Nmf = "nmf";

    public const string Bpmf = "bpmf";

    public const string SvdPlusPlus = "svd++";

    public const string AsymmetricSvd = "asvd";

    public const string Nsvd = "nsvd";

    public const string Fm = "fm";

    public const string PolySvm = "poly-svm";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Mf, Als, ImplicitAls, Nmf, Bpmf, SvdPlusPlus, AsymmetricSvd, Nsvd, Fm, PolySvm, Baseline];

    /// <summary>Whether a model learns from rows of features.</summary>
    public static bool HasFeatures(string kind) => kind is Fm or PolySvm;

    /// <summary>Whether a model learns preferences from interactions: its scores are preferences, of which 1 is an interaction's, and no ratings.</summary>
    public static bool IsImplicit(string kind) => kind == ImplicitAls;

    /// <summary>Whether a model's predictions begin from μ.</summary>
    public static bool HasMean(string kind) => !IsImplicit(kind) && kind != Nmf;
}
