using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Vectors;

/// <summary>
/// What the framework's 512-bit vectors leave to the machine and DistRec fixes: the order in which 16 lanes are summed.
/// </summary>
/// <remarks>
/// Kernels use <see cref="Vector512{T}"/> of float everywhere. The runtime compiles it to AVX-512, two AVX2 halves or
/// four Arm quarters; element-wise operations and fused multiply-adds give the same bits on each, and with this one
/// summation tree so does every kernel.
/// </remarks>
public static class Lanes16
{
    /// <summary>((x₀+x₈)+(x₄+x₁₂)) … : halves are added until one lane is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> x)
    {
        Vector256<float> eight = x.GetLower() + x.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.ToScalar() + two.GetElement(1);
    }
}
