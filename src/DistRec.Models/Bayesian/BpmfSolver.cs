using DistRec.Numerics.Random;

namespace DistRec.Models.Bayesian;

/// <summary>
/// BPMF as a row solver: with the other side and the own side's prior fixed, a row is drawn from its posterior, p_u ~ N(A⁻¹b, A⁻¹) with
/// A = Λ + α Σ q_i q_iᵀ and b = Λμ + α Σ t_ui q_i ([SM08], equations 11 to 13).
/// </summary>
/// <remarks>Every draw is keyed by (seed, row, epoch), and the prior by (seed, side, epoch), so partitions cannot disagree.</remarks>
public sealed class BpmfSolver(BpmfOptions options) : IRowSolver
{
    /// <summary>The settings.</summary>
    public BpmfOptions Options => options;

    public int Rank => BpmfTables.WidthOf(options.Rank);

    public int MomentRank => options.Rank;

    public TableSection Score => BpmfTables.MeansOf(options.Rank);

    public RoundNeeds Needs => RoundNeeds.OwnMoments | RoundNeeds.OwnRows;

    public void Initialize(FactorTable factors, int firstRow, Side side)
    {
        ArgumentNullException.ThrowIfNull(factors);
        FactorTable draws = new(factors.Rows, options.Rank);
        InitialFactors.Draw(
            draws, firstRow, options.InitialScale, options.Seed, side == Side.User ? RandomPurpose.UserFactors : RandomPurpose.ItemFactors);
        factors.Values.Clear();
        for (int row = 0; row < draws.Rows; row++)
        {
            draws.Row(row).CopyTo(factors.Row(row));
            draws.Row(row).CopyTo(factors.Row(row)[Score.First..]);
        }
    }

    public object? Prepare(RowRound round)
    {
        ArgumentNullException.ThrowIfNull(round);
        MomentSums moments = RowRound.Require(round.OwnMoments);
        EntityRandom random = new(options.Seed, round.Side == Side.User ? RandomPurpose.UserPrior : RandomPurpose.ItemPrior, 0, round.Epoch);
        return new BpmfShared(NormalWishart.After(moments, options.PriorStrength).Draw(ref random), options.Precision);
    }

    public IRowWorker CreateWorker() => new Worker(options);

    private sealed class Worker(BpmfOptions options) : IRowWorker
    {
        private readonly BpmfKernel _kernel = new(options);

        public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
        {
            biases[from..to].Clear();
            _kernel.DrawRows(round, from, to, factors, losses);
            return 0;
        }
    }
}
