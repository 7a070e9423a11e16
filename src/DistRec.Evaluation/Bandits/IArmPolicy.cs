using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>
/// How one of an experiment's arms is chosen from what is known of all of them. Stateless: the caller keeps the statistics.
/// </summary>
public interface IArmPolicy
{
    /// <summary>Chooses.</summary>
    /// <param name="arms">[arms], at least one.</param>
    /// <param name="random">The stream of the user or request.</param>
    /// <returns>The arm's index.</returns>
    /// <exception cref="ArgumentException">There are no arms, or not those that the policy was made for.</exception>
    int Choose(ReadOnlySpan<ArmStatistics> arms, ref EntityRandom random);

    /// <summary>How probable it is that <see cref="Choose"/> takes each arm, [arms]; the sum is 1.</summary>
    /// <param name="arms">[arms], at least one.</param>
    /// <exception cref="ArgumentException">There are no arms, or not those that the policy was made for.</exception>
    double[] Propensities(ReadOnlySpan<ArmStatistics> arms);
}
