namespace DistRec.Models.FactorizationMachine;

/// <summary>What adaptive regularization learns λ from: training row r is followed by held-out row (<paramref name="First"/> + r) mod their number.</summary>
/// <param name="Rows">The held-out rows; features are indices of the rows of the parameters.</param>
/// <param name="GroupOf">Group of each feature, [features].</param>
/// <param name="First">Where among the held-out rows the first training row begins, at least 0.</param>
public sealed record FmHeldOut(FeatureRows Rows, int[] GroupOf, long First = 0);
