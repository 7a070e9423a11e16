namespace DistRec;

/// <summary><c>baseline</c>: the mean and a damped bias of each user and item.</summary>
public sealed record Baseline() : Estimator("baseline")
{
    /// <summary>Lambda of user biases; a finite number of at least 0 [5].</summary>
    public float? UserRegularization { get; init; }

    /// <summary>Lambda of item biases; a finite number of at least 0 [3].</summary>
    public float? ItemRegularization { get; init; }
}
