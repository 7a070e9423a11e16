namespace DistRec.Data;

/// <summary>Generated ratings with what they were made from.</summary>
/// <param name="Data">The ratings.</param>
/// <param name="Planted">The parameters behind them, which know the error that no model can beat.</param>
/// <param name="Features">Side features; null where none were asked for.</param>
public sealed record SyntheticData(RatingData Data, PlantedRatings Planted, SyntheticFeatures? Features);
