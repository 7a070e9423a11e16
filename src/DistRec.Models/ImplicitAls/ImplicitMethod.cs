using DistRec.Models.Settings;

namespace DistRec.Models.ImplicitAls;

/// <summary>How a row of <c>als-implicit</c> is solved.</summary>
public enum ImplicitMethod
{
    /// <summary>By Cholesky factorization: the minimum itself.</summary>
    Exact = 0,

    /// <summary>By a few steps of conjugate gradients from where the row was.</summary>
    [Word("cg")]
    ConjugateGradient = 1,

    /// <summary>By one Newton step on each block of factors in turn, from where the row was (iALS++, [RKZA21]).</summary>
    Blocks = 2,
}
