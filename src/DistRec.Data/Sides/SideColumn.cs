namespace DistRec.Data;

/// <summary>One column of a file that describes users or items, as features of every entity.</summary>
/// <param name="Name">What blocks of <see cref="FeatureEncoder"/> call it, such as <c>occupation</c>.</param>
/// <param name="Names">The values that occur, in ordinal order: one feature each; of a column of numbers its own name alone.</param>
/// <param name="Values">
/// [entities, values]: 1 at an entity's value, 1 / their number at each of several such as genres, or the number itself; nothing where the
/// file says nothing.
/// </param>
public sealed record SideColumn(string Name, IReadOnlyList<string> Names, RatingMatrix Values)
{
    /// <summary>What its fields hold.</summary>
    public FeatureKind Kind { get; init; } = FeatureKind.Category;
}
