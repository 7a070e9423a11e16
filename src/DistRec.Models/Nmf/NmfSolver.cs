using DistRec.Numerics.Random;

namespace DistRec.Models.Nmf;

/// <summary>Non-negative matrix factorization as a row solver.</summary>
public sealed class NmfSolver(NmfOptions options) : IRowSolver
{
    public int Rank => options.Rank;

    public RoundNeeds Needs => RoundNeeds.OwnRows;

    public void Initialize(FactorTable factors, int firstRow, Side side)
    {
        ArgumentNullException.ThrowIfNull(factors);
        InitialFactors.Draw(
            factors, firstRow, options.InitialScale, options.Seed, side == Side.User ? RandomPurpose.UserFactors : RandomPurpose.ItemFactors);
        foreach (ref float factor in factors.Values)
        {
            factor = Math.Abs(factor);
        }
    }

    public IRowWorker CreateWorker() => new Worker(options);

    private sealed class Worker(NmfOptions options) : IRowWorker
    {
        private readonly NmfKernel _kernel = new(options);

        public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
        {
            _kernel.SolveRows(round, from, to, factors, biases, losses);
            return 0;
        }
    }
}
