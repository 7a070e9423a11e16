namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// The parameters as training holds them, a row a feature, and after the features' rows one for the intercept, whose weight is w₀,
/// and with adaptive regularization one a group, whose weight and factors are the λ of the group's w and v.
/// </summary>
/// <param name="Factors">[rows, <see cref="FmShape.Width"/>]; where v and the learner's state lie in a row is told by <see cref="FmShape"/>.</param>
/// <param name="Weights">w, [rows].</param>
/// <param name="Features">Number of features; the intercept's row comes next.</param>
public sealed record FmParameters(FactorTable Factors, float[] Weights, int Features);
