namespace DistRec.Models.Als;

/// <summary>What one row adds to the loss that ALS minimizes, at the row's exact solution.</summary>
/// <param name="SquaredError">Σ e², over the row's ratings.</param>
/// <param name="Penalty">λ n_uᵅ ‖p_u‖² + λ_b n_uᵅ b_u².</param>
public readonly record struct AlsRowLoss(double SquaredError, double Penalty);
