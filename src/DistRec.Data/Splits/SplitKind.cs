namespace DistRec.Data;

/// <summary>How ratings are parted into training and test.</summary>
public enum SplitKind
{
    /// <summary>A share of all ratings, chosen at random.</summary>
    Random = 0,

    /// <summary>The last ratings of each user by time.</summary>
    LastOfUser = 1,

    /// <summary>A share of all ratings, the latest by time.</summary>
    LatestOfAll = 2,

    /// <summary>One of k random parts of equal size.</summary>
    Fold = 3,

    /// <summary>One rating of each user: the last where times are known, else one at random.</summary>
    OneOfUser = 4,

    /// <summary>All ratings by a share of the users, chosen at random: nothing of them is known in training.</summary>
    ColdUsers = 5,

    /// <summary>All ratings of a share of the items, chosen at random.</summary>
    ColdItems = 6,
}
