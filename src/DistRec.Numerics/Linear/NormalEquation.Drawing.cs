using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <content>Draws from the posterior that the equation stands for.</content>
public sealed unsafe partial class NormalEquation
{
    /// <summary>
    /// Solves A p = b for the mean and draws p from N(A⁻¹b, s² A⁻¹), with A = Σ x xᵀ and b = Σ y x as they were gathered, prior and all.
    /// Destroys the Gram matrix.
    /// </summary>
    /// <remarks>With A = UᵀDU and independent standard normal z, A⁻¹(b + s UᵀD^½ z) has mean A⁻¹b and covariance s² A⁻¹: one more right
    /// side of the same solve.</remarks>
    /// <param name="noise">z, [rank].</param>
    /// <param name="scale">s.</param>
    /// <param name="mean">Receives A⁻¹b, [stride].</param>
    /// <param name="draw">Receives the draw, [stride].</param>
    /// <returns>False where A is not numerically positive definite or a result not finite; mean and draw are then untouched.</returns>
    public bool TryDraw(ReadOnlySpan<float> noise, float scale, Span<float> mean, Span<float> draw)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(noise.Length, Rank, nameof(noise));
        ArgumentOutOfRangeException.ThrowIfLessThan(mean.Length, Stride, nameof(mean));
        ArgumentOutOfRangeException.ThrowIfLessThan(draw.Length, Stride, nameof(draw));
        ClearGramIfEmpty();
        float* gram = _gram.Pointer;
        for (int j = Rank; j < Stride; j++)
        {
            gram[(long)j * Stride + j] = 1;
        }

        float* inverseDiagonal = _vectors.Pointer + 2 * Stride;
        if (!Cholesky.TryFactor(gram, Stride, inverseDiagonal, _scratch.Pointer))
        {
            return false;
        }

        float* x = _vectors.Pointer + 3 * Stride;
        float* y = _vectors.Pointer + 4 * Stride;
        _vectors.Values[..Stride].CopyTo(new Span<float>(x, Stride));
        _vectors.Values[..Stride].CopyTo(new Span<float>(y, Stride));
        AddNoise(gram, inverseDiagonal, noise, scale, y);
        Cholesky.Solve(gram, Stride, inverseDiagonal, x, y);
        ReadOnlySpan<float> solution = _vectors.Values.Slice(3 * Stride, Stride);
        ReadOnlySpan<float> drawn = _vectors.Values.Slice(4 * Stride, Stride);
        if (!IsFinite(solution) || !IsFinite(drawn))
        {
            return false;
        }

        solution.CopyTo(mean);
        drawn.CopyTo(draw);
        return true;
    }

    // y += s UᵀD^½ z, row by row of U, which is strictly above the diagonal.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddNoise(float* upper, float* inverseDiagonal, ReadOnlySpan<float> noise, float scale, float* y)
    {
        for (int i = 0; i < Rank; i++)
        {
            float factor = scale * noise[i] / MathF.Sqrt(inverseDiagonal[i]);
            float* row = upper + (long)i * Stride;
            int block = i / Lanes * Lanes;
            Vector512<float> scaled = Vector512.Create(factor);
            Vector512<float> after = Vector512.Load(row + block) & Cholesky.LanesAfter(i - block);
            Vector512.FusedMultiplyAdd(scaled, after, Vector512.Load(y + block)).Store(y + block);
            for (int j = block + Lanes; j < Stride; j += Lanes)
            {
                Vector512.FusedMultiplyAdd(scaled, Vector512.Load(row + j), Vector512.Load(y + j)).Store(y + j);
            }

            y[i] += factor;
        }
    }
}
