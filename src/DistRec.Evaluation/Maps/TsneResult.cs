using DistRec.Numerics.Linear;

namespace DistRec.Evaluation.Maps;

/// <summary>How the forces of a map were computed.</summary>
public enum TsneMethod
{
    /// <summary>Over all pairs of points.</summary>
    Exact,

    /// <summary>Attraction by near neighbours, repulsion by squares of a quadtree.</summary>
    BarnesHut,
}

/// <summary>Points in a plane.</summary>
/// <param name="Positions">First coordinates, then second ones, finite, their means 0, [2, points].</param>
/// <param name="KlDivergence">KL(P‖Q), what was descended, at least 0; with Barnes and Hut p is 0 and Z nearly right.</param>
/// <param name="Perplexity">The perplexity that the points allowed; 0 where there are no two of them.</param>
/// <param name="Method">How forces were computed.</param>
public sealed record TsneResult(FactorTable Positions, double KlDivergence, double Perplexity, TsneMethod Method);

/// <summary>What a map is at.</summary>
public enum TsneStage
{
    /// <summary>Looking for the neighbours of points.</summary>
    Neighbours,

    /// <summary>Moving points.</summary>
    Descent,
}

/// <summary>How far a map has come.</summary>
/// <param name="Stage">What is done.</param>
/// <param name="Done">Points or steps done.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct TsneProgress(TsneStage Stage, int Done, int Total);
