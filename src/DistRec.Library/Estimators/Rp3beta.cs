namespace DistRec;

/// <summary><c>rp3beta</c>: random walks of three steps from a user's items, against popularity.</summary>
public sealed record Rp3beta() : Estimator("rp3beta")
{
    /// <summary>Most weights of an item that are kept; 1 to 10000 [100].</summary>
    public int? Neighbors { get; init; }

    /// <summary>Power of the probabilities of a step; 0 to 2 [0.8].</summary>
    public float? Exponent { get; init; }

    /// <summary>Power of an item's count that its scores are divided by; 0 to 2 [0.4].</summary>
    public float? PopularityExponent { get; init; }
}
