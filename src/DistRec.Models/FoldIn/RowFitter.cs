namespace DistRec.Models.FoldIn;

/// <summary>The half step of training for one user more: the row solver of the model over the items as they were saved.</summary>
internal sealed class RowFitter : IUserFitter
{
    private const int MaxRounds = 200;
    private const float Settled = 1e-6f;

    private readonly IRowSolver _solver;
    private readonly PartitionedFactors _items;
    private readonly float _mean;
    private readonly Lazy<object?> _shared;

    /// <param name="solver">How rows are solved.</param>
    /// <param name="model">Whose items are fixed.</param>
    public RowFitter(IRowSolver solver, FactorModel model)
    {
        _solver = solver;
        _items = new PartitionedFactors([0, model.ItemBiases.Length], [model.ItemFactors ?? new FactorTable(model.ItemBiases.Length, 0)], [model.ItemBiases]);
        _mean = model.Intercept;
        _shared = new Lazy<object?>(Prepare);
    }

    public UserFit Fit(RatingMatrix user)
    {
        FactorTable factors = new(1, _solver.Rank);
        float[] bias = new float[1];
        bool improves = _solver.Needs.HasFlag(RoundNeeds.OwnRows);
        RowRound round = new(Side.User, user, _items, _mean)
        {
            Previous = improves ? new FactorTable(1, _solver.Rank) : null,
            Shared = _shared.Value,
        };
        IRowWorker worker = _solver.CreateWorker();
        for (int count = 0; count < MaxRounds; count++)
        {
            worker.SolveRows(round, 0, 1, factors, bias, new RowLoss[1]);
            if (!improves || IsSettled(round.Previous!.Row(0), factors.Row(0)))
            {
                break;
            }

            round.Previous.CopyFrom(factors);
        }

        return new UserFit(bias[0], factors.Row(0).ToArray());
    }

    private static bool IsSettled(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        float largest = 0, moved = 0;
        for (int j = 0; j < after.Length; j++)
        {
            largest = Math.Max(largest, Math.Abs(after[j]));
            moved = Math.Max(moved, Math.Abs(after[j] - before[j]));
        }

        return moved <= Settled * largest;
    }

    // What the rounds of all users share, such as QᵀQ.
    private object? Prepare()
    {
        MomentSums? moments = null;
        if (_solver.Needs.HasFlag(RoundNeeds.OtherMoments))
        {
            moments = new MomentSums(_solver.MomentRank);
            moments.Add(_items.Tables[0], 0, _items.Tables[0].Rows);
        }

        RatingMatrix none = new(_items.Starts[^1], [0], [], []);
        return _solver.Prepare(new RowRound(Side.User, none, _items, _mean) { OtherMoments = moments });
    }
}
