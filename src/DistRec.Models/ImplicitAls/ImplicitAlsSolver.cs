using DistRec.Numerics.Random;

namespace DistRec.Models.ImplicitAls;

/// <summary>Implicit ALS as a row solver.</summary>
public sealed class ImplicitAlsSolver(ImplicitAlsOptions options) : IRowSolver
{
    public int Rank => options.Rank;

    public RoundNeeds Needs => RoundNeeds.OtherMoments | (options.Method == ImplicitMethod.Exact ? RoundNeeds.None : RoundNeeds.OwnRows);

    public void Initialize(FactorTable factors, int firstRow, Side side) =>
        InitialFactors.Draw(
            factors, firstRow, options.InitialScale, options.Seed, side == Side.User ? RandomPurpose.UserFactors : RandomPurpose.ItemFactors);

    public object? Prepare(RowRound round)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new ImplicitShared(RowRound.Require(round.OtherMoments), options.Method == ImplicitMethod.Blocks ? options.BlockSize : 0);
    }

    public IRowWorker CreateWorker() => new Worker(options);

    private sealed class Worker(ImplicitAlsOptions options) : IRowWorker
    {
        private readonly ImplicitAlsKernel _kernel = new(options);

        public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
        {
            biases[from..to].Clear();
            return _kernel.SolveRows(round, from, to, factors, losses);
        }
    }
}
