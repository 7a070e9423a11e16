namespace DistRec.Models.FoldIn;

/// <summary>The half step of training for one row more: the row solver of the model over the other side as it was saved.</summary>
internal sealed class SolverFitter : IRowFitter
{
    private const int MaxRounds = 200;
    private const float Settled = 1e-6f;

    private readonly IRowSolver _solver;
    private readonly ModelSides _sides;
    private readonly Lazy<MomentSums?> _moments;
    private readonly Lazy<object?> _shared;

    /// <param name="solver">How rows are solved.</param>
    /// <param name="sides">The model.</param>
    public SolverFitter(IRowSolver solver, ModelSides sides)
    {
        _solver = solver;
        _sides = sides;
        _moments = new Lazy<MomentSums?>(() => solver.Needs.HasFlag(RoundNeeds.OtherMoments) ? MomentsOf(sides.Other.Tables[0]) : null);
        _shared = new Lazy<object?>(() => Prepare(sides.Other, _moments.Value));
    }

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        FactorTable factors = new(1, _solver.Rank);
        float[] bias = new float[1];
        bool improves = _solver.Needs.HasFlag(RoundNeeds.OwnRows);
        RowRound round = new(_sides.Side, row, other, _sides.Model.Units)
        {
            Previous = improves ? new FactorTable(1, _solver.Rank) : null,
            Shared = ReferenceEquals(other, _sides.Other) ? _shared.Value : Prepare(other, MomentsWith(other.Tables[1..])),
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

        return new RowFit(bias[0], factors.Row(0).ToArray());
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

    // What the rounds of all rows share, such as QᵀQ.
    private object? Prepare(PartitionedFactors other, MomentSums? moments)
    {
        RatingMatrix none = new(other.Starts[^1], [0], [], []);
        return _solver.Prepare(new RowRound(_sides.Side, none, other, _sides.Model.Units) { OtherMoments = moments });
    }

    private MomentSums? MomentsWith(FactorTable[] more)
    {
        if (_moments.Value is not { } moments)
        {
            return null;
        }

        MomentSums all = MomentsOf(more);
        all.Merge(moments);
        return all;
    }

    private MomentSums MomentsOf(params FactorTable[] tables)
    {
        MomentSums moments = new(_solver.MomentRank);
        foreach (FactorTable table in tables)
        {
            moments.Add(table, 0, table.Rows);
        }

        return moments;
    }
}
