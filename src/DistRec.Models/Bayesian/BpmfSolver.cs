using DistRec.Numerics.Random;

namespace DistRec.Models.Bayesian;

/// <summary>
/// BPMF as a row solver: with the other side and the own side's prior fixed, a row of factors and bias is drawn from its posterior,
/// x_u = (p_u, b_u) ~ N(A⁻¹b, A⁻¹) with A = Λ + α Σ y_i y_iᵀ and b = Λμ + α Σ (t_ui − b_i) y_i, where y_i = (q_i, 1)
/// ([SM08], equations 11 to 13, for factors of which one is 1 on the other side).
/// </summary>
/// <remarks>Every draw is keyed by (seed, row, epoch), and the prior by (seed, side, epoch), so partitions cannot disagree.</remarks>
public sealed class BpmfSolver(BpmfOptions options) : IRowSolver
{
    /// <summary>The settings.</summary>
    public BpmfOptions Options => options;

    public int Rank => BpmfTables.WidthOf(options.Rank);

    public int MomentRank => BpmfTables.MomentRankOf(options.Rank);

    public TableSection Score => BpmfTables.MeansOf(options.Rank);

    public RoundNeeds Needs => RoundNeeds.OwnMoments | RoundNeeds.OtherMoments | RoundNeeds.OwnRows;

    public void Initialize(FactorTable factors, int firstRow, Side side)
    {
        ArgumentNullException.ThrowIfNull(factors);
        RandomPurpose purpose = side == Side.User ? RandomPurpose.UserFactors : RandomPurpose.ItemFactors;
        factors.Values.Clear();
        InitialFactors.Draw(factors, firstRow, options.InitialScale, options.Seed, purpose, options.Rank);
        for (int row = 0; row < factors.Rows; row++)
        {
            Span<float> values = factors.Row(row);
            values[..options.Rank].CopyTo(values[Score.First..]);
        }
    }

    public object? Prepare(RowRound round)
    {
        ArgumentNullException.ThrowIfNull(round);
        MomentSums moments = RowRound.Require(round.OwnMoments);
        EntityRandom random = new(options.Seed, round.Side == Side.User ? RandomPurpose.UserPrior : RandomPurpose.ItemPrior, 0, round.Epoch);
        NormalPrior prior = NormalWishart
            .After(moments, BpmfTables.DrawsOf(options.Rank), options.PriorStrength, options.PriorVariance).Draw(ref random);
        MomentSums others = RowRound.Require(round.OtherMoments);
        bool isUser = round.Side == Side.User;
        DrawBasis basis = new(isUser ? moments : others, options.Rank);
        return new BpmfShared(prior, options.Rank, options.Precision)
        {
            Basis = isUser ? basis.Users : basis.Items,
            Center = [.. Enumerable.Range(Score.First, options.Rank).Select(column => (float)(others.Sum(column) / Math.Max(1, others.Count)))],
        };
    }

    public IRowWorker CreateWorker() => new Worker(options);

    private sealed class Worker(BpmfOptions options) : IRowWorker
    {
        private readonly BpmfKernel _kernel = new(options);

        public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
        {
            _kernel.DrawRows(round, from, to, factors, biases, losses);
            return 0;
        }
    }
}
