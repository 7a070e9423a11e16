using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>
/// An arm, and how probable it was that it would be chosen: what an answer's log keeps, and what a user who stays on its arm is kept by.
/// </summary>
/// <param name="Arm">Index of the arm.</param>
/// <param name="Propensity">Its probability when it was chosen, above 0.</param>
public readonly record struct ArmChoice(int Arm, double Propensity);

/// <summary>
/// Routes users or requests to the arms of one experiment by what was known of the arms when the router was made. Immutable, so that any
/// number of threads ask it; when statistics have moved, another takes its place.
/// </summary>
/// <remarks>
/// A choice is keyed by (seed, experiment, key): the same key gets the same arm from the same statistics on every node. With keys of
/// requests each request is drawn for itself. With keys of users, users stay as long as statistics do, and under <see
/// cref="FixedSplitPolicy"/> always; to keep them under other policies the caller keeps a user's first <see cref="ArmChoice"/> and hands
/// it in again.
/// </remarks>
public sealed class ArmRouter
{
    private readonly IArmPolicy _policy;
    private readonly ArmStatistics[] _arms;
    private readonly double[] _propensities;
    private readonly ulong _seed;
    private readonly long _experiment;

    /// <summary>A router.</summary>
    /// <param name="policy">How arms are chosen.</param>
    /// <param name="seed">What all draws are keyed by.</param>
    /// <param name="experiment">Name of the experiment: users are split anew in each.</param>
    /// <param name="arms">[arms], what is known of them.</param>
    /// <exception cref="ArgumentException">There are no arms, or not those that the policy was made for.</exception>
    public ArmRouter(IArmPolicy policy, ulong seed, string experiment, params ReadOnlySpan<ArmStatistics> arms)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _arms = arms.ToArray();
        _propensities = policy.Propensities(arms);
        _seed = seed;
        _experiment = unchecked((long)IdHash.Of(experiment));
    }

    /// <summary>How probable each arm is for whoever comes next, [arms].</summary>
    public IReadOnlyList<double> Propensities => _propensities;

    /// <summary>The arm of a user or request.</summary>
    /// <param name="key">Id of the user, or of the request where each is to be drawn for itself.</param>
    /// <param name="kept">
    /// The user's choice from before, which is then returned as it is. Its propensity is that of the draw that put the user there: right
    /// for a log whose rows are users, while several impressions of one user are one draw and not several.
    /// </param>
    /// <exception cref="ArgumentException">The kept arm is none of the router's.</exception>
    public ArmChoice Route(string key, ArmChoice? kept = null)
    {
        if (kept is { } choice)
        {
            return choice.Arm >= 0 && choice.Arm < _arms.Length
                ? choice
                : throw new ArgumentException(
                    $"expected one of {_arms.Length} arms, found {choice.Arm}; forget those that are gone", nameof(kept));
        }

        EntityRandom random = new(_seed, RandomPurpose.ArmChoice, unchecked((long)IdHash.Of(key)), _experiment);
        int arm = _policy.Choose(_arms, ref random);
        return new ArmChoice(arm, _propensities[arm]);
    }
}
