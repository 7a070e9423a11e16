using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Models.FactorizationMachine;

/// <summary>ANOVA kernels of all degrees, A^0 = 1, A^1, …, of 16 factors each, one vector after the other ([B16], section 3).</summary>
internal static unsafe class AnovaPolynomial
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>The kernels over no feature: A^0 = 1, all higher degrees 0.</summary>
    public static void Start(float* kernels, int degree)
    {
        Vector512.Create(1f).Store(kernels);
        new Span<float>(kernels + Lanes, degree * Lanes).Clear();
    }

    /// <summary>One more feature: A^t += z A^(t−1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Extend(float* kernels, int degree, Vector512<float> z)
    {
        for (int t = degree; t > 0; t--)
        {
            float* kernel = kernels + (t * Lanes);
            Vector512.FusedMultiplyAdd(z, Vector512.Load(kernel - Lanes), Vector512.Load(kernel)).Store(kernel);
        }
    }
}
