using System.Globalization;

namespace DistRec.Models;

/// <summary>What a model's tables are called on disk and in messages. Part of the format: never rename.</summary>
public static class TableNames
{
    /// <summary>p_u, F32 [users, rank].</summary>
    public const string UserFactors = "userFactors";

    /// <summary>q_i, F32 [items, rank].</summary>
    public const string ItemFactors = "itemFactors";

    /// <summary>x_j of <c>asvd</c> and <c>nsvd</c>, F32 [items, rank].</summary>
    public const string ExplicitItemFactors = "explicitItemFactors";

    /// <summary>y_j of <c>svd++</c> and <c>asvd</c>, F32 [items, rank].</summary>
    public const string ImplicitItemFactors = "implicitItemFactors";

    /// <summary>Items like each one, most alike first, I32 [items, length]; −1 where there are no more.</summary>
    public const string NeighborItems = "neighborItems";

    /// <summary>s_ij of <c>knn</c>, w_ij of <c>neighborhood</c> and <c>integrated</c>, in the order of <see cref="NeighborItems"/>, F32 [items, length].</summary>
    public const string NeighborWeights = "neighborWeights";

    /// <summary>c_ij of <c>neighborhood</c> and <c>integrated</c>, likewise.</summary>
    public const string ImplicitNeighborWeights = "implicitNeighborWeights";

    /// <summary>a_ij of <c>knn-interpolated</c>, likewise.</summary>
    public const string NeighborProducts = "neighborProducts";

    /// <summary>a_ii of <c>knn-interpolated</c>, and the mean of all products, F32 [items, 2].</summary>
    public const string OwnProducts = "ownProducts";

    /// <summary>W of a layer of <c>mlp</c>, counted from 1: F32 [inputs, outputs].</summary>
    public static string LayerWeights(int layer) => string.Create(CultureInfo.InvariantCulture, $"layerWeights{layer + 1}");

    /// <summary>c of a layer of <c>mlp</c>, F32 [1, outputs].</summary>
    public static string LayerBiases(int layer) => string.Create(CultureInfo.InvariantCulture, $"layerBiases{layer + 1}");

    /// <summary>v of <c>fm</c>, or samples of v and w, F32 [features + 1, width]; the last row is the intercept's.</summary>
    public const string FeatureFactors = "featureFactors";

    /// <summary>w of <c>fm</c> and <c>poly-svm</c>, F32 [features + 1], w₀ last.</summary>
    public const string FeatureWeights = "featureWeights";

    /// <summary>b_u, F32 [users].</summary>
    public const string UserBiases = "userBiases";

    /// <summary>b_i, F32 [items].</summary>
    public const string ItemBiases = "itemBiases";

    /// <summary>Posterior variances of p_u, F32 [users, rank].</summary>
    public const string UserVariances = "userVariances";

    /// <summary>Posterior variances of q_i, F32 [items, rank].</summary>
    public const string ItemVariances = "itemVariances";

    /// <summary>1/α, F32 [1].</summary>
    public const string NoiseVariance = "noiseVariance";

    /// <summary>μ, F32 [1].</summary>
    public const string GlobalMean = "globalMean";

    /// <summary>s, F32 [1]; 1 where a file has none.</summary>
    public const string RatingUnit = "ratingUnit";

    /// <summary>Lowest and highest rating, F32 [2].</summary>
    public const string RatingScale = "ratingScale";
}
