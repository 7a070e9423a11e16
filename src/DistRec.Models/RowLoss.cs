namespace DistRec.Models;

/// <summary>What one row adds to the loss that alternating solvers minimize, at the row's exact solution.</summary>
/// <param name="SquaredError">Σ e², over the row's ratings.</param>
/// <param name="Penalty">The row's own regularization terms.</param>
public readonly record struct RowLoss(double SquaredError, double Penalty);
