using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <content>Draws from the posterior that the equation stands for.</content>
public sealed unsafe partial class NormalEquation
{
    /// <summary>
    /// Solves for the mean of p and of the intercept β, and draws both at once from the normal distribution around it: of mean A⁻¹b and covariance
    /// s² A⁻¹, with A = [[Σ x xᵀ, Σ x], [Σ xᵀ, n + λ_β]] and b = [Σ y x, Σ y + r_β] as they were gathered, prior and all. Destroys the Gram matrix.
    /// </summary>
    /// <remarks>The intercept is drawn first, by the Schur complement of the factors' block M = UᵀDU; given β, with independent standard normal z,
    /// M⁻¹(Σ y x − β Σ x + s UᵀD^½ z) has the conditional mean of p, and s² M⁻¹ for its covariance.</remarks>
    /// <param name="noise">z, and last the one of the intercept, [rank + 1].</param>
    /// <param name="scale">s.</param>
    /// <param name="interceptPrecision">λ_β, which is added to the number of observations.</param>
    /// <param name="interceptRightSide">r_β, which is added to Σ y.</param>
    /// <param name="mean">Receives the mean of p, [stride].</param>
    /// <param name="draw">Receives the draw of p, [stride].</param>
    /// <param name="intercept">Receives the mean and the draw of β.</param>
    /// <returns>False where A is not numerically positive definite or a result not finite; mean and draw are then untouched.</returns>
    public bool TryDraw(
        ReadOnlySpan<float> noise, float scale, double interceptPrecision, double interceptRightSide, Span<float> mean, Span<float> draw,
        out (float Mean, float Draw) intercept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(noise.Length, Rank + 1, nameof(noise));
        ArgumentOutOfRangeException.ThrowIfLessThan(mean.Length, Stride, nameof(mean));
        ArgumentOutOfRangeException.ThrowIfLessThan(draw.Length, Stride, nameof(draw));
        intercept = default;
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
        float* drawn = _vectors.Pointer + 5 * Stride;
        RightSide.CopyTo(new Span<float>(x, Stride));
        RightSide.CopyTo(new Span<float>(drawn, Stride));
        AddNoise(gram, inverseDiagonal, noise, scale, drawn);
        Cholesky.Solve(gram, Stride, inverseDiagonal, drawn);
        if (!TrySolveIntercept(gram, inverseDiagonal, interceptPrecision, interceptRightSide, x, out double expected, out double complement))
        {
            return false;
        }

        double found = expected + (scale * noise[Rank] / Math.Sqrt(complement));
        Subtract((float)expected, x);
        Subtract((float)found, drawn);
        ReadOnlySpan<float> solution = new(x, Stride), sample = new(drawn, Stride);
        if (!IsFinite(solution) || !IsFinite(sample))
        {
            return false;
        }

        solution.CopyTo(mean);
        sample.CopyTo(draw);
        intercept = ((float)expected, (float)found);
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
