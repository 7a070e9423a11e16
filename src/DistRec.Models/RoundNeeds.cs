namespace DistRec.Models;

/// <summary>What a row solver needs beside the rows of the other side that its ratings refer to.</summary>
[Flags]
public enum RoundNeeds
{
    None = 0,

    /// <summary>Σ q and Σ q qᵀ over the whole other side.</summary>
    OtherMoments = 1,

    /// <summary>Σ p and Σ p pᵀ over the whole own side, as it was before the round.</summary>
    OwnMoments = 2,

    /// <summary>The partition's own rows as they were before the round.</summary>
    OwnRows = 4,
}
