using DistRec.Models.Bayesian;

namespace DistRec.Models.FoldIn;

/// <summary>
/// What all users of a model together say of one who is new: the users' prior at the mean of [SM08], equation 14, in place of a draw of it.
/// Where a model has biases, b_u is one more factor, of which every item has 1.
/// </summary>
internal sealed class UserPrior
{
    private readonly FactorModel _model;

    /// <param name="model">The model.</param>
    /// <param name="strength">β₀, strength of the prior of the prior.</param>
    /// <param name="counts">Tells users with training ratings from others, where known.</param>
    public UserPrior(FactorModel model, double strength, InteractionCounts? counts)
    {
        _model = model;
        HasBias = Array.Exists(model.UserBiases, bias => bias != 0);
        Width = model.Rank + (HasBias ? 1 : 0);
        Normal = PriorOf(strength, counts).Expected();
    }

    /// <summary>Whether b_u is one more factor.</summary>
    public bool HasBias { get; }

    /// <summary>Factors, b_u among them.</summary>
    public int Width { get; }

    /// <summary>The prior.</summary>
    public NormalPrior Normal { get; }

    /// <summary>Puts factors and, where there are biases, what goes with them into one row.</summary>
    public void Join(ReadOnlySpan<float> factors, float last, Span<float> row)
    {
        factors.CopyTo(row);
        if (HasBias)
        {
            row[^1] = last;
        }
    }

    private NormalWishart PriorOf(double strength, InteractionCounts? counts)
    {
        int[] trained = [.. Enumerable.Range(0, _model.UserBiases.Length).Where(user => counts is null || counts.Users[user] > 0)];
        FactorTable users = new(trained.Length, Width);
        double[] variances = new double[Width];
        for (int index = 0; index < trained.Length; index++)
        {
            Join(_model.UserFactors!.Row(trained[index]), _model.UserBiases[trained[index]], users.Row(index));
            ReadOnlySpan<float> around = _model.Spread is { } spread ? spread.UserVariances.Row(trained[index]) : [];
            for (int j = 0; j < around.Length; j++)
            {
                variances[j] += around[j];
            }
        }

        MomentSums moments = new(Width);
        moments.Add(users, 0, users.Rows);
        NormalWishart posterior = NormalWishart.After(RowRound.Require(moments), strength);

        // E[p pᵀ] of a user is that of the means and the variances around them.
        for (int j = 0; j < variances.Length; j++)
        {
            posterior.InverseScale[j, j] += variances[j];
        }

        return posterior;
    }
}
