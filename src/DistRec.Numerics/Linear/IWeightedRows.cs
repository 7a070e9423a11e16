namespace DistRec.Numerics.Linear;

/// <summary>Observations x_t with weights w_t, wherever they are, as what Σ_t w_t x_t x_tᵀ does to a vector.</summary>
public unsafe interface IWeightedRows
{
    /// <summary>y += Σ_t w_t (x_tᵀx) x_t.</summary>
    /// <param name="x">x, [stride], padding zero.</param>
    /// <param name="y">y, [stride]; not x.</param>
    void AddImage(float* x, float* y);
}
