namespace DistRec.Data;

/// <summary>Rows on the features of a model.</summary>
/// <param name="Rows">The rows, one relation block, in the order of the file; targets as the file has them.</param>
/// <param name="UnknownFeatures">How many numbers the model has no feature for.</param>
/// <param name="UnknownValues">How many values of rows were left out with them.</param>
public sealed record KnownRows(FeatureRows Rows, int UnknownFeatures, long UnknownValues);
