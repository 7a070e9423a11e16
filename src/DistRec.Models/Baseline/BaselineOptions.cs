namespace DistRec.Models.Baseline;

/// <summary>Settings of <c>baseline</c>: r̂_ui = μ + b_u + b_i ([KBV09], equation 3).</summary>
public sealed record BaselineOptions
{
    /// <summary>λ_u: how many ratings at the mean a user's bias is damped with, at least 0.</summary>
    public float UserRegularization { get; init; } = 5f;

    /// <summary>λ_i: likewise for an item's bias, at least 0.</summary>
    public float ItemRegularization { get; init; } = 3f;
}
