namespace DistRec.Data;

/// <summary>Disjoint parts of one data set over the same users and items, each [users, items].</summary>
/// <param name="Train">What models learn from.</param>
/// <param name="Validation">What epochs are judged by; null where none was asked for.</param>
/// <param name="Test">What nothing but the final figures sees; null where none was asked for.</param>
public sealed record RatingSplit(RatingMatrix Train, RatingMatrix? Validation, RatingMatrix? Test)
{
    /// <summary>The same with the ratings that epochs were judged by among those that models learn from.</summary>
    public RatingSplit WithoutValidation() => Validation is null ? this : this with { Train = Train.With(Validation), Validation = null };
}
