namespace DistRec.Data;

/// <summary>A learning problem of features and targets, parted; all parts share one list of blocks.</summary>
/// <param name="Space">What the features are.</param>
/// <param name="Train">What models learn from. Rows of one user are neighbours where there are users.</param>
/// <param name="Validation">What epochs are judged by; null for none.</param>
/// <param name="Test">What nothing but the final figures sees; null for none.</param>
public sealed record FeatureData(FeatureSpace Space, FeatureRows Train, FeatureRows? Validation, FeatureRows? Test)
{
    /// <summary>For each block of <see cref="RelationEntity.Context"/> the row that is each user's present one when questions are answered,
    /// [blocks][users]; null for other blocks.</summary>
    public IReadOnlyList<int[]?> Present { get; init; } = [];

    /// <summary>
    /// What each group's features are called by their place in the group, ids too, which <see cref="FeatureGroup.Names"/> leaves out; empty where nobody knows.
    /// </summary>
    public IReadOnlyList<Func<int, string>> Labels { get; init; } = [];

    /// <summary>Where runs of training rows begin within which an entity of <see cref="RankedBlock"/> is no negative of another, ascending,
    /// the number of rows last; for ranking alone.</summary>
    public int[]? Runs { get; init; }

    /// <summary>The block whose entities are ranked; −1 for none.</summary>
    public int RankedBlock { get; init; } = -1;
}
