using DistRec.Models.Settings;

namespace DistRec.Models.Neighborhood;

/// <summary>What makes two items alike, ρ_ij, over the users who rated both.</summary>
public enum SimilarityKind
{
    /// <summary>Correlation of what ratings are off their baselines: Σ (r_ui − b_ui)(r_uj − b_uj) / √(Σ (r_ui − b_ui)² Σ (r_uj − b_uj)²) (Koren, TKDD 2010, section 2.2).</summary>
    [Word("pearson-baseline")]
    PearsonBaseline,

    /// <summary>Pearson's correlation, each item's ratings taken from their mean over these users.</summary>
    [Word("pearson")]
    Pearson,

    /// <summary>Cosine of ratings taken from their user's mean (Sarwar et al., WWW 2001, equation 3).</summary>
    [Word("cosine")]
    Cosine,
}
