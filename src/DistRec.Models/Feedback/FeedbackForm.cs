namespace DistRec.Models.Feedback;

/// <summary>How a model describes a user by the items that the user gave feedback on: r̂_ui = μ + b_u + b_i + q_iᵀ(…).</summary>
public enum FeedbackForm
{
    /// <summary><c>svd++</c>: p_u + |N(u)|^-½ Σ_{j∈N(u)} y_j ([K08], equation 15).</summary>
    SvdPlusPlus,

    /// <summary><c>asvd</c>: |R(u)|^-½ Σ_{j∈R(u)} (r_uj − b_uj) x_j + |N(u)|^-½ Σ_{j∈N(u)} y_j ([K08], equation 13).</summary>
    Asymmetric,

    /// <summary><c>nsvd</c>: |R(u)|^-½ Σ_{j∈R(u)} x_j ([P07]).</summary>
    Nsvd,
}
