namespace DistRec.Data;

/// <summary>What the features of a group are made of.</summary>
public enum FeatureKind
{
    /// <summary>Ids or ratings, of which an entity that training did not see has none.</summary>
    Rated,

    /// <summary>One text of an attribute.</summary>
    Category,

    /// <summary>Several texts of an attribute, such as genres, also between bars.</summary>
    List,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A year, which a title may tell.</summary>
    Year,

    /// <summary>The calendar month, of which the last is the present one.</summary>
    Month,
}

/// <summary>Where the features of a group come from: all that it takes to make those of an entity that training did not see.</summary>
/// <param name="Entity">Whose features they are.</param>
/// <param name="Kind">What they are made of.</param>
public readonly record struct FeatureOrigin(RelationEntity Entity, FeatureKind Kind);
