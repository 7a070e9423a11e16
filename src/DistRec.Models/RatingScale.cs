namespace DistRec.Models;

/// <summary>The range of ratings in the training data.</summary>
/// <param name="Minimum">Lowest rating.</param>
/// <param name="Maximum">Highest rating.</param>
public readonly record struct RatingScale(float Minimum, float Maximum)
{
    /// <summary>Moves a prediction into the range.</summary>
    public float Clip(float prediction) => Math.Clamp(prediction, Minimum, Maximum);
}
