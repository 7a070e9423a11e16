namespace DistRec;

/// <summary><c>top-popular</c>: the items that most users have.</summary>
public sealed record TopPopular() : Estimator("top-popular")
{
}
