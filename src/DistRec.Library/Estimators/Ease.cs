namespace DistRec;

/// <summary><c>ease</c>: weights between items that predict best who has one by who has the others, in closed form.</summary>
public sealed record Ease() : Estimator("ease")
{
    /// <summary>Most weights of an item that are kept, those furthest from 0; 1 to 10000 [500].</summary>
    public int? Neighbors { get; init; }

    /// <summary>Lambda of the weights; a finite number above 0 [300].</summary>
    public float? Regularization { get; init; }
}
